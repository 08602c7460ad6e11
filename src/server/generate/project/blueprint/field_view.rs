//! A field as every stack's templates see it, and which fields are searched, sorted by and filtered by.

use serde::Serialize;
use serde_json::Value;

use super::limits::Limits;
use super::names;
use super::samples::Row;
use super::shape::EntityShape;
use crate::protocol::project::{Entity, Field, FieldType};

/// Parameters that every list has.
const LIST_PARAMETERS: [&str; 4] = ["page", "page_size", "q", "sort"];

#[derive(Serialize)]
pub struct FieldView {
    pub name: String,
    pub label: String,
    pub kind: &'static str,
    pub enumeration: Option<String>,
    pub description: String,
    pub required: bool,
    pub unique: bool,
}

/// One parameter of a list that keeps to one value.
#[derive(Serialize)]
pub struct Filter {
    pub parameter: String,
    /// What it is compared with; for `through` the list's attribute.
    pub attribute: String,
    /// The property of a thing's answer that says what it has.
    pub property: String,
    /// Of the value: the field's, or `uuid` for what is related.
    pub kind: &'static str,
    pub enumeration: Option<String>,
    pub description: String,
    pub through: Option<String>,
    pub is_tested: bool,
}

impl FieldView {
    pub fn new(field: &Field) -> Self {
        Self {
            name: field.name.clone(),
            label: names::heading(&field.name),
            kind: field.kind.as_str(),
            enumeration: field.enumeration.clone(),
            description: field.description.split_whitespace().collect::<Vec<_>>().join(" "),
            required: field.required,
            unique: field.unique,
        }
    }
}

/// The fields that a list of the entity is searched in; none if it is not.
pub fn searched(entity: &Entity) -> impl Iterator<Item = &str> {
    let is_searched = |field: &&Field| matches!(field.kind, FieldType::String | FieldType::Text | FieldType::Email);
    entity.fields.iter().filter(|_| entity.search).filter(is_searched).map(|field| field.name.as_str())
}

pub fn is_sorted(field: &Field) -> bool {
    !matches!(field.kind, FieldType::Text | FieldType::Bytes | FieldType::Url | FieldType::Uuid)
}

pub fn is_filtered(field: &Field) -> bool {
    !matches!(field.kind, FieldType::Text | FieldType::Bytes | FieldType::Url | FieldType::Float | FieldType::DateTime)
}

/// The filters of an entity's list: by its fields, by what it refers to, by what it lists. With the field, where it is one.
pub fn filters<'a>(own: &EntityShape<'a>, rows: &[Row]) -> Vec<(Option<&'a Field>, Filter)> {
    let first = |name: &str| rows.first().is_some_and(|row| row.values.iter().any(|(key, _)| key == name));
    let mut filters = Vec::new();
    if !own.entity.filter {
        return filters;
    }
    for field in own.entity.fields.iter().filter(|field| is_filtered(field)) {
        let taken = LIST_PARAMETERS.contains(&field.name.as_str());
        let filter = Filter {
            parameter: if taken { format!("filter_{}", field.name) } else { field.name.clone() },
            attribute: field.name.clone(),
            property: field.name.clone(),
            kind: field.kind.as_str(),
            enumeration: field.enumeration.clone(),
            description: format!("Only with this {}.", names::label(&field.name)),
            through: None,
            is_tested: first(&field.name),
        };
        filters.push((Some(field), filter));
    }
    for one in &own.ones {
        let name = format!("{}_id", one.field);
        let filter = Filter {
            parameter: name.clone(),
            attribute: name.clone(),
            is_tested: first(&name),
            property: name,
            kind: FieldType::Uuid.as_str(),
            enumeration: None,
            description: format!("Only of this {}.", names::label(&one.field)),
            through: None,
        };
        filters.push((None, filter));
    }
    for list in &own.lists {
        let filter = Filter {
            parameter: format!("{}_id", list.one),
            attribute: list.field.clone(),
            property: format!("{}_ids", list.one),
            kind: FieldType::Uuid.as_str(),
            enumeration: None,
            description: format!("Only with this {}.", names::label(&list.one)),
            through: Some(list.field.clone()),
            is_tested: false,
        };
        filters.push((None, filter));
    }
    filters
}

/// A row with its id, as JSON.
pub fn row(row: &Row) -> Value {
    let id = std::iter::once(("id".to_owned(), Value::from(row.id.as_str())));
    Value::Object(id.chain(row.values.iter().cloned()).collect())
}

/// The most that a valid value can take in a body: every character as an escape.
pub fn most_bytes(field: &Field) -> usize {
    let limits = Limits::of(field);
    let value = match field.kind {
        FieldType::String | FieldType::Text | FieldType::Email | FieldType::Url => limits.max_length.saturating_mul(12),
        FieldType::Bytes => limits.max_bytes.saturating_mul(4) / 3 + 4,
        _ => 100,
    };
    value.saturating_add(field.name.len() + 10)
}
