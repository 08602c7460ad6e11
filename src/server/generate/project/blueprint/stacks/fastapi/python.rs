//! What fields become in Python: columns, types of requests, literals, in the writing that `ruff format` leaves alone.

use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use crate::protocol::project::{Field, FieldType};
use crate::server::generate::project::blueprint::limits::Limits;
use crate::server::generate::project::blueprint::{names, pattern};

/// Where lines are broken; `pyproject.toml` of the blueprint says the same.
pub const WIDTH: usize = 100;

const KEYWORDS: [&str; 38] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except",
    "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "match", "nonlocal", "not", "or", "pass", "raise", "return",
    "try", "type", "while", "with", "yield", "case",
];

/// Names that the bodies of our classes use: a field of that name would hide them from the fields below it.
const BUILTINS: [&str; 6] = ["bool", "bytes", "float", "int", "list", "str"];

/// Names that stand for modules in the bodies of our classes.
pub const TAKEN_FIELDS: [&str; 6] = ["builtins", "db", "dt", "enums", "orm", "sa"];

/// Names that pydantic's models have: a field of that name is allowed, with a warning.
pub const SHADOWING: [&str; 9] = ["construct", "copy", "dict", "from_orm", "json", "parse_file", "parse_obj", "schema", "validate"];

/// Names that functions of the API use themselves.
const BUSY: [&str; 15] = [
    "assign",
    "body",
    "commit",
    "documented",
    "find",
    "listing",
    "models",
    "now",
    "orm",
    "query",
    "refer",
    "response",
    "router",
    "sa",
    "session",
];

/// As a module or variable: keywords get an underscore behind them.
pub fn safe(name: &str) -> String {
    if KEYWORDS.contains(&name) { format!("{name}_") } else { name.to_owned() }
}

/// As a variable in a function of the API.
pub fn variable(name: &str) -> String {
    if BUSY.contains(&name) || name == "refer_all" || name == "no_query" { format!("{name}_row") } else { safe(name) }
}

/// `from … import …`, sorted, on one line if it fits.
pub fn import(module: &str, names: &[String]) -> String {
    let mut names = names.to_vec();
    names.sort_by(|a, b| self::names::natural(a, b));
    names.dedup();
    let line = format!("from {module} import {}", names.join(", "));
    if line.width() <= WIDTH {
        return line;
    }
    let lines: String = names.iter().map(|name| format!("    {name},\n")).collect();
    format!("from {module} import (\n{lines})")
}

/// A builtin's name in a class whose fields may hide it.
pub fn builtin(name: &str, fields: &[&str]) -> String {
    if BUILTINS.contains(&name) && fields.contains(&name) { format!("builtins.{name}") } else { name.to_owned() }
}

/// On one line if it fits, or else one item a line.
pub fn fold(head: &str, items: &[String], tail: &str) -> String {
    let line = format!("{head}{}{tail}", items.join(", "));
    if items.is_empty() || line.width() <= WIDTH {
        return line;
    }
    let indent: String = head.chars().take_while(|c| *c == ' ').collect();
    let mut out = head.to_owned();
    for item in items {
        out.push_str(&format!("\n{indent}    {},", broken(item, indent.len() + 4)));
    }
    format!("{out}\n{indent}{tail}")
}

/// A list of one that is too long for its line stands on lines of its own.
fn broken(item: &str, indent: usize) -> String {
    let list = item.strip_suffix(']').and_then(|item| item.split_once("=[")).filter(|_| indent + item.width() + 1 > WIDTH);
    match list {
        Some((name, one)) => format!("{name}=[\n{0}    {one}\n{0}]", " ".repeat(indent)),
        None => item.to_owned(),
    }
}

/// The head of a test that runs once for each of the texts.
pub fn parametrize(name: &str, values: &[String]) -> String {
    let values: Vec<String> = values.iter().map(|value| text(value)).collect();
    let line = format!("@pytest.mark.parametrize({}, [{}])", text(name), values.join(", "));
    if line.width() <= WIDTH {
        return line;
    }
    let list = format!("    [{}]", values.join(", "));
    if 4 + text(name).len() + 2 + list.trim_start().width() <= WIDTH {
        return format!("@pytest.mark.parametrize(\n    {}, {}\n)", text(name), list.trim_start());
    }
    format!("@pytest.mark.parametrize(\n    {},\n{}\n)", text(name), fold("    [", &values, "],"))
}

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
            c if c.is_control() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

/// A raw string where that can be, which is how patterns are read best.
pub fn raw(expression: &str) -> String {
    let plain = !expression.contains('"') && !expression.chars().any(char::is_control) && !expression.ends_with('\\');
    if expression.contains('\\') && plain { format!("r\"{expression}\"") } else { text(expression) }
}

pub fn literal(value: &Value) -> String {
    match value {
        Value::Null => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Number(number) => number.to_string(),
        Value::String(string) => text(string),
        Value::Array(items) => format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => {
            format!("{{{}}}", map.iter().map(|(key, value)| format!("{}: {}", text(key), literal(value))).collect::<Vec<_>>().join(", "))
        }
    }
}

/// Text for a docstring: one line, a sentence, nothing that ends it early.
pub fn doc(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ").replace('\\', "\\\\").replace("\"\"\"", "'''");
    if line.ends_with(['.', '!', '?', '…']) { line } else { format!("{line}.") }
}

/// The column's SQL type.
pub fn column(field: &Field) -> String {
    let limits = Limits::of(field);
    match field.kind {
        FieldType::String | FieldType::Email | FieldType::Url => format!("sa.String({})", limits.max_length),
        FieldType::Text => "sa.Text()".into(),
        FieldType::Integer => "sa.BigInteger()".into(),
        FieldType::Decimal => "db.ExactDecimal()".into(),
        FieldType::Float => "sa.Double()".into(),
        FieldType::Boolean => "sa.Boolean()".into(),
        FieldType::Date => "sa.Date()".into(),
        FieldType::DateTime => "db.UtcDateTime()".into(),
        FieldType::Uuid => "sa.Uuid()".into(),
        FieldType::Bytes => "sa.LargeBinary()".into(),
        FieldType::Enum => format!("db.choice(enums.{})", field.enumeration.as_deref().unwrap_or_default()),
    }
}

/// The column in a migration, which is not to change when the application does.
pub fn migrated_column(field: &Field) -> String {
    match field.kind {
        FieldType::Enum => "sa.String(64)".into(),
        _ => column(field),
    }
}

/// The type of the attribute.
pub fn attribute(field: &Field, hiding: &[&str]) -> String {
    let plain = match field.kind {
        FieldType::String | FieldType::Text | FieldType::Email | FieldType::Url => builtin("str", hiding),
        FieldType::Integer => builtin("int", hiding),
        FieldType::Decimal => "Decimal".into(),
        FieldType::Float => builtin("float", hiding),
        FieldType::Boolean => builtin("bool", hiding),
        FieldType::Date => "dt.date".into(),
        FieldType::DateTime => "dt.datetime".into(),
        FieldType::Uuid => "UUID".into(),
        FieldType::Bytes => builtin("bytes", hiding),
        FieldType::Enum => format!("enums.{}", field.enumeration.as_deref().unwrap_or_default()),
    };
    if field.required { plain } else { format!("{plain} | None") }
}

/// The name in `app/fields.py` that says how a value looks in JSON; none for enumerations.
pub fn field_type(field: &Field, in_request: bool) -> Option<&'static str> {
    Some(match field.kind {
        FieldType::String | FieldType::Text if in_request && field.pattern.is_some() => "Matched",
        FieldType::String | FieldType::Text => "Text",
        FieldType::Integer if in_request && is_bounded_integer(field) => "StrictInt",
        FieldType::Integer => "Integer",
        FieldType::Decimal => "Exact",
        FieldType::Float => "Float",
        FieldType::Boolean => "Boolean",
        FieldType::Date => "Date",
        FieldType::DateTime => "DateTime",
        FieldType::Uuid => "Uuid",
        FieldType::Email => "Email",
        FieldType::Url => "Url",
        FieldType::Bytes => "Base64",
        FieldType::Enum => return None,
    })
}

/// Bounds of a type win over those of a field in pydantic, so such a field needs a type without.
pub fn is_bounded_integer(field: &Field) -> bool {
    field.kind == FieldType::Integer && (field.min.is_some() || field.max.is_some())
}

/// The type in a request or an answer.
pub fn annotation(field: &Field, in_request: bool) -> String {
    let limits = Limits::of(field);
    let plain = match field_type(field, in_request) {
        None => format!("enums.{}", field.enumeration.as_deref().unwrap_or_default()),
        Some(name) if field.kind == FieldType::Bytes && in_request => {
            format!("Annotated[{name}, ByteCount({}, {})]", limits.min_bytes, limits.max_bytes)
        }
        Some(name) => name.to_owned(),
    };
    if field.required { plain } else { format!("{plain} | None") }
}

/// What `Field(…)` says of a property of requests.
pub fn rules(field: &Field, example: Option<&Value>) -> Vec<String> {
    let limits = Limits::of(field);
    let mut rules = Vec::new();
    if !field.required {
        rules.push("default=None".to_owned());
    }
    match field.kind {
        FieldType::String | FieldType::Text | FieldType::Email | FieldType::Url => {
            if limits.min_length > 0 {
                rules.push(format!("min_length={}", limits.min_length));
            }
            rules.push(format!("max_length={}", limits.max_length));
            if let Some(expression) = &limits.pattern {
                rules.push(format!("pattern={}", raw(expression)));
            }
        }
        FieldType::Integer if is_bounded_integer(field) => {
            let least = if field.min.is_some() { limits.min_integer.to_string() } else { "-(2**63)".into() };
            let most = if field.max.is_some() { limits.max_integer.to_string() } else { "2**63 - 1".into() };
            rules.extend([format!("ge={least}"), format!("le={most}")]);
        }
        FieldType::Decimal => {
            rules.extend(field.min.as_ref().map(|_| format!("ge=Decimal(\"{}\")", hundredths(limits.min_hundredths))));
            rules.extend(field.max.as_ref().map(|_| format!("le=Decimal(\"{}\")", hundredths(limits.max_hundredths))));
        }
        FieldType::Float => {
            rules.extend(limits.min_float.map(|bound| format!("ge={bound:?}")));
            rules.extend(limits.max_float.map(|bound| format!("le={bound:?}")));
        }
        _ => {}
    }
    if !field.description.is_empty() {
        rules.push(format!("description={}", text(&field.description.split_whitespace().collect::<Vec<_>>().join(" "))));
    }
    if let Some(example) = example.filter(|example| example.to_string().len() <= 300) {
        rules.push(format!("examples=[{}]", literal(example)));
    }
    rules
}

fn hundredths(value: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", value.unsigned_abs() / 100, value.unsigned_abs() % 100)
}

/// Expressions for values that the field must refuse.
pub fn refused(field: &Field) -> Vec<String> {
    let limits = Limits::of(field);
    let mut list: Vec<String> = if field.required { vec!["None".into()] } else { Vec::new() };
    let mut add = |expressions: &[&str]| list.extend(expressions.iter().map(|expression| (*expression).to_owned()));
    match field.kind {
        FieldType::String | FieldType::Text => {
            add(&["12345"]);
            if let Some(expression) = limits.pattern.as_deref() {
                list.extend(pattern::missing(expression, limits.min_length, limits.max_length).map(|value| text(&value)));
            } else {
                add(&[r#""a\x00b""#]);
                list.push(format!("\"a\" * {}", limits.max_length + 1));
                if limits.min_length > 0 {
                    list.push(if limits.min_length == 1 { "\"\"".into() } else { format!("\"a\" * {}", limits.min_length - 1) });
                }
            }
        }
        FieldType::Integer => {
            add(&["\"1\"", "1.5", "True", "2**63"]);
            list.extend(field.min.as_ref().and_then(|_| limits.min_integer.checked_sub(1)).map(|value| value.to_string()));
            list.extend(field.max.as_ref().and_then(|_| limits.max_integer.checked_add(1)).map(|value| value.to_string()));
        }
        FieldType::Decimal => {
            add(&["12.5", "\"1.234\"", "\"much\"", "\"1e3\""]);
            list.extend(field.min.as_ref().map(|_| text(&hundredths(limits.min_hundredths.saturating_sub(1)))));
            list.extend(field.max.as_ref().map(|_| text(&hundredths(limits.max_hundredths.saturating_add(1)))));
        }
        FieldType::Float => {
            add(&["\"1.5\"", "True"]);
            list.extend(limits.min_float.map(below).map(|value| format!("{value:?}")));
            list.extend(limits.max_float.map(|bound| -below(-bound)).map(|value| format!("{value:?}")));
        }
        FieldType::Boolean => add(&["\"true\"", "1"]),
        FieldType::Date => add(&["\"2026-02-30\"", "\"14.03.2026\"", "20260314"]),
        FieldType::DateTime => add(&["\"2026-03-14T15:09:26\"", "\"2026-03-14\"", "1773500966"]),
        FieldType::Uuid => add(&["\"not-a-uuid\"", "7"]),
        FieldType::Email => add(&["\"nobody\"", "7"]),
        FieldType::Url => add(&["\"ftp://example.com\"", "\"nowhere\""]),
        FieldType::Bytes => {
            add(&["\"%%%\"", "7"]);
            list.push(format!("base64.b64encode(bytes({})).decode()", limits.max_bytes.saturating_add(1)));
        }
        FieldType::Enum => add(&["\"none of them\"", "0"]),
    }
    list
}

/// Clearly less, whatever the size.
fn below(bound: f64) -> f64 {
    bound - bound.abs().max(1.0)
}

/// Values of an enumeration as names of its members.
pub fn member(value: &str) -> String {
    let name = names::snake_case(value).to_uppercase();
    if name.starts_with(|first: char| first.is_ascii_digit()) { format!("VALUE_{name}") } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_written_as_ruff_writes_them() {
        assert_eq!(text("plain"), r#""plain""#);
        assert_eq!(text(r#"a "b""#), r#"'a "b"'"#);
        assert_eq!(text("it's \"both\"'"), "\"it's \\\"both\\\"'\"");
        assert_eq!(raw(r"^\w+$"), r#"r"^\w+$""#);
        assert_eq!(literal(&serde_json::json!([1, null, true, {"a": "b"}])), r#"[1, None, True, {"a": "b"}]"#);
    }

    #[test]
    fn what_does_not_fit_is_folded() {
        let items = vec!["a".repeat(50), "b".repeat(50)];
        assert_eq!(fold("f(", &items[..1], ")"), format!("f({})", items[0]));
        assert_eq!(fold("  f(", &items, ")"), format!("  f(\n      {},\n      {},\n  )", items[0], items[1]));
    }

    #[test]
    fn docstrings_end_where_they_should() {
        assert_eq!(doc("Say \"\"\" or\n \\ and \""), r#"Say ''' or \\ and "."#);
    }

    #[test]
    fn hidden_builtins_are_named_in_full() {
        assert_eq!((builtin("list", &["list"]), builtin("list", &["date"])), ("builtins.list".into(), "list".into()));
        assert_eq!((safe("class"), safe("book")), ("class_".into(), "book".into()));
    }
}
