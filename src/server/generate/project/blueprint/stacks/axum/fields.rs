//! What fields become in Rust and SQL: types, columns, rules of requests, and values that must be refused.

use super::rust::{integer, literal, raw, text};
use crate::protocol::project::{Field, FieldType};
use crate::server::generate::project::blueprint::limits::Limits;
use crate::server::generate::project::blueprint::pattern;

/// The type of a value that is there.
pub fn plain(field: &Field) -> String {
    match field.kind {
        FieldType::String | FieldType::Text | FieldType::Email | FieldType::Url => "String".into(),
        FieldType::Integer => "i64".into(),
        FieldType::Decimal => "fields::Decimal".into(),
        FieldType::Float => "f64".into(),
        FieldType::Boolean => "bool".into(),
        FieldType::Date => "fields::Date".into(),
        FieldType::DateTime => "fields::Instant".into(),
        FieldType::Uuid => "Uuid".into(),
        FieldType::Bytes => "fields::Base64".into(),
        FieldType::Enum => format!("enums::{}", field.enumeration.as_deref().unwrap_or_default()),
    }
}

pub const fn is_copy(field: &Field) -> bool {
    !matches!(field.kind, FieldType::String | FieldType::Text | FieldType::Email | FieldType::Url | FieldType::Bytes)
}

/// The column's type in SQLite, whose tables are strict.
pub const fn sqlite(field: &Field) -> &'static str {
    match field.kind {
        FieldType::Integer | FieldType::Decimal | FieldType::Boolean => "INTEGER",
        FieldType::Float => "REAL",
        FieldType::Uuid | FieldType::Bytes => "BLOB",
        _ => "TEXT",
    }
}

/// The column's type in PostgreSQL. Decimals are hundredths there too.
pub fn postgres(field: &Field) -> String {
    match field.kind {
        FieldType::String | FieldType::Email | FieldType::Url => format!("VARCHAR({})", Limits::of(field).max_length),
        FieldType::Text => "TEXT".into(),
        FieldType::Integer | FieldType::Decimal => "BIGINT".into(),
        FieldType::Float => "DOUBLE PRECISION".into(),
        FieldType::Boolean => "BOOLEAN".into(),
        FieldType::Date => "DATE".into(),
        FieldType::DateTime => "TIMESTAMPTZ".into(),
        FieldType::Uuid => "UUID".into(),
        FieldType::Bytes => "BYTEA".into(),
        FieldType::Enum => "VARCHAR(64)".into(),
    }
}

/// The static that holds the field's pattern.
pub fn pattern_name(field: &Field) -> String {
    format!("{}_PATTERN", field.name.to_uppercase())
}

/// The literal of the field's pattern, if it has one.
pub fn pattern_literal(field: &Field) -> Option<String> {
    let is_text = matches!(field.kind, FieldType::String | FieldType::Text);
    Limits::of(field).pattern.filter(|_| is_text).map(|expression| raw(&expression))
}

/// The rule of a property: its type, and the expression.
pub fn rule(field: &Field) -> (&'static str, String) {
    let limits = Limits::of(field);
    let size = |count: usize| integer(i128::try_from(count).unwrap_or(i128::MAX));
    let lengths = format!("{}, {}", size(limits.min_length), size(limits.max_length));
    match field.kind {
        FieldType::String | FieldType::Text if limits.pattern.is_some() => {
            ("Text", format!("Text::matching({lengths}, &{})", pattern_name(field)))
        }
        FieldType::String | FieldType::Text => ("Text", format!("Text::new({lengths})")),
        FieldType::Email if lengths == "0, 254" => ("Email", "Email::ANY".into()),
        FieldType::Email => ("Email", format!("Email::new({lengths})")),
        FieldType::Url => ("Url", format!("Url::new({lengths})")),
        FieldType::Integer => {
            let least = field.min.is_some().then(|| integer(limits.min_integer.into()));
            let most = field.max.is_some().then(|| integer(limits.max_integer.into()));
            ("Integer", between("Integer", least, most))
        }
        FieldType::Decimal => {
            let hundredths = |count: i64| format!("Decimal::hundredths({})", integer(count.into()));
            let least = field.min.is_some().then(|| hundredths(limits.min_hundredths));
            let most = field.max.is_some().then(|| hundredths(limits.max_hundredths));
            ("Exact", between("Exact", least, most))
        }
        FieldType::Float => {
            let number = |bound: f64| format!("{bound:?}");
            ("Float", between("Float", limits.min_float.map(number), limits.max_float.map(number)))
        }
        FieldType::Boolean => ("Boolean", "Boolean".into()),
        FieldType::Date => ("Day", "Day".into()),
        FieldType::DateTime => ("Moment", "Moment".into()),
        FieldType::Uuid => ("Key", "Key".into()),
        FieldType::Bytes => ("Bytes", format!("Bytes::new({}, {})", size(limits.min_bytes), size(limits.max_bytes))),
        FieldType::Enum => ("OneOf", format!("OneOf::<{}>::ANY", plain(field))),
    }
}

fn between(name: &str, least: Option<String>, most: Option<String>) -> String {
    match (least, most) {
        (None, None) => format!("{name}::ANY"),
        (Some(least), None) => format!("{name}::at_least({least})"),
        (None, Some(most)) => format!("{name}::at_most({most})"),
        (Some(least), Some(most)) => format!("{name}::between({least}, {most})"),
    }
}

/// The rule of a filter's parameter: any value of the type.
pub fn filter_rule(field: Option<&Field>) -> (&'static str, String) {
    let Some(field) = field else { return ("Key", "Key".into()) };
    match field.kind {
        FieldType::String => ("Text", "Text::new(1, 200)".into()),
        FieldType::Integer => ("Integer", "Integer::ANY".into()),
        FieldType::Decimal => ("Exact", "Exact::ANY".into()),
        FieldType::Email => ("Email", "Email::ANY".into()),
        _ => rule(field),
    }
}

/// Arguments of `json!` that the field must refuse.
pub fn refused(field: &Field) -> Vec<String> {
    let limits = Limits::of(field);
    let mut list: Vec<String> = if field.required { vec!["null".into()] } else { Vec::new() };
    let mut add = |expressions: &[&str]| list.extend(expressions.iter().map(|expression| (*expression).to_owned()));
    match field.kind {
        FieldType::String | FieldType::Text => {
            add(&["12_345"]);
            if let Some(expression) = limits.pattern.as_deref() {
                list.extend(pattern::missing(expression, limits.min_length, limits.max_length).map(|value| repeated(&value)));
            } else {
                add(&[r#""a\0b""#]);
                list.push(times("a", limits.max_length + 1));
                if limits.min_length > 0 {
                    list.push(times("a", limits.min_length - 1));
                }
            }
        }
        FieldType::Integer => {
            add(&["\"1\"", "1.5", "true", "9_223_372_036_854_775_808_u64"]);
            list.extend(field.min.as_ref().and_then(|_| limits.min_integer.checked_sub(1)).map(|value| integer(value.into())));
            list.extend(field.max.as_ref().and_then(|_| limits.max_integer.checked_add(1)).map(|value| integer(value.into())));
        }
        FieldType::Decimal => {
            add(&["12.5", "\"1.234\"", "\"much\"", "\"1e3\""]);
            list.extend(field.min.as_ref().map(|_| hundredths(limits.min_hundredths.saturating_sub(1))));
            list.extend(field.max.as_ref().map(|_| hundredths(limits.max_hundredths.saturating_add(1))));
        }
        FieldType::Float => {
            add(&["\"1.5\"", "true"]);
            list.extend(limits.min_float.map(|bound| format!("{:?}", bound - bound.abs().max(1.0))));
            list.extend(limits.max_float.map(|bound| format!("{:?}", bound + bound.abs().max(1.0))));
        }
        FieldType::Boolean => add(&["\"true\"", "1"]),
        FieldType::Date => add(&["\"2026-02-30\"", "\"14.03.2026\"", "20_260_314"]),
        FieldType::DateTime => add(&["\"2026-03-14T15:09:26\"", "\"2026-03-14\"", "1_773_500_966"]),
        FieldType::Uuid => add(&["\"not-a-uuid\"", "7"]),
        FieldType::Email => add(&["\"nobody\"", "7"]),
        FieldType::Url => add(&["\"ftp://example.com\"", "\"nowhere\""]),
        FieldType::Bytes => {
            add(&["\"%%%\"", "\"YR==\"", "7"]);
            list.push(format!("zeros({})", integer(i128::try_from(limits.max_bytes.saturating_add(1)).unwrap_or(i128::MAX))));
        }
        FieldType::Enum => add(&["\"none of them\"", "0"]),
    }
    list
}

fn times(piece: &str, count: usize) -> String {
    match count {
        0 => "\"\"".into(),
        1..=20 => text(&piece.repeat(count)),
        _ => format!("{}.repeat({})", text(piece), integer(i128::try_from(count).unwrap_or(i128::MAX))),
    }
}

/// A text, shorter if it is the same sign over and over.
fn repeated(value: &str) -> String {
    let mut chars = value.chars();
    match chars.next() {
        Some(first) if chars.all(|c| c == first) => times(&first.to_string(), value.chars().count()),
        _ => text(value),
    }
}

fn hundredths(value: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    text(&format!("{sign}{}.{:02}", value.unsigned_abs() / 100, value.unsigned_abs() % 100))
}

/// An example of a value, if it is short enough to be one.
pub fn example(value: Option<&serde_json::Value>) -> Option<String> {
    value.map(literal).filter(|literal| literal.chars().count() <= 80)
}
