//! What fields become in TypeScript and SQL: types of requests and answers, columns, literals.

use serde_json::Value;

use crate::protocol::project::{Field, FieldType};
use crate::server::generate::project::blueprint::limits::Limits;
use crate::server::generate::project::blueprint::pattern;

/// Whole numbers that JavaScript holds exactly.
pub const MOST_INTEGER: i64 = (1 << 53) - 1;
/// Longer texts than this are not searched for, unless the field is longer.
const QUERY_CHARS: usize = 200;
/// Longer examples say no more than short ones.
const MAX_EXAMPLE_CHARS: usize = 60;

/// A string literal with the quotes that need fewer escapes.
pub fn text(text: &str) -> String {
    let quote = if text.matches('"').count() > text.matches('\'').count() { '\'' } else { '"' };
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => out.extend(['\\', c]),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

pub fn literal(value: &Value) -> String {
    match value {
        Value::String(string) => text(string),
        Value::Number(number) if number.is_f64() => float(number.as_f64().unwrap_or_default()),
        Value::Array(items) => format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

/// As short as it can be, without an exponent.
fn float(value: f64) -> String {
    let written = format!("{value}");
    if written == "-0" { "0".into() } else { written }
}

/// Text for a comment: one line, a sentence, nothing that ends it early.
pub fn doc(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ").replace("*/", "* /");
    if line.ends_with(['.', '!', '?', '…']) { line } else { format!("{line}.") }
}

/// A property's name, quoted where it has to be.
pub fn key(name: &str) -> String {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !name.starts_with(|c: char| c.is_ascii_digit());
    if plain { name.to_owned() } else { text(name) }
}

/// `1_048_576`
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

/// The function of `src/api/fields.ts` that makes the type of a field.
pub const fn function(kind: FieldType) -> &'static str {
    match kind {
        FieldType::String | FieldType::Text => "text",
        FieldType::Integer => "integer",
        FieldType::Decimal => "decimal",
        FieldType::Float => "float",
        FieldType::Boolean => "boolean",
        FieldType::Date => "date",
        FieldType::DateTime => "instant",
        FieldType::Uuid => "uuid",
        FieldType::Email => "email",
        FieldType::Url => "url",
        FieldType::Bytes => "bytes",
        FieldType::Enum => "choice",
    }
}

/// The type of a property of requests.
pub fn request(field: &Field, example: Option<&Value>) -> String {
    let mut rules = rules(field);
    if !field.description.is_empty() {
        rules.push(format!("description: {}", text(&field.description.split_whitespace().collect::<Vec<_>>().join(" "))));
    }
    if let Some(example) = example.filter(|example| example.to_string().chars().count() <= MAX_EXAMPLE_CHARS) {
        rules.push(format!("examples: [{}]", literal(example)));
    }
    let rules = if rules.is_empty() { String::new() } else { format!("{{ {} }}", rules.join(", ")) };
    let arguments: Vec<String> = words(field).into_iter().chain((!rules.is_empty()).then_some(rules)).collect();
    wrapped(field, "optional", &format!("{}({})", function(field.kind), arguments.join(", ")))
}

/// The type of a property of answers.
pub fn answer(field: &Field) -> String {
    wrapped(field, "nullable", &format!("{}({})", function(field.kind), words(field).unwrap_or_default()))
}

/// The type of the parameter that keeps to one value of the field.
pub fn filter(field: &Field) -> String {
    match field.kind {
        FieldType::Integer => "queryInteger()".into(),
        FieldType::Boolean => "queryBoolean()".into(),
        FieldType::String => match Limits::of(field).max_length {
            ..=QUERY_CHARS => "queryText()".into(),
            longer => format!("queryText({longer})"),
        },
        kind => format!("{}({})", function(kind), words(field).unwrap_or_default()),
    }
}

/// An enumeration's words come before all rules.
fn words(field: &Field) -> Option<String> {
    let name = field.enumeration.as_deref().filter(|_| field.kind == FieldType::Enum)?;
    Some(format!("enums.{name}"))
}

fn wrapped(field: &Field, by: &str, inner: &str) -> String {
    if field.required { inner.to_owned() } else { format!("{by}({inner})") }
}

fn rules(field: &Field) -> Vec<String> {
    let limits = Limits::of(field);
    let mut rules = Vec::new();
    match field.kind {
        FieldType::String | FieldType::Text | FieldType::Email | FieldType::Url => {
            rules.extend((limits.min_length > 0).then(|| format!("minLength: {}", limits.min_length)));
            rules.push(format!("maxLength: {}", limits.max_length));
            rules.extend(limits.pattern.as_deref().map(|expression| format!("pattern: {}", text(expression))));
        }
        FieldType::Integer => {
            let (least, most) = integers(&limits);
            rules.extend((least > -MOST_INTEGER).then(|| format!("min: {least}")));
            rules.extend((most < MOST_INTEGER).then(|| format!("max: {most}")));
        }
        FieldType::Decimal => {
            rules.extend(field.min.as_ref().map(|_| format!("min: {}", text(&hundredths(limits.min_hundredths)))));
            rules.extend(field.max.as_ref().map(|_| format!("max: {}", text(&hundredths(limits.max_hundredths)))));
        }
        FieldType::Float => {
            rules.extend(limits.min_float.map(|bound| format!("min: {}", float(bound))));
            rules.extend(limits.max_float.map(|bound| format!("max: {}", float(bound))));
        }
        FieldType::Bytes => {
            rules.extend((limits.min_bytes > 0).then(|| format!("min: {}", limits.min_bytes)));
            rules.push(format!("max: {}", limits.max_bytes));
        }
        _ => {}
    }
    rules
}

/// The bounds of a whole number, within what JavaScript holds.
pub fn integers(limits: &Limits) -> (i64, i64) {
    (limits.min_integer.max(-MOST_INTEGER), limits.max_integer.min(MOST_INTEGER))
}

fn hundredths(value: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", value.unsigned_abs() / 100, value.unsigned_abs() % 100)
}

/// What the column holds, as `src/db/values.ts` calls it.
pub const fn column(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Integer => "integer",
        FieldType::Decimal => "decimal",
        FieldType::Float => "float",
        FieldType::Boolean => "boolean",
        FieldType::DateTime => "instant",
        FieldType::Bytes => "bytes",
        _ => "text",
    }
}

/// The column's type and constraints.
pub fn sqlite(field: &Field) -> String {
    let kind = match field.kind {
        FieldType::Integer | FieldType::Decimal | FieldType::Boolean => "INTEGER",
        FieldType::Float => "REAL",
        FieldType::Bytes => "BLOB",
        _ => "TEXT",
    };
    format!("{kind}{}{}", if field.required { " NOT NULL" } else { "" }, if field.unique { " UNIQUE" } else { "" })
}

pub fn postgres(field: &Field, constraint: &str) -> String {
    let kind = match field.kind {
        FieldType::Integer => "bigint",
        FieldType::Decimal => "numeric(18, 2)",
        FieldType::Float => "double precision",
        FieldType::Boolean => "boolean",
        FieldType::Date => "date",
        FieldType::DateTime => "timestamptz",
        FieldType::Uuid => "uuid",
        FieldType::Bytes => "bytea",
        _ => "text",
    };
    let unique = if field.unique { format!(" CONSTRAINT \"{constraint}\" UNIQUE") } else { String::new() };
    format!("{kind}{}{unique}", if field.required { " NOT NULL" } else { "" })
}

/// Expressions for values that the field must refuse.
pub fn refused(field: &Field) -> Vec<String> {
    let limits = Limits::of(field);
    let mut list: Vec<String> = if field.required { vec!["null".into()] } else { Vec::new() };
    let mut add = |expressions: &[&str]| list.extend(expressions.iter().map(|expression| (*expression).to_owned()));
    match field.kind {
        FieldType::String | FieldType::Text => {
            add(&["12345", r#""a\u0000b""#]);
            if let Some(expression) = limits.pattern.as_deref() {
                list.extend(pattern::missing(expression, limits.min_length, limits.max_length).map(|value| text(&value)));
            } else {
                list.push(format!("\"a\".repeat({})", limits.max_length.saturating_add(1)));
                match limits.min_length {
                    0 => {}
                    1 => list.push("\"\"".into()),
                    least => list.push(format!("\"a\".repeat({})", least - 1)),
                }
            }
        }
        FieldType::Integer => {
            add(&["\"1\"", "1.5", "true", "2 ** 53"]);
            let (least, most) = integers(&limits);
            list.extend((least > -MOST_INTEGER).then(|| (least - 1).to_string()));
            list.extend((most < MOST_INTEGER).then(|| (most + 1).to_string()));
        }
        FieldType::Decimal => {
            add(&["12.5", "\"1.234\"", "\"much\"", "\"1e3\""]);
            list.extend(field.min.as_ref().map(|_| text(&hundredths(limits.min_hundredths.saturating_sub(1)))));
            list.extend(field.max.as_ref().map(|_| text(&hundredths(limits.max_hundredths.saturating_add(1)))));
        }
        FieldType::Float => {
            add(&["\"1.5\"", "true"]);
            list.extend(limits.min_float.map(|bound| float(below(bound))));
            list.extend(limits.max_float.map(|bound| float(-below(-bound))));
        }
        FieldType::Boolean => add(&["\"true\"", "1"]),
        FieldType::Date => add(&["\"2026-02-30\"", "\"14.03.2026\"", "20260314"]),
        FieldType::DateTime => add(&["\"2026-03-14T15:09:26\"", "\"2026-02-30T15:09:26Z\"", "1773500966"]),
        FieldType::Uuid => add(&["\"not-a-uuid\"", "7"]),
        FieldType::Email => add(&["\"nobody\"", "7"]),
        FieldType::Url => add(&["\"ftp://example.com\"", "\"nowhere\""]),
        FieldType::Bytes => {
            add(&["\"%%%\"", "7"]);
            list.push(format!("Buffer.alloc({}).toString(\"base64\")", limits.max_bytes.saturating_add(1)));
        }
        FieldType::Enum => add(&["\"none of them\"", "0"]),
    }
    list
}

/// Clearly less, whatever the size.
fn below(bound: f64) -> f64 {
    bound - bound.abs().max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_written_as_the_formatter_writes_them() {
        assert_eq!(text("plain"), r#""plain""#);
        assert_eq!(text(r#"a "b""#), r#"'a "b"'"#);
        assert_eq!(literal(&serde_json::json!([1, null, true, 1.0, 0.25])), "[1, null, true, 1, 0.25]");
        assert_eq!((grouped(1_048_576), grouped(64)), ("1_048_576".into(), "64".into()));
        assert_eq!((key("loan-items"), key("books")), ("\"loan-items\"".into(), "books".into()));
    }

    #[test]
    fn comments_end_where_they_should() {
        assert_eq!(doc("Ends */ here\n/* and there"), "Ends * / here /* and there.");
    }
}
