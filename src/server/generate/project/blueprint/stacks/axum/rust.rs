//! Spellings of Rust, in the writing that `rustfmt` leaves alone, with the settings of the blueprint's `rustfmt.toml`.

use std::cmp::Ordering;
use std::fmt::Write;

use serde_json::Value;

use crate::server::generate::project::blueprint::names;

/// Where lines are broken; `rustfmt.toml` of the blueprint says the same.
pub const WIDTH: usize = 100;

const KEYWORDS: [&str; 52] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else", "enum", "extern",
    "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv",
    "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield", "main",
];

/// As a module: keywords get an underscore behind them.
pub fn safe(name: &str) -> String {
    if KEYWORDS.contains(&name) { format!("{name}_") } else { name.to_owned() }
}

/// The value of an enumeration as the name of its variant. What begins with a digit stays apart: `a_1` is not `a1`.
pub fn variant(value: &str) -> String {
    let mut name = String::new();
    for word in value.split('_').filter(|word| !word.is_empty()) {
        if word.starts_with(|first: char| first.is_ascii_digit()) && !name.is_empty() {
            name.push('_');
        }
        name.push_str(&names::capital(word));
    }
    if name == "Self" || name.starts_with(|first: char| first.is_ascii_digit()) { format!("Value{name}") } else { name }
}

/// The order of modules and imports in the 2024 style: digits count as numbers, `_` comes first.
pub fn compare(a: &str, b: &str) -> Ordering {
    let pieces = |text: &str| -> Vec<(u8, usize, String)> {
        let mut pieces: Vec<(u8, usize, String)> = Vec::new();
        for c in text.chars() {
            let digit = c.is_ascii_digit();
            match pieces.last_mut() {
                Some((2, length, digits)) if digit => {
                    digits.push(c);
                    *length = digits.trim_start_matches('0').len();
                }
                // Before a digit comes the underscore, and after it all letters.
                _ if c == '_' => pieces.push((1, 0, String::new())),
                _ if digit => pieces.push((2, usize::from(c != '0'), c.to_string())),
                _ => pieces.push((3, 0, c.to_string())),
            }
        }
        pieces
    };
    pieces(a).cmp(&pieces(b)).then_with(|| a.cmp(b))
}

/// On one line if it fits, or else one item a line. What is assigned goes to a line of its own if it fits there.
pub fn fold(head: &str, items: &[String], tail: &str) -> String {
    let line = format!("{head}{}{tail}", items.join(", "));
    if items.is_empty() || line.chars().count() <= WIDTH {
        return line;
    }
    let indent: String = head.chars().take_while(|c| *c == ' ').collect();
    let is_assignment = ["let ", "const ", "static "].iter().any(|word| head.trim_start().starts_with(word));
    if let Some((left, right)) = head.split_once(" = ").filter(|_| is_assignment) {
        let next = format!("{indent}    {right}{}{tail}", items.join(", "));
        if next.chars().count() <= WIDTH {
            return format!("{left} =\n{next}");
        }
        // Nor does a call of a method begin on the line of what it is called on, if it fits on the next.
        if let Some((root, call)) = right.split_once('.') {
            let next = format!("{indent}    .{call}{}{tail}", items.join(", "));
            if next.chars().count() <= WIDTH {
                return format!("{left} = {root}\n{next}");
            }
        }
    }
    let mut out = head.to_owned();
    for item in items {
        let _ = write!(out, "\n{indent}    {item},");
    }
    format!("{out}\n{indent}{tail}")
}

/// The same for a value of a type with named fields: the head ends before the brace.
pub fn fold_struct(head: &str, items: &[String], tail: &str) -> String {
    let line = format!("{head} {{ {} }}{tail}", items.join(", "));
    if line.chars().count() <= WIDTH {
        return line;
    }
    let indent: String = head.chars().take_while(|c| *c == ' ').collect();
    if let Some((left, right)) = head.split_once(" = ") {
        let next = format!("{indent}    {right} {{ {} }}{tail}", items.join(", "));
        if next.chars().count() <= WIDTH {
            return format!("{left} =\n{next}");
        }
    }
    let lines: String = items.iter().map(|item| format!("\n{indent}    {item},")).collect();
    format!("{head} {{{lines}\n{indent}}}{tail}")
}

/// `use path::{…};`, sorted, filled up where it takes several lines.
pub fn import(path: &str, names: &[String]) -> String {
    let mut names = names.to_vec();
    names.sort_by(|a, b| (a != "self").cmp(&(b != "self")).then_with(|| a.cmp(b)));
    names.dedup();
    let line = match &names[..] {
        [one] if one == "self" => format!("use {path};"),
        [one] => format!("use {path}::{one};"),
        _ => format!("use {path}::{{{}}};", names.join(", ")),
    };
    // Imports have two characters less than all else.
    if line.chars().count() + 1 < WIDTH {
        return line;
    }
    format!("use {path}::{{\n{}\n}};", filled(&names, 4, true))
}

/// Items between commas, as many on a line as fit.
pub fn filled(items: &[String], indent: usize, ends: bool) -> String {
    let margin = " ".repeat(indent);
    let mut lines = vec![margin.clone()];
    for (at, item) in items.iter().enumerate() {
        let item = if at + 1 < items.len() || ends { format!("{item},") } else { item.clone() };
        let Some(line) = lines.last_mut() else { continue };
        let is_first = line.trim().is_empty();
        if !is_first && line.len() + 1 + item.len() > WIDTH {
            lines.push(format!("{margin}{item}"));
        } else {
            if !is_first {
                line.push(' ');
            }
            line.push_str(&item);
        }
    }
    lines.join("\n")
}

/// Characters that the compiler or its linter refuses to see, in a literal or a comment.
const fn is_hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A string literal.
pub fn text(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '\\' | '"' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || is_hidden(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A raw string where that is read better.
pub fn raw(string: &str) -> String {
    if !string.contains(['\\', '"']) || string.chars().any(|c| (c.is_control() && c != '\n') || is_hidden(c)) {
        return if string.contains('\n') { format!("\"{string}\"") } else { text(string) };
    }
    let mut hashes = String::new();
    while string.contains('"') && string.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    format!("r{hashes}\"{string}\"{hashes}")
}

/// Text for a comment of one line: a sentence.
pub fn doc(text: &str) -> String {
    let line: String = text.chars().filter(|c| !is_hidden(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.ends_with(['.', '!', '?', '…']) { line } else { format!("{line}.") }
}

/// Digits in groups of three.
pub fn integer(value: i128) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut out = String::from(if value < 0 { "-" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) && digits.len() > 4 {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

/// A value as an argument of what takes values of JSON.
pub fn literal(value: &Value) -> String {
    match value {
        Value::String(string) => text(string),
        Value::Number(number) => number.as_i64().map_or_else(|| number.to_string(), |whole| integer(whole.into())),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_rust() {
        assert_eq!(text("a \"b\" \\ \n \u{202e}"), r#""a \"b\" \\ \n \u{202e}""#);
        assert_eq!(raw(r"^\w$"), r#"r"^\w$""#);
        assert_eq!(raw(r##"^"#$"##), r###"r##"^"#$"##"###);
        assert_eq!((integer(1234), integer(-65_536), integer(1_000_000)), ("1234".into(), "-65_536".into(), "1_000_000".into()));
        assert_eq!(["dark_green", "xl2", "a_1", "self", "class"].map(variant), ["DarkGreen", "Xl2", "A_1", "ValueSelf", "Class"]);
    }

    #[test]
    fn what_does_not_fit_is_folded() {
        let items = vec!["a".repeat(50), "b".repeat(40)];
        assert_eq!(fold("    f(", &items, ")"), format!("    f({}, {})", items[0], items[1]));
        let long = "x".repeat(10);
        assert_eq!(fold(&format!("let {long} = f("), &items, ");"), format!("let {long} =\n    f({}, {});", items[0], items[1]));
        let items = vec!["a".repeat(60), "b".repeat(60)];
        assert_eq!(fold("  f(", &items, ")"), format!("  f(\n      {},\n      {},\n  )", items[0], items[1]));
    }

    #[test]
    fn modules_are_in_the_order_of_the_formatter() {
        let mut names = vec!["item10", "item2", "item", "item_b", "itema"];
        names.sort_by(|a, b| compare(a, b));
        assert_eq!(names, ["item", "item_b", "item2", "item10", "itema"]);
    }
}
