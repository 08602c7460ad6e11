//! A paragraph as sentences: never cut inside quotations, code, addresses, numbers or after abbreviations.

use super::literals::protected;

#[rustfmt::skip]
const ABBREVIATIONS: &[&str] = &[
    "e.g", "i.e", "etc", "vs", "dr", "mr", "mrs", "ms", "prof", "approx", "no", "nr", "st", "sr", "sra", "ca", "z.b", "d.h", "bzw",
    "usw", "ggf", "inkl", "evtl", "ex", "ej", "fig", "u.a", "u.s", "inc", "ltd", "co", "mme", "cf", "vgl", "max", "min",
];
/// Those that often end a sentence too: they do when a capital letter follows.
const MAY_END: &[&str] = &["etc", "usw", "co", "inc", "ltd", "u.a", "no", "max", "min"];
/// A line of at least this many characters may have been wrapped by an editor.
const WRAPPED_CHARS: usize = 60;
const MOST_CLOSING: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sentence<'t> {
    pub text: &'t str,
    /// Whether it begins a line.
    pub line: bool,
}

pub fn sentences(text: &str) -> Vec<Sentence<'_>> {
    let protected = protected(text);
    let mut found = Vec::new();
    let (mut start, mut line, mut line_start) = (0, true, 0);
    let mut next_protected = 0;
    for (at, letter) in text.char_indices() {
        while protected.get(next_protected).is_some_and(|range| range.end <= at) {
            next_protected += 1;
        }
        if at < start || protected.get(next_protected).is_some_and(|range| range.start < at && at < range.end) {
            continue;
        }
        let end = at + letter.len_utf8();
        let newline = letter == '\n';
        let cut =
            if newline { ends_line(&text[line_start..at], &text[end..]) } else { ends_sentence(&text[start..at], letter, &text[end..]) };
        if newline {
            line_start = end;
        }
        if !cut {
            continue;
        }
        let end = if newline { end } else { end + closing(&text[end..]) };
        push(&text[start..end], line, &mut found);
        start = end;
        line = newline || text[end..].trim_start_matches([' ', '\t']).starts_with('\n');
    }
    push(&text[start..], line, &mut found);
    found
}

fn push<'t>(text: &'t str, line: bool, found: &mut Vec<Sentence<'t>>) {
    let text = text.trim();
    if !text.is_empty() {
        found.push(Sentence { text, line: line || found.is_empty() });
    }
}

fn ends_line(line: &str, rest: &str) -> bool {
    let wrapped = line.chars().count() >= WRAPPED_CHARS && rest.trim_start().chars().next().is_some_and(char::is_lowercase);
    !wrapped || line.trim_end().ends_with(['.', '!', '?', ':'])
}

fn ends_sentence(before: &str, letter: char, rest: &str) -> bool {
    if !matches!(letter, '.' | '!' | '?' | '…') {
        return false;
    }
    let after = &rest[closing(rest)..];
    if !(after.is_empty() || after.starts_with(char::is_whitespace)) {
        return false;
    }
    let Some(next) = after.trim_start().chars().next() else { return true };
    if letter != '.' {
        return true;
    }
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default().to_lowercase();
    if word.len() <= 2 && word.chars().all(|c| c.is_ascii_digit()) {
        return false;
    }
    if ABBREVIATIONS.contains(&word.as_str()) {
        return next.is_uppercase() && MAY_END.contains(&word.as_str());
    }
    // A single letter is an initial.
    word.chars().count() > 1 || !word.chars().all(char::is_alphabetic)
}

/// How many bytes of closing quotes, brackets and further marks stand at the beginning. Looks only so far: there is text that is
/// nothing but dots.
fn closing(rest: &str) -> usize {
    let marks = rest.chars().take(MOST_CLOSING).take_while(|c| matches!(c, '"' | '”' | '»' | ')' | '\'' | '’' | '*' | '!' | '?' | '.'));
    marks.map(char::len_utf8).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|sentence| sentence.text).collect()
    }

    #[test]
    fn sentences_end_where_readers_think() {
        for (text, expect) in [
            ("write a post. make it short! ok? yes", vec!["write a post.", "make it short!", "ok?", "yes"]),
            ("Use v1.2 of it, e.g. from https://a.b/c. Then go", vec!["Use v1.2 of it, e.g. from https://a.b/c.", "Then go"]),
            ("He said \"Stop. Now.\" and left. Bye", vec!["He said \"Stop. Now.\" and left.", "Bye"]),
            ("Am 3. Mai mit Dr. Bob. Ende", vec!["Am 3. Mai mit Dr. Bob.", "Ende"]),
            ("cats, dogs etc. Make it nice", vec!["cats, dogs etc.", "Make it nice"]),
            ("write a post\nabout cats\nkeep it short", vec!["write a post", "about cats", "keep it short"]),
            ("Peux-tu écrire ? Merci !", vec!["Peux-tu écrire ?", "Merci !"]),
            ("Wait... what", vec!["Wait...", "what"]),
            ("", vec![]),
        ] {
            assert_eq!(texts(text), expect, "{text}");
        }
        let wrapped = "This is a line that an editor has wrapped because it was too long\nto fit. Next";
        assert_eq!(texts(wrapped), ["This is a line that an editor has wrapped because it was too long\nto fit.", "Next"]);
        let lines: Vec<bool> = sentences("aa bb. cc dd.\nee ff.").into_iter().map(|sentence| sentence.line).collect();
        assert_eq!(lines, [true, false, true]);
    }
}
