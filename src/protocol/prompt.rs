//! A prompt, made better: what is asked for, and what comes out with the reasons for it.
//!
//! [`PromptResult::segments`] tell original and result apart piece by piece. Whoever shows them lets a person take each
//! change or leave it: [`apply`] is exact, with every change taken it gives the result, with none the original.

use serde::{Deserialize, Serialize};

use super::TaskId;

/// Upper bound of a prompt.
pub const MAX_PROMPT_BYTES: usize = 100 * 1024;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptInput {
    /// The rough prompt, at most 100 KiB.
    #[serde(default)]
    pub prompt: String,
    /// The task of which this is the next version. Its project has them all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<TaskId>,
}

/// The result of a task of kind `prompt`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptResult {
    /// As it was given.
    pub original: String,
    pub prompt: String,
    /// ISO 639-1, or `und` when the rules do not know the language.
    pub language: String,
    pub changes: Vec<Change>,
    pub segments: Vec<Segment>,
    pub before: Score,
    pub after: Score,
    /// Whether texts and segments are left out of this, because they are too long for an event; the files
    /// `original.md` and `prompt.md` have them whole.
    #[serde(default, skip_serializing_if = "is_false")]
    pub cut: bool,
    /// What a language model took, in and out; 0 when the rules did it.
    #[serde(default)]
    pub tokens_used: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// Why something of the result differs from the original.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub kind: ChangeKind,
    pub reason: String,
    /// Empty when something was added.
    pub before: String,
    /// Empty when something was removed; the same as `before` when it is only pointed out.
    pub after: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// Put under a heading that says what it is.
    Structure,
    /// Asked for by a placeholder.
    Missing,
    /// A vague word, pointed out.
    Vague,
    /// Words that say nothing were left out.
    Filler,
    /// Said twice.
    Duplicate,
    /// Spaces, line ends, control characters.
    Cleanup,
}

impl ChangeKind {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Structure => "Structure",
            Self::Missing => "Missing",
            Self::Vague => "Vague",
            Self::Filler => "Filler",
            Self::Duplicate => "Said twice",
            Self::Cleanup => "Clean-up",
        }
    }
}

/// A piece of original and result. Where `before` and `after` differ, it is a change that can be taken or left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    pub before: String,
    /// Absent where it is the same as `before`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl Segment {
    pub const fn same(text: String) -> Self {
        Self { before: text, after: None }
    }

    pub const fn change(before: String, after: String) -> Self {
        Self { before, after: Some(after) }
    }
}

/// The text when the changes for which `accepted` says yes are taken. Changes are numbered from 0, in order.
pub fn apply(segments: &[Segment], accepted: impl Fn(usize) -> bool) -> String {
    let mut text = String::new();
    let mut number = 0;
    for segment in segments {
        match &segment.after {
            Some(after) => {
                text.push_str(if accepted(number) { after } else { &segment.before });
                number += 1;
            }
            None => text.push_str(&segment.before),
        }
    }
    text
}

/// How good a prompt is by the rubric, 0–100.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// The weighted mean of the marks.
    pub total: u8,
    pub marks: Vec<Mark>,
}

/// One criterion of the rubric.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// `task`, `context`, `audience`, `constraints`, `output_format`, `examples`, `success_criteria` or `specificity`.
    pub criterion: String,
    pub label: String,
    pub points: u8,
    /// Weights of a score add up to 100.
    pub weight: u8,
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_is_taken_or_left_by_itself() {
        let segments = [
            Segment::change("please ".into(), String::new()),
            Segment::same("write".into()),
            Segment::change(String::new(), " a poem".into()),
        ];
        assert_eq!(apply(&segments, |_| true), "write a poem");
        assert_eq!(apply(&segments, |_| false), "please write");
        assert_eq!(apply(&segments, |number| number == 1), "please write a poem");
    }
}
