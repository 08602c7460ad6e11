//! Python source: literals and names that are valid whatever a description holds.

use std::fmt::Write as _;

use crate::server::generate::test_suite::json::Json;

/// Longest line that is kept on one line.
pub const WIDTH: usize = 110;

/// Words that a function or parameter may not be called.
const RESERVED: [&str; 40] = [
    "false", "none", "true", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except",
    "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try",
    "while", "with", "yield", "match", "case", "type", "answer", "pytest",
];

/// A snake-case name that may be used as an identifier.
pub fn identifier(name: &str) -> String {
    if RESERVED.contains(&name) { format!("{name}_") } else { name.to_owned() }
}

/// A string literal on one line; nothing in it can end the literal or the line.
pub fn string(text: &str) -> String {
    // A long run of one character reads better as what it is.
    let count = text.chars().count();
    if count > 30
        && let Some(first) = text.chars().next()
        && text.chars().all(|c| c == first)
    {
        return format!("{} * {count}", string(&first.to_string()));
    }
    let mut out = String::with_capacity(text.len() + 2);
    let quote = if text.contains('"') && !text.contains('\'') { '\'' } else { '"' };
    out.push(quote);
    for c in text.chars() {
        escape(c, quote, &mut out);
    }
    out.push(quote);
    out
}

fn escape(c: char, quote: char, out: &mut String) {
    match c {
        c if c == quote => out.extend(['\\', c]),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if is_plain(c) => out.push(c),
        c if u32::from(c) <= 0xff => {
            let _ = write!(out, "\\x{:02x}", u32::from(c));
        }
        c if u32::from(c) <= 0xffff => {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        }
        c => {
            let _ = write!(out, "\\U{:08x}", u32::from(c));
        }
    }
}

/// Characters that are shown as they are: no controls, nothing invisible, nothing that turns the direction of a line.
fn is_plain(c: char) -> bool {
    let hidden = matches!(u32::from(c), 0x00ad | 0x0600..=0x0605 | 0x061c | 0x180e | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff | 0xfff0..=0xfffb | 0xe000..=0xf8ff | 0xe0000..=0x10_ffff);
    !c.is_control() && !hidden
}

/// Text that can stand in a comment: one line without anything invisible.
pub fn prose(text: &str) -> String {
    let clean: String = text.chars().map(|c| if is_plain(c) { c } else { ' ' }).collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A docstring on one line: like [`prose`], without what could end it or be read as an escape.
pub fn docstring(text: &str) -> String {
    let text = prose(text).replace('\\', "/").replace("\"\"\"", "\u{201d}");
    let guard = if text.ends_with('"') { " " } else { "" };
    format!("\"\"\"{text}{guard}\"\"\"")
}

/// An f-string: literal parts and names of variables.
pub fn f_string(parts: &[Part]) -> String {
    if !parts.iter().any(|part| matches!(part, Part::Name(_))) {
        let text: String = parts.iter().map(|part| if let Part::Text(text) = part { text.as_str() } else { "" }).collect();
        return string(&text);
    }
    let mut out = String::from("f\"");
    for part in parts {
        match part {
            Part::Text(text) => {
                for c in text.chars() {
                    match c {
                        '{' => out.push_str("{{"),
                        '}' => out.push_str("}}"),
                        c => escape(c, '"', &mut out),
                    }
                }
            }
            Part::Name(name) => {
                let _ = write!(out, "{{{name}}}");
            }
        }
    }
    out.push('"');
    out
}

pub enum Part {
    Text(String),
    Name(String),
}

/// A value; on one line if it fits into `room` characters, else laid out with `indent` spaces.
pub fn literal(value: &Json, indent: usize, room: usize) -> String {
    let flat = flat(value);
    if flat.chars().count() <= room {
        return flat;
    }
    let inner = indent + 4;
    let pad = " ".repeat(inner);
    let end = " ".repeat(indent);
    let room = WIDTH.saturating_sub(inner + 1);
    match value {
        Json::List(items) if is_repeated(items) => {
            format!("{} * {}", literal(&Json::List(vec![items[0].clone()]), indent, room), items.len())
        }
        Json::List(items) if !items.is_empty() => {
            let lines: Vec<String> = items.iter().map(|item| format!("{pad}{},\n", literal(item, inner, room))).collect();
            format!("[\n{}{end}]", lines.concat())
        }
        Json::Map(map) if !map.is_empty() => {
            let lines: Vec<String> = map
                .iter()
                .map(|(key, item)| {
                    let key = string(key);
                    let room = room.saturating_sub(key.chars().count() + 2);
                    format!("{pad}{key}: {},\n", literal(item, inner, room))
                })
                .collect();
            format!("{{\n{}{end}}}", lines.concat())
        }
        _ => flat,
    }
}

/// Many times the same item.
fn is_repeated(items: &[Json]) -> bool {
    items.len() > 3 && items.iter().all(|item| *item == items[0])
}

fn flat(value: &Json) -> String {
    match value {
        Json::Null => "None".into(),
        Json::Bool(true) => "True".into(),
        Json::Bool(false) => "False".into(),
        Json::Number(number) => number.to_string(),
        Json::Text(text) => string(text),
        Json::List(items) if is_repeated(items) => format!("[{}] * {}", flat(&items[0]), items.len()),
        Json::List(items) => format!("[{}]", items.iter().map(flat).collect::<Vec<_>>().join(", ")),
        Json::Map(map) => {
            format!("{{{}}}", map.iter().map(|(key, value)| format!("{}: {}", string(key), flat(value))).collect::<Vec<_>>().join(", "))
        }
        Json::Made(name) => identifier(name),
    }
}
