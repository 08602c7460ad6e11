//! Fields: names, types, and which of the nine validations fit which type.

use serde_json::Number;

use super::super::faults::{Faults, Place, shown};
use super::super::pattern::{MAX_EXAMPLE, Pattern};
use super::super::{names, reserved};
use super::entities::is_snake;
use super::{MAX_ENTITIES, MAX_FIELDS, MAX_NAME, Taken, texts};
use crate::protocol::project::{Entity, Field, FieldType, ProjectModel};

/// Characters that a `string` may be allowed; without `max_length` it is [`DEFAULT_STRING`].
pub const MAX_STRING: u32 = 4_000;
const DEFAULT_STRING: u32 = 255;
/// The same of a `text`.
pub const MAX_TEXT: u32 = 1_000_000;
const DEFAULT_TEXT: u32 = 10_000;
/// Of a `bytes`.
pub const MAX_BYTES: u32 = 10 * 1024 * 1024;
/// Longer texts do not fit in the index of every database.
const MAX_UNIQUE: u32 = 500;
/// Values that a unique field must at least be able to have; seeds and tests need some.
const FEWEST_UNIQUE: usize = 20;
/// In all entities together.
const MAX_PATTERNS: usize = 200;
/// Exact with two digits as a number of JSON, too.
const MAX_DECIMAL: f64 = 999_999_999_999.99;

/// The fewest and the most characters that a `string` or `text` has.
pub fn length_bounds(field: &Field) -> (u32, u32) {
    let most = if field.kind == FieldType::Text { DEFAULT_TEXT } else { DEFAULT_STRING };
    (field.min_length.unwrap_or_default(), field.max_length.unwrap_or(most))
}

pub fn check(model: &ProjectModel, faults: &mut Faults) {
    let patterns = model.entities.iter().flat_map(|entity| &entity.fields).filter(|field| field.pattern.is_some()).count();
    if patterns > MAX_PATTERNS {
        // Looking at one can take a while.
        faults.add(&Place::default().key("entities"), format!("There are {patterns} fields with a pattern; {MAX_PATTERNS} are possible."));
        return;
    }
    for (index, entity) in model.entities.iter().enumerate().take(MAX_ENTITIES) {
        let place = Place::default().key("entities").item(index, &entity.name).key("fields");
        if entity.fields.is_empty() {
            faults.add(&place, format!("`{}` has no fields; give it at least one, such as `name`.", shown(&entity.name)));
        }
        if entity.fields.len() > MAX_FIELDS {
            faults.add(&place, format!("`{}` has {} fields; {MAX_FIELDS} are possible.", shown(&entity.name), entity.fields.len()));
        }
        let mut taken = Taken::default();
        for (index, field) in entity.fields.iter().enumerate().take(MAX_FIELDS) {
            if faults.is_full() {
                return;
            }
            let place = place.item(index, &field.name);
            let mut one = One { field, name: format!("{}.{}", shown(&entity.name), shown(&field.name)), place, faults };
            one.check_name(entity, &mut taken);
            one.check_type(model);
            one.check_numbers();
            one.check_lengths();
            one.check_unique();
            texts::description(&field.description, &format!("The description of `{}`", one.name), &one.place.clone(), one.faults);
        }
    }
}

/// One field that is looked at.
struct One<'a> {
    field: &'a Field,
    /// `Book.title`
    name: String,
    place: Place,
    faults: &'a mut Faults,
}

impl One<'_> {
    fn fault(&mut self, key: &str, message: &str) {
        self.faults.add(&self.place.key(key), format!("`{}` {message}", self.name));
    }

    fn check_name(&mut self, entity: &Entity, taken: &mut Taken) {
        let name = &self.field.name;
        if name.is_empty() {
            self.faults.add(&self.place.key("name"), format!("A field of `{}` has no name.", shown(&entity.name)));
        } else if !is_snake(name) || name.len() > MAX_NAME {
            let proposal = Some(names::snake_case(name)).filter(|proposal| is_snake(proposal) && proposal.len() <= MAX_NAME);
            let instead = proposal.map(|proposal| format!(": `{proposal}`")).unwrap_or_default();
            self.fault(
                "name",
                &format!(
                    "has a name that is none: small letters and digits with `_` between words, a letter first, at most {MAX_NAME}{instead}."
                ),
            );
        } else if let Some(proposal) = reserved::field_proposal(name, &entity.name, false) {
            self.fault(
                "name",
                &format!("has a name that means something else in the code or database; call it something else, such as `{proposal}`."),
            );
        } else if taken.take(&names::camel_case(name), name).is_err() {
            self.fault("name", "is there twice, or beside a name spelt nearly like it; rename one of them.");
        }
    }

    fn check_type(&mut self, model: &ProjectModel) {
        match (&self.field.enumeration, self.field.kind) {
            (None, FieldType::Enum) => self.fault("enum", "is of type `enum`, so it needs `enum`: the name of an enumeration."),
            (Some(name), FieldType::Enum) if !model.enums.iter().any(|known| known.name == *name) => {
                let known: Vec<String> = model.enums.iter().take(10).map(|known| format!("`{}`", shown(&known.name))).collect();
                let known = if known.is_empty() { "there are none".to_owned() } else { format!("there are {}", known.join(", ")) };
                self.fault("enum", &format!("is one of `{}`, but there is no such enumeration; {known}.", shown(name)));
            }
            (Some(_), kind) if kind != FieldType::Enum => {
                self.fault("enum", &format!("names an enumeration but is of type `{kind}`; make the type `enum`."));
            }
            _ => {}
        }
    }

    /// Says of a validation that does not fit the type for what it is.
    fn misfit(&mut self, key: &str, for_what: &str) {
        self.fault(key, &format!("is of type `{}`, and `{key}` is for {for_what}; leave it out.", self.field.kind));
    }

    fn check_numbers(&mut self) {
        let kind = self.field.kind;
        let bounds = [("min", self.field.min.clone()), ("max", self.field.max.clone())];
        let mut whole = true;
        for (key, bound) in &bounds {
            let Some(bound) = bound else { continue };
            let message = match kind {
                FieldType::Integer if bound.as_i64().is_none() => "is an integer; its bounds are whole numbers of at most 64 bits.",
                FieldType::Decimal if !is_decimal(bound) => {
                    "is a decimal; its bounds have at most two digits after the point and are smaller than 1,000,000,000,000."
                }
                FieldType::Integer | FieldType::Decimal | FieldType::Float => continue,
                _ => {
                    self.misfit(key, "numbers");
                    continue;
                }
            };
            whole = false;
            self.fault(key, message);
        }
        if let [(_, Some(min)), (_, Some(max))] = &bounds
            && whole
            && is_above(min, max)
        {
            self.fault("min", &format!("has a min of {min} above its max of {max}; swap them."));
        }
    }

    fn check_lengths(&mut self) {
        let field = self.field;
        let is_text = matches!(field.kind, FieldType::String | FieldType::Text);
        let sets = [
            (["min_length", "max_length"], [field.min_length, field.max_length], is_text, "`string` and `text`", "characters"),
            (["min_bytes", "max_bytes"], [field.min_bytes, field.max_bytes], field.kind == FieldType::Bytes, "`bytes`", "bytes"),
        ];
        for ([min_key, max_key], [min, max], fits, for_what, unit) in sets {
            if !fits {
                for (key, _) in [(min_key, min), (max_key, max)].iter().filter(|(_, bound)| bound.is_some()) {
                    self.misfit(key, for_what);
                }
                continue;
            }
            let (limit, default) = match field.kind {
                FieldType::String => (MAX_STRING, DEFAULT_STRING),
                FieldType::Text => (MAX_TEXT, DEFAULT_TEXT),
                _ => (MAX_BYTES, MAX_BYTES),
            };
            if max.is_some_and(|max| max == 0 || max > limit) {
                self.fault(max_key, &format!("has a {max_key} that is not from 1 to {limit} {unit}."));
            } else if min > Some(max.unwrap_or(default)) {
                let instead = if max.is_some() { "swap them".to_owned() } else { format!("give it a {max_key}") };
                self.fault(
                    min_key,
                    &format!(
                        "has a {min_key} of {} above its {max_key} of {}; {instead}.",
                        min.unwrap_or_default(),
                        max.unwrap_or(default)
                    ),
                );
            }
        }
    }

    fn check_unique(&mut self) {
        let field = self.field;
        let pattern = self.pattern();
        if !field.unique {
            return;
        }
        match field.kind {
            FieldType::Text | FieldType::Boolean | FieldType::Bytes | FieldType::Float | FieldType::Enum => {
                self.misfit("unique", "one line of text, whole and decimal numbers, dates, instants, UUIDs, e-mail and other addresses");
            }
            FieldType::String => {
                let (min, max) = length_bounds(field);
                if max > MAX_UNIQUE {
                    self.fault("unique", &format!("is unique, so its max_length is at most {MAX_UNIQUE}."));
                } else if pattern.map_or(max < 4, |pattern| pattern.examples(min, max, FEWEST_UNIQUE).len() < FEWEST_UNIQUE) {
                    self.fault("unique", &few());
                }
            }
            FieldType::Integer | FieldType::Decimal => {
                let (min, max) = (field.min.as_ref().and_then(Number::as_f64), field.max.as_ref().and_then(Number::as_f64));
                if let (Some(min), Some(max)) = (min, max)
                    && max >= min
                    && max - min < if field.kind == FieldType::Integer { 19.0 } else { 0.19 }
                {
                    self.fault("unique", &few());
                }
            }
            _ => {}
        }
    }

    /// The field's pattern, if it has one and there is a value for it.
    fn pattern(&mut self) -> Option<Pattern> {
        let field = self.field;
        let text = field.pattern.as_ref()?;
        if field.kind != FieldType::String {
            self.misfit("pattern", "`string`");
            return None;
        }
        let pattern = match Pattern::read(text) {
            Ok(pattern) => pattern,
            Err(message) => {
                self.fault("pattern", &format!("has a pattern that {message}."));
                return None;
            }
        };
        let (min, max) = length_bounds(field);
        if min > MAX_EXAMPLE {
            self.fault("min_length", &format!("has a pattern, so its min_length is at most {MAX_EXAMPLE}."));
            return None;
        }
        if min <= max && pattern.examples(min, max, 1).is_empty() {
            self.fault("pattern", &format!("has a pattern that no value of {min} to {max} characters matches; change it, or the lengths."));
            return None;
        }
        Some(pattern)
    }
}

fn few() -> String {
    format!("is unique, but its other rules leave fewer than {FEWEST_UNIQUE} different values; leave `unique` out, or widen them.")
}

/// Finite, at most two digits after the point, and not too large.
pub fn is_decimal(number: &Number) -> bool {
    number
        .as_f64()
        .is_some_and(|value| value.abs() <= MAX_DECIMAL && format!("{value}").split_once('.').is_none_or(|(_, rest)| rest.len() <= 2))
}

pub fn is_above(one: &Number, other: &Number) -> bool {
    match (one.as_i64(), other.as_i64()) {
        (Some(one), Some(other)) => one > other,
        _ => one.as_f64() > other.as_f64(),
    }
}
