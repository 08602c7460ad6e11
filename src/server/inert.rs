//! Text from generators, models and uploads, made harmless before it is stored.
//!
//! What [`clean_text`] returns can be printed to a terminal, written to a log file or shown on a page without
//! moving a cursor, colouring, renaming a window, filling a clipboard or turning the reading direction round.
//! It is idempotent, never longer in characters than its input, and safe when a sequence is split
//! over two calls: each half is harmless by itself. HTML is not its business: views escape.

use std::borrow::Cow;

/// Stands where a control character was.
const REPLACEMENT: char = '\u{FFFD}';
const ESC: char = '\u{1B}';

/// Removes terminal sequences, turns line ends into `\n` and every other control character (C0 without tab and
/// newline, DEL, C1, bidirectional overrides and isolates) into U+FFFD.
pub fn clean_text(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let tail = &rest[c.len_utf8()..];
        rest = match c {
            ESC => skip_escape(tail, &mut clean),
            // The one-character forms of `ESC [`, `ESC ]` and their kin.
            '\u{9B}' => skip_csi(tail, &mut clean),
            '\u{90}' | '\u{98}' | '\u{9D}' | '\u{9E}' | '\u{9F}' => skip_string(tail, &mut clean),
            '\r' => {
                clean.push('\n');
                tail.strip_prefix('\n').unwrap_or(tail)
            }
            '\u{2028}' | '\u{2029}' => {
                clean.push('\n');
                tail
            }
            c if is_unsafe(c) => {
                clean.push(REPLACEMENT);
                tail
            }
            c => {
                clean.push(c);
                tail
            }
        };
    }
    Cow::Owned(clean)
}

/// `text` in at most `max_bytes`, cut between characters, with a mark that says how much is missing.
pub fn cut_text(text: &str, max_bytes: usize) -> Cow<'_, str> {
    if text.len() <= max_bytes {
        return Cow::Borrowed(text);
    }
    // Room for the mark itself; its number has at most twenty digits.
    let kept = &text[..text.floor_char_boundary(max_bytes.saturating_sub(40))];
    let marked = format!("{kept}… ({} bytes cut)", text.len() - kept.len());
    // A bound smaller than the mark leaves no room to explain.
    Cow::Owned(if marked.len() <= max_bytes { marked } else { text[..text.floor_char_boundary(max_bytes)].into() })
}

fn is_unsafe(c: char) -> bool {
    match c {
        '\t' | '\n' => false,
        '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => true,
        c => c.is_control(),
    }
}

/// After an ESC: what comes after the sequence, or everything when it is none.
fn skip_escape<'t>(tail: &'t str, clean: &mut String) -> &'t str {
    match tail.chars().next() {
        Some('[') => skip_csi(&tail[1..], clean),
        Some(']' | 'P' | 'X' | '^' | '_') => skip_string(&tail[1..], clean),
        // `ESC ( B`, `ESC 7`, `ESC c` …: intermediates, then one final byte.
        Some(' '..='~') => {
            let end = tail.find(|c| !(' '..='/').contains(&c)).unwrap_or(tail.len());
            match tail[end..].chars().next() {
                Some('0'..='~') => &tail[end + 1..],
                _ => mark(tail, clean),
            }
        }
        _ => mark(tail, clean),
    }
}

/// After `ESC [`: parameters, then one final byte.
fn skip_csi<'t>(tail: &'t str, clean: &mut String) -> &'t str {
    let end = tail.find(|c| !(' '..='?').contains(&c)).unwrap_or(tail.len());
    match tail[end..].chars().next() {
        Some('@'..='~') => &tail[end + 1..],
        _ => mark(tail, clean),
    }
}

/// After `ESC ]` and the like: a string up to BEL or `ESC \`. One that does not end on its line is shown rather
/// than skipped: nothing may hide the rest of a log.
fn skip_string<'t>(tail: &'t str, clean: &mut String) -> &'t str {
    let Some(end) = tail.find(['\u{7}', ESC, '\u{9C}', '\n', '\r']) else { return mark(tail, clean) };
    let rest = &tail[end..];
    rest.strip_prefix(['\u{7}', '\u{9C}']).or_else(|| rest.strip_prefix("\u{1B}\\")).unwrap_or_else(|| mark(tail, clean))
}

fn mark<'t>(tail: &'t str, clean: &mut String) -> &'t str {
    clean.push(REPLACEMENT);
    tail
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hostile_text_becomes_harmless() {
        for (text, expect) in [
            ("plain äöü 漢字 🙂\tand\nlines", "plain äöü 漢字 🙂\tand\nlines"),
            ("\u{1B}[31mred\u{1B}[0m", "red"),
            ("\u{9B}31mred", "red"),
            ("\u{1B}[38;2;1;2;3mtrue colour", "true colour"),
            ("\u{1B}]0;new title\u{7}text", "text"),
            ("\u{1B}]52;c;c3RlYWw=\u{1B}\\clipboard", "clipboard"),
            ("\u{1B}]8;;https://evil\u{1B}\\link\u{1B}]8;;\u{1B}\\", "link"),
            ("\u{1B}P$q\"p\u{1B}\\decrqss", "decrqss"),
            ("\u{9D}0;c1 title\u{9C}text", "text"),
            ("\u{1B}[21treport", "report"),
            ("\u{1B}(Bcharset\u{1B}cfull reset", "charsetfull reset"),
            ("unfinished \u{1B}]0;everything after", "unfinished \u{FFFD}0;everything after"),
            ("hidden? \u{1B}]0;one\ntwo\u{7}", "hidden? \u{FFFD}0;one\ntwo\u{FFFD}"),
            ("ends in \u{1B}", "ends in \u{FFFD}"),
            ("ends in \u{1B}[", "ends in \u{FFFD}"),
            ("[31mthe other half", "[31mthe other half"),
            ("50%\r100%", "50%\n100%"),
            ("dos\r\nlines\r\n", "dos\nlines\n"),
            (
                "nul \0 bell \u{7} backspace \u{8} del \u{7F} nel \u{85}",
                "nul \u{FFFD} bell \u{FFFD} backspace \u{FFFD} del \u{FFFD} nel \u{FFFD}",
            ),
            ("access\u{202E}txt.exe\u{2066}x", "access\u{FFFD}txt.exe\u{FFFD}x"),
            ("a\u{2028}b", "a\nb"),
            ("\u{1B}é", "\u{FFFD}é"),
        ] {
            assert_eq!(clean_text(text), expect, "{text:?}");
        }
    }

    #[test]
    fn cutting_says_so_and_keeps_characters_whole() {
        assert_eq!(cut_text("short", 5), "short");
        assert_eq!(cut_text(&"é".repeat(100), 50), "ééééé… (190 bytes cut)");
        assert_eq!(cut_text("éé", 3), "é");
    }

    fn hostile() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            proptest::sample::select(vec![
                "\u{1B}", "[", "]", "\u{7}", "\\", "\r", "\n", "m", "0;", "\u{9B}", "\u{9C}", "\u{202E}", "P", "(", " "
            ])
            .prop_map(String::from),
            any::<char>().prop_map(String::from),
        ];
        proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn nothing_unsafe_is_left_and_cleaning_twice_changes_nothing(text in hostile()) {
            let clean = clean_text(&text);
            prop_assert!(!clean.chars().any(is_unsafe), "{:?}", clean);
            prop_assert!(clean.chars().count() <= text.chars().count());
            prop_assert_eq!(clean_text(&clean), clean.as_ref());
        }

        #[test]
        fn halves_are_harmless_too(text in hostile(), at in 0_usize..40) {
            let at = text.floor_char_boundary(at.min(text.len()));
            let both = format!("{}{}", clean_text(&text[..at]), clean_text(&text[at..]));
            prop_assert!(!both.chars().any(is_unsafe));
        }

        #[test]
        fn cut_text_fits(text in "\\PC{0,200}", max in 0_usize..300) {
            let cut = cut_text(&text, max);
            prop_assert!(cut.len() <= max);
            prop_assert!(text.len() > max || cut == text);
        }
    }
}
