//! Properties → fields, with those of their constraints that a model knows.

use serde_json::Number;

use super::super::check::{MAX_ENUMS, MAX_FIELDS, MAX_NAME, MAX_STRING, MAX_TEXT, MAX_VALUES};
use super::super::faults::shown;
use super::super::pattern::{self, Pattern};
use super::super::{names, settle};
use super::entities::{Kinds, through};
use super::{Draft, Link, Target};
use crate::protocol::project::{Entity, Enumeration, Field, FieldType};
use crate::server::generate::test_suite::json::Json;
use crate::server::generate::test_suite::model::Model;
use crate::server::generate::test_suite::schema::{Bound, Schema, SchemaId};

/// Every entity has these anyway.
const OWN: [&str; 8] = ["id", "created_at", "updated_at", "created", "updated", "created_on", "updated_on", "modified_at"];
/// Nothing that a model should keep as it is.
const SECRET: [&str; 5] = ["password", "passwd", "secret", "password_hash", "access_token"];
/// Names of texts that have many lines.
const LONG: [&str; 9] = ["description", "body", "content", "text", "notes", "comment", "bio", "summary", "message"];
const MONEY: [&str; 10] = ["price", "amount", "cost", "total", "balance", "fee", "salary", "discount", "tax", "subtotal"];
/// An object without a name of its own becomes fields of what it is in, if it has no more properties than this.
const MAX_INLINE: usize = 8;

impl Draft {
    /// The `index`th kind as an entity, unless nothing of it can be kept.
    pub fn read(&mut self, api: &Model, kinds: &mut Kinds, index: usize) {
        let Some(kind) = kinds.get(index) else { return };
        let (name, about, schemas) = (kind.name.clone(), kind.about.clone(), kind.schemas.clone());
        let mut entity = Entity::plain(&name, Vec::new());
        about.trim().clone_into(&mut entity.description);
        let asked = schemas.iter().any(|(_, is_request)| *is_request);
        let before = self.links.len();
        for (id, is_request) in schemas {
            let schema = api.schemas.get(id);
            for (key, property) in &schema.properties {
                // What only answers have, the server makes.
                let required = schema.required.contains(key) && (is_request || !asked);
                self.property(api, kinds, &mut entity, key, *property, required, 0);
            }
        }
        if entity.fields.is_empty() && self.links.len() == before {
            self.note(&format!("{name} was left out: it has no properties that could be fields."));
            return;
        }
        if entity.fields.is_empty() {
            entity.fields.push(Field::plain("name", FieldType::String));
            self.note(&format!("{name} has only relations, so it was given a name."));
        }
        self.add(entity);
    }

    #[allow(clippy::too_many_arguments, reason = "each is a part of where the property stands")]
    fn property(&mut self, api: &Model, kinds: &mut Kinds, entity: &mut Entity, key: &str, id: SchemaId, required: bool, depth: u8) {
        let snake = names::snake_case(key);
        if OWN.contains(&snake.as_str()) {
            return;
        }
        let place = format!("{}.{}", entity.name, shown(key));
        let ends_with = |last: &str| snake == last || snake.ends_with(&format!("_{last}"));
        if SECRET.iter().any(|secret| ends_with(secret)) {
            self.note(&format!("{place} was left out: passwords belong to accounts, which are an option of the project."));
            return;
        }
        let Some(name) = settle::field_name(key, &entity.name) else {
            self.note(&format!("{place} was left out: its name has no letters."));
            return;
        };
        if entity.fields.iter().any(|field| field.name == name)
            || self.links.iter().any(|link| link.entity == entity.name && link.name == name)
        {
            return;
        }
        let id = through(api, id);
        let schema = api.schemas.get(id);
        let link =
            |to: Target, name: &str, is_list: bool| Link { entity: entity.name.clone(), name: name.to_owned(), to, is_list, required };
        if let Some(items) = schema.items {
            let items = through(api, items);
            let is_object = api.schemas.get(items).name.is_some() || !api.schemas.get(items).properties.is_empty();
            let fallback = format!("{}{}", entity.name, names::singular(&names::pascal_case(key)));
            if is_object && kinds.find(api, items, false, &fallback, false).is_some() {
                self.links.push(link(Target::Schema(items), &name, true));
            } else {
                self.note(&format!("{place} was left out: a field holds one value, not a list."));
            }
            return;
        }
        if schema.is_object() {
            if schema.name.is_some() && kinds.find(api, id, false, key, false).is_some() {
                self.links.push(link(Target::Schema(id), &name, false));
            } else if schema.name.is_none() && depth == 0 && (1..=MAX_INLINE).contains(&schema.properties.len()) {
                for (inner, property) in &schema.properties {
                    let required = required && schema.required.contains(inner);
                    self.property(api, kinds, entity, &format!("{key}_{inner}"), *property, required, depth + 1);
                }
            } else {
                self.note(&format!("{place} was left out: it is an object without properties of its own that could be kept."));
            }
            return;
        }
        if let Some(stem) = snake.strip_suffix("_id").filter(|stem| !stem.is_empty()) {
            let own = names::snake_case(&entity.name);
            if own == stem || own.ends_with(&format!("_{stem}")) {
                return;
            }
            if let Some(target) = kinds.named(stem) {
                if !self.links.iter().any(|link| link.entity == entity.name && link.name == stem) {
                    self.links.push(link(Target::Named(target), stem, false));
                }
                return;
            }
        }
        if entity.fields.len() >= MAX_FIELDS {
            self.note(&format!("{place} was left out: an entity has at most {MAX_FIELDS} fields."));
            return;
        }
        match self.field(&name, &place, schema, &entity.name) {
            Some(field) => entity.fields.push(Field { required, ..field }),
            None => self.note(&format!("{place} was left out: its type is none that a field can have, or it has one value only.")),
        }
    }

    fn field(&mut self, name: &str, place: &str, schema: &Schema, entity: &str) -> Option<Field> {
        let mut field = Field::plain(name, FieldType::String);
        if schema.values.as_ref().is_some_and(|values| values.len() == 1) {
            return None;
        }
        let texts: Option<Vec<&str>> = schema.values.as_ref().map(|values| values.iter().filter_map(Json::text).collect());
        if let Some(texts) = texts.filter(|texts| !texts.is_empty()) {
            field.enumeration = self.enumeration(schema.name.as_deref().unwrap_or(&format!("{entity} {name}")), &texts, place);
            if field.enumeration.is_some() {
                field.kind = FieldType::Enum;
            }
            return Some(field);
        }
        match schema.types.single() {
            Some("boolean") => field.kind = FieldType::Boolean,
            Some("integer") => {
                field.kind = FieldType::Integer;
                field.min = schema.minimum.as_ref().and_then(|bound| whole(bound, 1));
                field.max = schema.maximum.as_ref().and_then(|bound| whole(bound, -1));
            }
            Some("number") => self.number(&mut field, place, schema),
            Some("string") => self.text(&mut field, place, schema),
            _ => return None,
        }
        Some(field)
    }

    fn number(&mut self, field: &mut Field, place: &str, schema: &Schema) {
        let is_money = names::words(&field.name).iter().any(|word| MONEY.contains(&word.as_str()));
        let is_cents = schema.multiple_of.as_ref().and_then(Number::as_f64) == Some(0.01);
        field.kind = if is_money || is_cents { FieldType::Decimal } else { FieldType::Float };
        let step = if field.kind == FieldType::Decimal { 0.01 } else { 0.0 };
        for (bound, into, step) in [(&schema.minimum, &mut field.min, step), (&schema.maximum, &mut field.max, -step)] {
            let Some(bound) = bound else { continue };
            *into = Some(bound.value.clone());
            if bound.exclusive && step == 0.0 {
                self.note(&format!("{place} may also be {} itself here.", bound.value));
            } else if bound.exclusive {
                let moved = bound.value.as_f64().map(|value| ((value + step) * 100.0).round() / 100.0);
                *into = moved.and_then(Number::from_f64);
            }
        }
        if field.kind == FieldType::Decimal
            && [&field.min, &field.max].into_iter().flatten().any(|bound| !super::super::check::is_decimal(bound))
        {
            field.kind = FieldType::Float;
        }
    }

    fn text(&mut self, field: &mut Field, place: &str, schema: &Schema) {
        let format = schema.format.as_deref().unwrap_or_default();
        let size = |size: Option<u64>| size.and_then(|size| u32::try_from(size).ok());
        field.kind = match format {
            "date" => FieldType::Date,
            "date-time" => FieldType::DateTime,
            "uuid" => FieldType::Uuid,
            "email" | "idn-email" => FieldType::Email,
            "uri" | "url" | "iri" | "uri-reference" => FieldType::Url,
            "byte" | "binary" | "base64" => FieldType::Bytes,
            _ => {
                let is_long = schema.max_length.is_none() && schema.pattern.is_none() && is_long(&field.name);
                if is_long || schema.max_length > Some(u64::from(MAX_STRING)) { FieldType::Text } else { FieldType::String }
            }
        };
        if !matches!(field.kind, FieldType::String | FieldType::Text) {
            return;
        }
        let most = if field.kind == FieldType::Text { MAX_TEXT } else { MAX_STRING };
        field.min_length = size(schema.min_length).filter(|length| *length > 0);
        field.max_length = size(schema.max_length).map(|length| length.min(most)).filter(|length| *length > 0);
        if field.max_length.is_none() && field.min_length > Some(255) {
            field.max_length = Some(most);
        }
        if let Some(text) = &schema.pattern
            && field.kind == FieldType::String
        {
            // Elsewhere a pattern may match a part of the value; here it is for all of it.
            let shared = pattern::portable(text);
            let is_whole = shared.starts_with('^') && shared.ends_with('$') && !shared.ends_with("\\$");
            match Pattern::read(&shared) {
                Ok(_) if is_whole => field.pattern = Some(shared),
                Ok(_) => self.note(&format!("{place}: the pattern was left out, because it is for a part of the value only.")),
                Err(reason) => self.note(&format!("{place}: the pattern was left out, because it {reason}.")),
            }
        }
    }

    /// The enumeration of these values, an earlier one if it has the same.
    fn enumeration(&mut self, name: &str, texts: &[&str], place: &str) -> Option<String> {
        let mut values: Vec<String> = Vec::new();
        for text in texts {
            let mut value = names::snake_case(text);
            if value.starts_with(|c: char| c.is_ascii_digit()) {
                value = format!("n_{value}");
            }
            value.truncate(MAX_NAME);
            let value = value.trim_end_matches('_').to_owned();
            if !value.is_empty() && !values.contains(&value) {
                values.push(value);
            }
        }
        if values.is_empty() || values.len() > MAX_VALUES || values.len() < texts.len().min(2) {
            self.note(&format!("{place} is a text here: its values cannot be an enumeration's."));
            return None;
        }
        if values.iter().zip(texts).any(|(value, text)| value != text) {
            self.note(&format!("{place} has values with other spellings here: {}.", values.join(", ")));
        }
        let name = settle::type_name(name)?;
        if let Some(known) =
            self.model.enums.iter().find(|known| known.values == values && (known.name == name || known.name.ends_with(&name)))
        {
            return Some(known.name.clone());
        }
        let taken = |name: &String| {
            self.model.enums.iter().any(|known| known.name == *name) || self.model.entities.iter().any(|known| known.name == *name)
        };
        let mut free = name.clone();
        for turn in 2..10 {
            if !taken(&free) {
                break;
            }
            free = format!("{}{turn}", &name[..name.len().min(MAX_NAME - 1)]);
        }
        if self.model.enums.len() >= MAX_ENUMS {
            self.note(&format!("{place} is a text here: there are {MAX_ENUMS} enumerations already."));
            return None;
        }
        self.model.enums.push(Enumeration { name: free.clone(), values });
        Some(free)
    }
}

fn is_long(name: &str) -> bool {
    LONG.contains(&name.rsplit('_').next().unwrap_or(name))
}

/// A bound of whole numbers, one further if the value itself is out.
fn whole(bound: &Bound, step: i64) -> Option<Number> {
    let value = bound.value.as_i64().or_else(|| {
        #[allow(clippy::cast_possible_truncation, reason = "checked: whole and small")]
        bound.value.as_f64().filter(|value| value.fract() == 0.0 && value.abs() < 9e15).map(|value| value as i64)
    })?;
    Some((if bound.exclusive { value.checked_add(step)? } else { value }).into())
}
