//! Other valid values for a place: each enum value, each bound and its valid neighbour, null, each alternative.

use super::Kind;
use super::conforms::{self, Verdict};
use super::sample::{self, Fill, MAX_LIST_ITEMS, MAX_TEXT_CHARS};
use super::{names, pattern};
use crate::server::generate::test_suite::json::Json;
use crate::server::generate::test_suite::number;
use crate::server::generate::test_suite::schema::{Bound, Choice, Schema, SchemaId, Schemas};

/// Values of one enum that become cases.
pub const MAX_ENUM_CASES: usize = 20;

/// One changed value: what kind of change, a name for it, why it is made.
#[derive(Clone, Debug)]
pub struct Variation {
    pub kind: Kind,
    pub name: String,
    pub reason: String,
    pub value: Json,
}

/// Valid values that differ from `current`. `label` is how people call the place: `ticketType`.
pub fn variations(schemas: &Schemas, id: SchemaId, label: &str, current: &Json) -> Vec<Variation> {
    let schema = schemas.get(id);
    let mut list = Vec::new();
    let mut add = |kind: Kind, name: String, reason: String, value: Json| {
        let valid = conforms::check(schemas, id, &value) == Verdict::Valid;
        if valid && value != *current && !list.iter().any(|other: &Variation| other.value == value) {
            list.push(Variation { kind, name, reason, value });
        }
    };
    for value in schema.values.iter().flatten().take(MAX_ENUM_CASES) {
        let shown = names::shown(value);
        add(Kind::EnumValue, format!("{label} {}", names::words_of(value)), format!("`{label}` may be {shown}"), value.clone());
    }
    if schema.values.is_none() && schema.types.single() == Some("boolean") {
        for value in [true, false] {
            add(Kind::EnumValue, format!("{label} {value}"), format!("`{label}` may be {value}"), Json::Bool(value));
        }
    }
    if schema.types.has("null") {
        add(Kind::Null, format!("{label} null"), format!("`{label}` may be null"), Json::Null);
    }
    if schema.values.is_some() {
        return list;
    }
    for (edge, bound, inward) in [("minimum", &schema.minimum, 1.0), ("maximum", &schema.maximum, -1.0)] {
        let Some(Bound { value, exclusive }) = bound else { continue };
        if matches!(current, Json::Number(_)) || schema.types.single().is_some_and(|name| name == "integer" || name == "number") {
            if !exclusive {
                add(
                    Kind::Bound,
                    format!("{label} at {edge}"),
                    format!("`{label}` may be {value}, its {edge}"),
                    Json::Number(value.clone()),
                );
            }
            if let Some(next) = number::plus(value, inward) {
                add(
                    Kind::Bound,
                    format!("{label} next to {edge}"),
                    format!("`{label}` may be {next}, next to its {edge}"),
                    Json::Number(next),
                );
            }
        }
    }
    for (edge, length) in [("shortest", schema.min_length.filter(|min| *min > 0)), ("longest", schema.max_length)] {
        if let (Some(length), Json::Text(text)) = (length, current)
            && let Some(text) = of_length(schema, text, length)
        {
            let reason = format!("`{label}` may have {length} character{}", if length == 1 { "" } else { "s" });
            add(Kind::Bound, format!("{label} {edge}"), reason, Json::Text(text));
        }
    }
    for (edge, length) in [("fewest", schema.min_items), ("most", schema.max_items)] {
        if let (Some(length), Json::List(items)) = (length, current)
            && let Some(items) = of_count(schemas, schema, items, length)
        {
            let reason = format!("`{label}` may have {length} item{}", if length == 1 { "" } else { "s" });
            add(Kind::Bound, format!("{label} {edge} items"), reason, Json::List(items));
        }
    }
    for (at, branch) in alternatives(schemas, schema).into_iter().enumerate() {
        if let Ok(value) = sample::of_schema(schemas, &branch, Fill::Required) {
            add(
                Kind::Alternative,
                format!("{label} alternative {}", at + 1),
                format!("`{label}` may be of its alternative {}", at + 1),
                value,
            );
        }
    }
    list
}

/// The schema with its first choice narrowed to one branch each.
fn alternatives(schemas: &Schemas, schema: &Schema) -> Vec<Schema> {
    let Some(choice) = schema.choices.first().filter(|choice| choice.branches.len() > 1) else { return Vec::new() };
    choice
        .branches
        .iter()
        .take(10)
        .map(|branch| {
            let mut narrowed = schema.clone();
            narrowed.choices[0] = Choice { exactly_one: false, branches: vec![*branch] };
            // An author knows more of a value than a pattern says. Whole objects belong to whichever alternative was in mind.
            let fits =
                |example: &Json| !matches!(example, Json::Map(_)) && conforms::check_against(schemas, &narrowed, example) == Verdict::Valid;
            narrowed.examples = schema.examples.iter().filter(|example| fits(example)).cloned().collect();
            narrowed
        })
        .collect()
}

/// A text of exactly this length that keeps to the pattern; `None` where format or size forbid.
pub fn of_length(schema: &Schema, text: &str, length: u64) -> Option<String> {
    if length > MAX_TEXT_CHARS {
        return None;
    }
    let wanted = usize::try_from(length).ok()?;
    if let Some(pattern) = &schema.pattern {
        return pattern::matching(pattern, wanted, Some(wanted));
    }
    if let Some(format) = schema.format.as_deref()
        && !matches!(format, "password" | "string" | "text" | "binary")
    {
        return None;
    }
    let now = text.chars().count();
    if now >= wanted {
        let cut: String = text.chars().take(wanted).collect();
        // A blank at the end may be trimmed by the server, which changes the length.
        return Some(if cut.ends_with(char::is_whitespace) || cut.starts_with(char::is_whitespace) { "a".repeat(wanted) } else { cut });
    }
    Some("a".repeat(wanted))
}

/// A list of exactly this many items.
pub fn of_count(schemas: &Schemas, schema: &Schema, items: &[Json], count: u64) -> Option<Vec<Json>> {
    if count > MAX_LIST_ITEMS {
        return None;
    }
    let mut list: Vec<Json> = items.iter().take(usize::try_from(count).ok()?).cloned().collect();
    while (list.len() as u64) < count {
        let item = match (items.first(), schema.items) {
            (Some(item), _) => item.clone(),
            (None, Some(id)) => sample::sample(schemas, id, Fill::Required, None).ok()?,
            (None, None) => Json::from("text"),
        };
        list.push(match schema.items {
            Some(id) if schema.unique_items => sample::distinct(schemas, id, item, &list),
            _ => item,
        });
    }
    Some(list)
}
