//! A field as templates see it, and which fields are searched, sorted by and filtered by.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::limits::Limits;
use super::names;
use super::python;
use super::samples::Row;
use super::shape::{EntityShape, Shape};
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
    /// Python: the attribute's type, the arguments of its column, here and in a migration.
    pub attribute: String,
    pub column: Vec<String>,
    pub migrated: Vec<String>,
    /// Python: the type of the property in requests, what `Field` says of it, the type in answers.
    pub request: String,
    pub rules: Vec<String>,
    pub answer: String,
    /// Python: expressions that must be refused.
    pub refused: Vec<String>,
}

/// One parameter of a list that keeps to one value.
#[derive(Serialize)]
pub struct Filter {
    pub parameter: String,
    /// What it is compared with; for `through` the list's attribute.
    pub attribute: String,
    /// The property of a thing's answer that says what it has.
    pub property: String,
    pub annotation: String,
    pub description: String,
    pub through: Option<String>,
    pub is_tested: bool,
}

impl FieldView {
    pub fn new(shape: &Shape<'_>, field: &Field, example: Option<&Value>, hiding: &[&str]) -> Self {
        debug_assert!(field.enumeration.as_deref().is_none_or(|name| shape.enumeration(name).is_some()));
        let mut column = vec![python::column(field)];
        column.extend(field.unique.then(|| "unique=True".to_owned()));
        let migrated = vec![
            python::text(&field.name),
            python::migrated_column(field),
            format!("nullable={}", if field.required { "False" } else { "True" }),
        ];
        Self {
            name: field.name.clone(),
            label: names::heading(&field.name),
            kind: field.kind.as_str(),
            enumeration: field.enumeration.clone(),
            description: field.description.split_whitespace().collect::<Vec<_>>().join(" "),
            required: field.required,
            unique: field.unique,
            attribute: python::attribute(field, hiding),
            column,
            migrated,
            request: python::annotation(field, true),
            rules: python::rules(field, example),
            answer: python::annotation(field, false),
            refused: python::refused(field),
        }
    }
}

pub fn is_searched(field: &Field) -> bool {
    matches!(field.kind, FieldType::String | FieldType::Text | FieldType::Email)
}

pub fn is_sorted(field: &Field) -> bool {
    !matches!(field.kind, FieldType::Text | FieldType::Bytes | FieldType::Url | FieldType::Uuid)
}

fn is_filtered(field: &Field) -> bool {
    !matches!(field.kind, FieldType::Text | FieldType::Bytes | FieldType::Url | FieldType::Float | FieldType::DateTime)
}

/// The filters of an entity's list: by its fields, by what it refers to, by what it lists.
pub fn filters(own: &EntityShape<'_>, rows: &[Row]) -> Vec<Filter> {
    let first = |name: &str| rows.first().is_some_and(|row| row.values.iter().any(|(key, _)| key == name));
    let mut filters = Vec::new();
    for field in own.entity.fields.iter().filter(|field| is_filtered(field)) {
        let annotation = match field.kind {
            FieldType::Integer => "QueryInteger".to_owned(),
            FieldType::Boolean => "QueryBoolean".to_owned(),
            FieldType::Enum => format!("enums.{}", field.enumeration.as_deref().unwrap_or_default()),
            FieldType::String => "QueryText".to_owned(),
            _ => python::field_type(field, false).unwrap_or("Text").to_owned(),
        };
        let taken = LIST_PARAMETERS.contains(&field.name.as_str());
        filters.push(Filter {
            parameter: if taken { format!("filter_{}", field.name) } else { field.name.clone() },
            attribute: field.name.clone(),
            property: field.name.clone(),
            annotation,
            description: format!("Only with this {}.", names::label(&field.name)),
            through: None,
            is_tested: first(&field.name),
        });
    }
    for one in &own.ones {
        let name = format!("{}_id", one.field);
        let description = format!("Only of this {}.", names::label(&one.field));
        let is_tested = first(&name);
        filters.push(Filter {
            parameter: name.clone(),
            attribute: name.clone(),
            property: name,
            annotation: "Uuid".into(),
            description,
            through: None,
            is_tested,
        });
    }
    for list in &own.lists {
        filters.push(Filter {
            parameter: format!("{}_id", list.one),
            attribute: list.field.clone(),
            property: format!("{}_ids", list.one),
            annotation: "Uuid".into(),
            description: format!("Only with this {}.", names::label(&list.one)),
            through: Some(list.field.clone()),
            is_tested: false,
        });
    }
    filters
}

/// What the module of an entity's requests and answers imports from `app/fields.py`, in the order that linters want.
pub fn imported(own: &EntityShape<'_>, entity: &Entity) -> Vec<String> {
    let mut names: BTreeSet<String> = ["Uuid", "DateTime"].map(str::to_owned).into();
    for field in &entity.fields {
        names.extend(python::field_type(field, true).filter(|name| *name != "StrictInt").map(str::to_owned));
        names.extend(python::field_type(field, false).map(str::to_owned));
        if field.kind == FieldType::Bytes {
            names.insert("ByteCount".into());
        }
    }
    if entity.pagination {
        names.extend(["Integer", "QueryCount"].map(str::to_owned));
    }
    if field_search(entity) {
        names.insert("QueryText".into());
    }
    if !own.lists.is_empty() {
        names.insert("UuidList".into());
    }
    if entity.filter {
        names.extend(filters(own, &[]).into_iter().map(|filter| filter.annotation).filter(|name| !name.starts_with("enums.")));
    }
    names.into_iter().collect()
}

/// Whether there is something to search in.
pub fn field_search(entity: &Entity) -> bool {
    entity.search && entity.fields.iter().any(is_searched)
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
