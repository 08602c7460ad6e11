//! Whether a value conforms to a schema: valid, invalid, or nobody can tell.
//!
//! A negative case is made only of a value that is certainly invalid, a positive one of a value that is not.
//! Bounded by a number of steps, so recursive schemas end.

use std::cell::Cell;
use std::cmp::Ordering;

use super::{format, pattern};
use crate::server::generate::test_suite::json::Json;
use crate::server::generate::test_suite::number;
use crate::server::generate::test_suite::schema::{Additional, Schema, SchemaId, Schemas};

const MAX_STEPS: usize = 20_000;
const MAX_NESTING: usize = 40;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Valid,
    Invalid,
    /// An unknown format, a keyword without a model, a value that only exists at run time.
    Unknown,
}

impl Verdict {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Invalid, _) | (_, Self::Invalid) => Self::Invalid,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            _ => Self::Valid,
        }
    }

    const fn of(valid: bool) -> Self {
        if valid { Self::Valid } else { Self::Invalid }
    }
}

/// Checks a value as part of a request: `readOnly` properties are not demanded.
pub fn check(schemas: &Schemas, id: SchemaId, value: &Json) -> Verdict {
    let steps = Cell::new(MAX_STEPS);
    Checker { schemas, steps: &steps, nesting: 0 }.value(schemas.get(id), value)
}

/// The same for a schema outside of the arena (a base merged with one of its branches).
pub fn check_against(schemas: &Schemas, schema: &Schema, value: &Json) -> Verdict {
    let steps = Cell::new(MAX_STEPS);
    Checker { schemas, steps: &steps, nesting: 0 }.value(schema, value)
}

#[derive(Clone, Copy)]
struct Checker<'a> {
    schemas: &'a Schemas,
    steps: &'a Cell<usize>,
    nesting: usize,
}

impl Checker<'_> {
    fn below(self, id: SchemaId, value: &Json) -> Verdict {
        if self.nesting >= MAX_NESTING {
            return Verdict::Unknown;
        }
        Self { nesting: self.nesting + 1, ..self }.value(self.schemas.get(id), value)
    }

    fn value(self, schema: &Schema, value: &Json) -> Verdict {
        let Some(left) = self.steps.get().checked_sub(1) else { return Verdict::Unknown };
        self.steps.set(left);
        if schema.never {
            return Verdict::Invalid;
        }
        if matches!(value, Json::Made(_)) {
            return Verdict::Unknown;
        }
        if !has_type(schema, value) {
            return Verdict::Invalid;
        }
        let mut verdict = if schema.unmodelled.is_empty() { Verdict::Valid } else { Verdict::Unknown };
        // OpenAPI 3.0 tools differ on whether `nullable` needs null in the enum as well.
        if let Some(values) = &schema.values
            && !values.iter().any(|known| equal(known, value))
        {
            return if *value == Json::Null && schema.types.has("null") { Verdict::Unknown } else { Verdict::Invalid };
        }
        verdict = verdict.and(match value {
            Json::Number(number) => numeric(schema, number),
            Json::Text(text) => textual(schema, text),
            Json::List(items) => self.list(schema, items),
            Json::Map(map) => self.map(schema, map),
            _ => Verdict::Valid,
        });
        for choice in &schema.choices {
            if verdict == Verdict::Invalid {
                break;
            }
            verdict = verdict.and(self.choice(&choice.branches, choice.exactly_one, value));
        }
        verdict
    }

    fn choice(self, branches: &[SchemaId], exactly_one: bool, value: &Json) -> Verdict {
        let (mut valid, mut unknown) = (0, 0);
        for branch in branches {
            match self.below(*branch, value) {
                Verdict::Valid => valid += 1,
                Verdict::Unknown => unknown += 1,
                Verdict::Invalid => {}
            }
        }
        match (valid, unknown) {
            (0, 0) => Verdict::Invalid,
            (0, _) => Verdict::Unknown,
            (1, 0) => Verdict::Valid,
            // Overlapping branches: the letter of `oneOf` says no, most servers say yes.
            _ if exactly_one => Verdict::Unknown,
            _ => Verdict::Valid,
        }
    }

    fn list(self, schema: &Schema, items: &[Json]) -> Verdict {
        let length = items.len() as u64;
        if schema.min_items.is_some_and(|min| length < min) || schema.max_items.is_some_and(|max| length > max) {
            return Verdict::Invalid;
        }
        if schema.unique_items && items.iter().enumerate().any(|(at, item)| items[..at].iter().any(|other| equal(item, other))) {
            return Verdict::Invalid;
        }
        let Some(id) = schema.items else { return Verdict::Valid };
        items.iter().fold(Verdict::Valid, |verdict, item| verdict.and(self.below(id, item)))
    }

    fn map(self, schema: &Schema, map: &indexmap::IndexMap<String, Json>) -> Verdict {
        let size = map.len() as u64;
        if schema.min_properties.is_some_and(|min| size < min) || schema.max_properties.is_some_and(|max| size > max) {
            return Verdict::Invalid;
        }
        let demanded = |name: &String| !schema.properties.get(name).is_some_and(|id| self.schemas.get(*id).read_only);
        if schema.required.iter().any(|name| !map.contains_key(name) && demanded(name)) {
            return Verdict::Invalid;
        }
        let mut verdict = Verdict::Valid;
        for (name, value) in map {
            verdict = verdict.and(match (schema.properties.get(name), schema.additional) {
                (Some(id), _) => self.below(*id, value),
                (None, Additional::Typed(id)) => self.below(id, value),
                (None, Additional::Allowed) => Verdict::Valid,
                (None, Additional::Forbidden) => {
                    if schema.unmodelled.is_empty() {
                        Verdict::Invalid
                    } else {
                        Verdict::Unknown
                    }
                }
            });
            if verdict == Verdict::Invalid {
                break;
            }
        }
        verdict
    }
}

pub fn has_type(schema: &Schema, value: &Json) -> bool {
    let types = schema.types;
    types.is_any()
        || match value {
            Json::Number(number) => types.has("number") || (types.has("integer") && number::is_whole(number)),
            other => types.has(other.type_name()),
        }
}

fn equal(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => number::compare(a, b) == Ordering::Equal,
        _ => a == b,
    }
}

fn numeric(schema: &Schema, value: &serde_json::Number) -> Verdict {
    let below = schema.minimum.as_ref().is_some_and(|bound| match number::compare(value, &bound.value) {
        Ordering::Less => true,
        Ordering::Equal => bound.exclusive,
        Ordering::Greater => false,
    });
    let above = schema.maximum.as_ref().is_some_and(|bound| match number::compare(value, &bound.value) {
        Ordering::Greater => true,
        Ordering::Equal => bound.exclusive,
        Ordering::Less => false,
    });
    if below || above {
        return Verdict::Invalid;
    }
    match schema.multiple_of.as_ref().map(|step| number::is_multiple(value, step)) {
        Some(Some(false)) => Verdict::Invalid,
        Some(None) => Verdict::Unknown,
        _ => Verdict::Valid,
    }
}

fn textual(schema: &Schema, text: &str) -> Verdict {
    let length = text.chars().count() as u64;
    if schema.min_length.is_some_and(|min| length < min) || schema.max_length.is_some_and(|max| length > max) {
        return Verdict::Invalid;
    }
    let mut verdict = schema.format.as_deref().map_or(Verdict::Valid, |format| format::check(format, text));
    if let Some(pattern) = &schema.pattern {
        verdict = verdict.and(pattern::compile(pattern).map_or(Verdict::Unknown, |regex| Verdict::of(regex.is_match(text))));
    }
    verdict
}
