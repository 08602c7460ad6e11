//! From a rough prompt to a clear one, by rules: no model, no network, the same every time.
//!
//! Reading order: `part` and `words` (what the rules know), `language`, `blocks` and `sentences` (taking text apart), `cues` and `read` (what is
//! what), `edit`, `vague` and `write` (putting it together), `literals` (what must not get lost), `diff`, `score`, `task` (the
//! stages). [`improve`] guarantees:
//!
//! - every number, address, name, quotation, code block, template variable and negation of the original is in the result;
//! - what it returns it would not change again;
//! - the original is data: nothing in it is obeyed, and any text is accepted.
//!
//! It works in the prompt's own language where the rules know it, and leaves others as they are.

mod blocks;
mod cues;
mod diff;
mod edit;
mod language;
mod literals;
mod part;
mod phrases;
mod read;
mod score;
mod sentences;
mod task;
mod vague;
mod words;
mod write;

#[cfg(test)]
mod tests;

pub use diff::segments;
pub use task::Prompt;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{
    protocol::prompt::{Change, ChangeKind, MAX_PROMPT_BYTES, Score, Segment},
    server::inert::clean_text,
};
use literals::Literals;
use words::Words;

/// A result that still changes after so many rounds is not given out.
const MAX_ROUNDS: usize = 5;

/// A prompt and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Improved {
    /// As given, made harmless to show: terminal sequences and control characters are replaced.
    pub original: String,
    pub prompt: String,
    /// ISO 639-1; `und` when it is not known.
    pub language: String,
    pub language_name: String,
    pub changes: Vec<Change>,
    pub segments: Vec<Segment>,
    pub before: Score,
    pub after: Score,
    /// By a language model, in and out.
    #[serde(default)]
    pub tokens_used: u64,
}

/// What of the original is missing in somebody else's version of it.
///
/// # Errors
/// In words that name the kinds of what is missing.
pub fn check(original: &str, text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err("it is empty".into());
    }
    if text.len() > MAX_PROMPT_BYTES {
        return Err("it is too long".into());
    }
    let missing = Literals::of(&tidy(&clean_text(original), false)).missing_in(&tidy(&clean_text(text), false)).len();
    if missing == 0 {
        Ok(())
    } else {
        Err(format!("{missing} of the original's numbers, names, addresses, pieces of code or negations are missing"))
    }
}

/// Somebody else's version, compared and rated by the same rules.
pub fn judge(original: &str, text: &str) -> Improved {
    let shown = clean_text(original);
    let prompt = tidy(&clean_text(text), false);
    let words = language::detect(&shown);
    let rate = |text: &str| words.map_or_else(score::unknown, |words| score::score(&read::read(text, words), text));
    Improved {
        segments: diff::segments(&shown, &prompt),
        before: rate(&shown),
        after: rate(&prompt),
        original: shown.into_owned(),
        prompt,
        language: words.map_or("und", |words| words.code).into(),
        language_name: words.map_or("unknown language", |words| words.name).into(),
        changes: vec![Change {
            kind: ChangeKind::Structure,
            reason: "Rewritten by a language model; nothing that the rules look after got lost.".into(),
            before: String::new(),
            after: String::new(),
        }],
        tokens_used: 0,
    }
}

pub fn improve(original: &str) -> Improved {
    let shown = clean_text(original);
    let clean = tidy(&shown, original.contains('\u{FFFD}'));
    let mut changes = Vec::new();
    if clean.trim_end() != original.trim_end() {
        changes.push(Change {
            kind: ChangeKind::Cleanup,
            reason: "Spaces at ends of lines, empty lines and control characters say nothing.".into(),
            before: String::new(),
            after: String::new(),
        });
    }
    let Some(words) = language::detect(&clean) else {
        changes.push(Change {
            kind: ChangeKind::Structure,
            reason: "The rules do not know this language: the words are left as they are.".into(),
            before: String::new(),
            after: String::new(),
        });
        let segments = diff::segments(&shown, &clean);
        let (before, after) = (score::unknown(), score::unknown());
        return Improved {
            original: shown.into_owned(),
            prompt: clean,
            language: "und".into(),
            language_name: "unknown language".into(),
            changes,
            segments,
            before,
            after,
            tokens_used: 0,
        };
    };
    let prompt = match settle(&clean, words) {
        Some((prompt, made)) => {
            changes.extend(made);
            prompt
        }
        None => clean.clone(),
    };
    let rate = |text: &str| score::score(&read::read(text, words), text);
    Improved {
        segments: diff::segments(&shown, &prompt),
        before: rate(&clean),
        after: rate(&prompt),
        original: shown.into_owned(),
        prompt,
        language: words.code.into(),
        language_name: words.name.into(),
        changes,
        tokens_used: 0,
    }
}

/// Improves until nothing changes any more; `None` when it does not come to rest.
fn settle(clean: &str, words: &'static Words) -> Option<(String, Vec<Change>)> {
    let mut text = clean.to_owned();
    let mut changes: Vec<Change> = Vec::new();
    for _ in 0..MAX_ROUNDS {
        let (next, made) = round(&text, words);
        let stable = next == text;
        changes.extend(made.into_iter().filter(|change| !changes_tell(&changes, change)).collect::<Vec<_>>());
        text = next;
        if stable {
            // Headings and placeholders must not make it a text of another language.
            let same = language::detect(&text).is_some_and(|found| found.code == words.code);
            return (same && tidy(&clean_text(&text), true) == text).then_some((text, changes));
        }
    }
    None
}

/// Whether a later round only says again what an earlier one has said.
fn changes_tell(changes: &[Change], change: &Change) -> bool {
    changes.contains(change)
        || (change.kind == ChangeKind::Vague && changes.iter().any(|told| told.kind == ChangeKind::Vague && told.reason == change.reason))
}

/// One pass. Should anything get lost, once more without edits; should it still, nothing is changed.
fn round(text: &str, words: &'static Words) -> (String, Vec<Change>) {
    let literals = Literals::of(text);
    for edits in [true, false] {
        let (composed, changes) = write::compose(read::read(text, words), edits);
        let composed = tidy(&composed, true);
        if !composed.trim().is_empty() && literals.missing_in(&composed).is_empty() {
            return (composed, changes);
        }
    }
    (text.to_owned(), Vec::new())
}

/// Without spaces at ends of lines, empty lines beyond one and, unless `marked`, the marks of control characters. Code stays.
fn tidy(text: &str, marked: bool) -> String {
    let text = if marked { Cow::Borrowed(text) } else { Cow::Owned(text.replace('\u{FFFD}', "")) };
    let mut tidy = String::with_capacity(text.len());
    let (mut empty, mut fence) = (0, None);
    for line in text.lines() {
        let fenced = fence.is_some();
        fence = blocks::fence_after(line, fence);
        if line.trim().is_empty() && !fenced {
            empty += 1;
            continue;
        }
        if !tidy.is_empty() {
            tidy.push_str(if empty > 0 { "\n\n" } else { "\n" });
        }
        tidy.push_str(if fenced || fence.is_some() { line } else { line.trim_end() });
        empty = 0;
    }
    tidy.truncate(tidy.trim_end().len());
    tidy
}
