//! Values with exactly one fault each, every one of them certainly invalid.

use super::Kind;
use super::conforms::{self, Verdict};
use super::valid::{self, Variation};
use super::{format, names, pattern};
use crate::server::generate::test_suite::json::Json;
use crate::server::generate::test_suite::number;
use crate::server::generate::test_suite::schema::{Additional, Bound, Schema, SchemaId, Schemas};

/// Invalid values for a place. `required` places are also tried with null.
pub fn variations(schemas: &Schemas, id: SchemaId, label: &str, current: &Json, required: bool) -> Vec<Variation> {
    let schema = schemas.get(id);
    let mut list = Vec::new();
    let mut add = |kind: Kind, name: String, reason: String, value: Json| {
        let invalid = conforms::check(schemas, id, &value) == Verdict::Invalid;
        if invalid && !list.iter().any(|other: &Variation| other.value == value) {
            list.push(Variation { kind, name: format!("{label} {name}"), reason, value });
        }
    };
    wrong_types(schema, label, required, &mut add);
    if let Some(values) = &schema.values {
        let value = match values.iter().find(|value| **value != Json::Null) {
            Some(Json::Text(_)) => Some(Json::from("none-of-the-documented-values")),
            Some(Json::Number(_)) => values
                .iter()
                .filter_map(|value| if let Json::Number(number) = value { number::plus(number, 1_000.0) } else { None })
                .next_back()
                .map(Json::Number),
            _ => None,
        };
        if let Some(value) = value {
            add(Kind::BadEnum, "not in enum".into(), format!("`{label}` must be one of the documented values"), value);
        }
        return list;
    }
    numeric(schema, label, current, &mut add);
    textual(schema, label, current, &mut add);
    listed(schemas, schema, label, current, &mut add);
    if let (Json::Map(map), Additional::Forbidden) = (current, schema.additional) {
        let mut map = map.clone();
        map.insert("unexpectedProperty".into(), Json::from("text"));
        add(
            Kind::UnexpectedProperty,
            "with unexpected property".into(),
            format!("`{label}` allows no other properties than the documented ones"),
            Json::Map(map),
        );
    }
    list
}

/// How the body as a whole is called.
pub const ROOT: &str = "body";

type Add<'a> = dyn FnMut(Kind, String, String, Json) + 'a;

fn wrong_types(schema: &Schema, label: &str, required: bool, add: &mut Add<'_>) {
    if schema.types.is_any() {
        return;
    }
    let expected = names::type_words(schema);
    // A text of digits and a one-item list are what lenient servers unwrap; a plain text is nothing but a text.
    let candidates = [Json::from("not-of-this-type"), Json::from(12345_i64), Json::Bool(true)];
    if let Some(value) = candidates.into_iter().find(|value| !conforms::has_type(schema, value)) {
        add(Kind::WrongType, "of wrong type".into(), format!("`{label}` must be {expected}, not {}", names::shown(&value)), value);
    }
    // A body that is nothing but null cannot be told from no body by many clients.
    if required && label != ROOT && !schema.is_nullable() {
        add(Kind::WrongType, "null".into(), format!("`{label}` must be {expected}, not null"), Json::Null);
    }
}

fn numeric(schema: &Schema, label: &str, current: &Json, add: &mut Add<'_>) {
    let Json::Number(now) = current else { return };
    for (edge, word, bound, outward) in
        [("below minimum", "at least", &schema.minimum, -1.0), ("above maximum", "at most", &schema.maximum, 1.0)]
    {
        let Some(Bound { value, exclusive }) = bound else { continue };
        let step = schema.multiple_of.as_ref().and_then(serde_json::Number::as_f64).unwrap_or(1.0);
        let outside = if *exclusive { Some(value.clone()) } else { number::plus(value, outward * step) };
        if let Some(outside) = outside {
            let word = if *exclusive { word.replace("at least", "more than").replace("at most", "less than") } else { word.to_owned() };
            add(Kind::OutOfBounds, edge.into(), format!("`{label}` must be {word} {value}"), Json::Number(outside));
        }
    }
    if let Some(step) = &schema.multiple_of
        && let Some(off) = step.as_f64().and_then(|step| number::plus(now, step / 2.0))
        && (schema.types.has("number") || number::is_whole(&off))
    {
        add(Kind::OutOfBounds, "no multiple".into(), format!("`{label}` must be a multiple of {step}"), Json::Number(off));
    }
    if schema.types.has("integer")
        && !schema.types.has("number")
        && let Some(fraction) = number::plus(now, 0.5)
    {
        add(Kind::WrongType, "with fraction".into(), format!("`{label}` must be a whole number"), Json::Number(fraction));
    }
}

fn textual(schema: &Schema, label: &str, current: &Json, add: &mut Add<'_>) {
    let Json::Text(now) = current else { return };
    let characters = |length: u64| format!("{length} character{}", if length == 1 { "" } else { "s" });
    if let Some(min) = schema.min_length.filter(|min| *min > 0)
        && let Some(short) = valid::of_length(schema, now, min - 1)
    {
        add(Kind::OutOfBounds, "too short".into(), format!("`{label}` must have at least {}", characters(min)), Json::Text(short));
    }
    if let Some(max) = schema.max_length
        && let Some(long) = valid::of_length(schema, now, max + 1)
    {
        add(Kind::OutOfBounds, "too long".into(), format!("`{label}` must have at most {}", characters(max)), Json::Text(long));
    }
    let fits = |text: &str| {
        let length = text.chars().count() as u64;
        schema.min_length.is_none_or(|min| length >= min) && schema.max_length.is_none_or(|max| length <= max)
    };
    if let Some(expression) = &schema.pattern
        && let Some(regex) = pattern::compile(expression)
    {
        let length = now.chars().count();
        let candidates = [
            "!".repeat(length.max(1)),
            "not matching".into(),
            "0".repeat(length.max(1)),
            "a".repeat(length.max(1)),
            "-".into(),
            "\u{e9}".repeat(length.max(1)),
        ];
        if let Some(text) = candidates.into_iter().find(|text| fits(text) && !regex.is_match(text)) {
            add(Kind::BadPattern, "not matching pattern".into(), format!("`{label}` must match its pattern"), Json::Text(text));
        }
    } else if let Some(text) = schema.format.as_deref().and_then(format::counterexample).filter(|text| fits(text)) {
        let format = schema.format.as_deref().unwrap_or_default();
        add(Kind::BadFormat, format!("no {format}"), format!("`{label}` must be of the format {format}"), Json::from(text));
    }
}

fn listed(schemas: &Schemas, schema: &Schema, label: &str, current: &Json, add: &mut Add<'_>) {
    let Json::List(items) = current else { return };
    let plural = |count: u64| format!("{count} item{}", if count == 1 { "" } else { "s" });
    if let Some(min) = schema.min_items.filter(|min| *min > 0)
        && let Some(few) = valid::of_count(schemas, schema, items, min - 1)
    {
        add(Kind::OutOfBounds, "too few items".into(), format!("`{label}` must have at least {}", plural(min)), Json::List(few));
    }
    if let Some(max) = schema.max_items
        && let Some(many) = valid::of_count(schemas, schema, items, max + 1)
    {
        add(Kind::OutOfBounds, "too many items".into(), format!("`{label}` must have at most {}", plural(max)), Json::List(many));
    }
    if schema.unique_items
        && let Some(first) = items.first()
        && schema.max_items.is_none_or(|max| max >= 2)
    {
        let mut twice = vec![first.clone(), first.clone()];
        twice.extend(items.iter().skip(1).take(usize::try_from(schema.min_items.unwrap_or(0).saturating_sub(2)).unwrap_or(0)).cloned());
        add(Kind::OutOfBounds, "repeated item".into(), format!("the items of `{label}` must differ"), Json::List(twice));
    }
}
