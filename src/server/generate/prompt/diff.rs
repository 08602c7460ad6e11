//! Original and result as segments: what is the same and what differs, by words where that is affordable.

use similar::{Algorithm, ChangeTag, TextDiff};

use crate::protocol::prompt::Segment;

/// Words, spaces between them, or lines of both texts together that are worth comparing one by one: the time grows with the square.
const MAX_PIECES: usize = 8_000;
/// Changes this close together are one.
const MIN_SAME_LETTERS: usize = 3;

/// Segments whose `before`s make up `original`, and whose `after`s `result`.
pub fn segments(original: &str, result: &str) -> Vec<Segment> {
    let pieces = |text: &str| text.split_whitespace().count() * 2 + 1;
    let lines = |text: &str| text.lines().count() + 1;
    let raw = if pieces(original) + pieces(result) <= MAX_PIECES {
        changes(&TextDiff::configure().algorithm(Algorithm::Myers).diff_words(original, result))
    } else if lines(original) + lines(result) <= MAX_PIECES {
        changes(&TextDiff::configure().algorithm(Algorithm::Myers).diff_lines(original, result))
    } else {
        vec![(false, original.to_owned(), result.to_owned())]
    };
    merge(raw)
}

/// Whether it is the same, what it was, what it is.
type Raw = (bool, String, String);

fn changes<'t>(diff: &TextDiff<'t, 't, 't, str>) -> Vec<Raw> {
    let mut raw: Vec<Raw> = Vec::new();
    for change in diff.iter_all_changes() {
        let same = change.tag() == ChangeTag::Equal;
        if raw.last().is_none_or(|last| last.0 != same) {
            raw.push((same, String::new(), String::new()));
        }
        let Some((_, before, after)) = raw.last_mut() else { continue };
        match change.tag() {
            ChangeTag::Equal | ChangeTag::Delete => before.push_str(change.value()),
            ChangeTag::Insert => after.push_str(change.value()),
        }
    }
    raw
}

/// Joins changes between which next to nothing stays the same.
fn merge(raw: Vec<Raw>) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    let last = raw.len().saturating_sub(1);
    for (index, (same, before, after)) in raw.into_iter().enumerate() {
        if same {
            let little = before.chars().filter(|c| c.is_alphanumeric()).count() < MIN_SAME_LETTERS;
            match segments.last_mut() {
                Some(Segment { before: was, after: Some(is) }) if little && index < last => {
                    was.push_str(&before);
                    is.push_str(&before);
                }
                _ => segments.push(Segment::same(before)),
            }
            continue;
        }
        match segments.last_mut() {
            Some(Segment { before: was, after: Some(is) }) => {
                was.push_str(&before);
                is.push_str(&after);
            }
            _ => segments.push(Segment::change(before, after)),
        }
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::prompt::apply;
    use proptest::prelude::*;

    #[test]
    fn changes_are_told_by_words() {
        let segments = segments("please write a long poem about cats", "write a long poem about dogs");
        let changes: Vec<_> =
            segments.iter().filter_map(|segment| segment.after.as_ref().map(|after| (segment.before.trim(), after.trim()))).collect();
        assert_eq!(changes, [("please", ""), ("cats", "dogs")]);
    }

    #[test]
    fn long_texts_are_compared_within_bounds() {
        let words = "word ".repeat(20_000);
        let lines = "x\n".repeat(50_000);
        for (a, b) in [(words.clone(), format!("{words}end")), (lines.clone(), format!("y\n{lines}"))] {
            let segments = segments(&a, &b);
            assert_eq!((apply(&segments, |_| false), apply(&segments, |_| true)), (a, b));
        }
    }

    proptest! {
        #[test]
        fn segments_are_both_texts(a in "[ab \n.é]{0,60}", b in "[ab \n.é]{0,60}") {
            let segments = segments(&a, &b);
            prop_assert_eq!(apply(&segments, |_| false), a);
            prop_assert_eq!(apply(&segments, |_| true), b);
        }

        #[test]
        fn one_change_left_is_one_change_less(a in "([a-e]{3,5} ){0,20}", b in "([a-e]{3,5} ){0,20}", left in 0_usize..8) {
            let segments = segments(&a, &b);
            let text = apply(&segments, |number| number != left);
            let changes = segments.iter().filter(|segment| segment.after.is_some()).count();
            if left >= changes {
                prop_assert_eq!(text, b);
            }
        }
    }
}
