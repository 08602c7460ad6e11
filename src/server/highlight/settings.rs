//! `key = value` files (TOML, INI, `.env`), which the built-in syntaxes lack: line by line, so strings over several lines are
//! coloured as if each line stood alone.

/// Spans of one line, with their classes.
pub fn paint(line: &str) -> Vec<(&'static str, &str)> {
    let indent = line.len() - line.trim_start().len();
    let (blank, text) = line.split_at(indent);
    let mut spans = vec![("", blank)];
    if text.starts_with(['#', ';']) {
        spans.push(("comment", text));
    } else if text.starts_with('[') && text.trim_end().ends_with(']') && !text.contains(',') {
        spans.push(("heading", text));
    } else if let Some(at) = text.find(['=', ':']).filter(|at| is_key(&text[..*at])) {
        spans.push(("attribute", &text[..at]));
        spans.push(("punctuation", &text[at..=at]));
        paint_value(&text[at + 1..], &mut spans);
    } else {
        paint_value(text, &mut spans);
    }
    spans
}

fn is_key(text: &str) -> bool {
    let key = text.trim();
    !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || "-_. \"'".contains(c)) && !key.starts_with('"') | key.ends_with('"')
}

fn paint_value<'a>(mut rest: &'a str, spans: &mut Vec<(&'static str, &'a str)>) {
    while let Some(first) = rest.chars().next() {
        let (class, length) = match first {
            '"' | '\'' => ("string", quoted_len(rest, first)),
            // A sign in the middle of a word is no comment: `a#b`, `http://x/#y`.
            '#' if spans.last().is_none_or(|(_, before)| before.is_empty() || before.ends_with(char::is_whitespace)) => {
                ("comment", rest.len())
            }
            '[' | ']' | '{' | '}' | ',' | '=' | '<' | '>' => ("punctuation", 1),
            c if c.is_whitespace() => ("", rest.len() - rest.trim_start().len()),
            _ => {
                let ends = |c: char| c.is_whitespace() || "[]{},=<>\"'".contains(c);
                let length = rest[first.len_utf8()..].find(ends).map_or(rest.len(), |at| at + first.len_utf8());
                (word_class(&rest[..length]), length)
            }
        };
        let (span, after) = rest.split_at(length);
        spans.push((class, span));
        rest = after;
    }
}

/// From the quote to its partner or the line's end, in bytes.
fn quoted_len(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' if quote == '"' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn word_class(word: &str) -> &'static str {
    match word {
        "true" | "false" | "on" | "off" | "yes" | "no" | "null" | "none" => "constant",
        _ if word.starts_with(|c: char| c.is_ascii_digit() || c == '-')
            && word.chars().skip(1).all(|c| c.is_ascii_digit() || "._-:+eTZ".contains(c)) =>
        {
            "number"
        }
        _ => "",
    }
}
