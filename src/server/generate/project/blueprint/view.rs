//! Model → what templates read, whatever the stack: names, relations, values. Templates decide where things stand, this decides what they
//! are called; what a stack adds (`stacks/`) stands beside it.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::BlueprintError;
use super::chance::Chance;
use super::field_view::{self, FieldView};
use super::names;
use super::samples::Row;
use super::shape::{Back, EntityShape, Shape};
use super::stacks::{Blueprint, Words};
use crate::protocol::project::{FieldType, ProjectModel};

/// Longest name that every database keeps as it is.
const MAX_CONSTRAINT_CHARS: usize = 60;

#[derive(Serialize)]
pub struct Project {
    pub name: String,
    /// `town-library`
    pub slug: String,
    /// `town_library`
    pub snake: String,
    pub description: String,
    pub max_body_bytes: usize,
    /// Entities that an enumeration, a decimal … is in: what shared modules have to offer.
    pub kinds: BTreeSet<&'static str>,
    pub has_references: bool,
    pub has_lists: bool,
    pub enums: Vec<Choice>,
}

#[derive(Serialize)]
pub struct Choice {
    pub name: String,
    pub label: String,
    pub values: Vec<Member>,
}

#[derive(Serialize)]
pub struct Member {
    pub name: String,
    pub value: String,
}

#[derive(Clone, Serialize)]
pub struct Names {
    /// `LoanItem`
    pub name: String,
    /// `loan_item`; as a module or variable in `module`.
    pub snake: String,
    pub module: String,
    /// As a variable beside the names that functions of the API have.
    pub var: String,
    /// `loan_items`; as a module in `modules`.
    pub many: String,
    pub modules: String,
    /// `loan-items`
    pub path: String,
    /// `loan item`, `loan items`, `Loan items`
    pub label: String,
    pub labels: String,
    pub heading: String,
    pub headings: String,
    /// `a loan item`
    pub one: String,
}

#[derive(Serialize)]
#[allow(clippy::struct_excessive_bools, reason = "what templates ask for by name")]
pub struct EntityView {
    #[serde(flatten)]
    pub names: Names,
    pub description: String,
    pub pagination: bool,
    pub search: bool,
    pub filter: bool,
    pub fields: Vec<Words>,
    pub kinds: BTreeSet<&'static str>,
    pub ones: Vec<OneView>,
    pub lists: Vec<ListView>,
    pub collections: Vec<BackView>,
    pub mirrors: Vec<BackView>,
    /// The field by which people know a thing, and whether it is always there.
    pub display: Option<String>,
    pub display_required: bool,
    pub searched: Vec<String>,
    /// Properties of requests.
    pub required_fields: Vec<String>,
    pub optional_fields: Vec<String>,
    pub unique_fields: Vec<String>,
    pub sorts: Vec<String>,
    pub filters: Vec<Words>,
    /// Other entities that its relations name.
    pub related: Vec<Names>,
    /// What its rows are, as they would be sent, and how many there are.
    pub rows: Vec<Value>,
    pub row_count: usize,
    /// Beyond those of its fields.
    pub has_rules: bool,
}

#[derive(Serialize)]
pub struct OneView {
    pub field: String,
    pub label: String,
    pub target: Names,
    pub required: bool,
    pub back: String,
    pub deferred: bool,
    pub constraint: String,
    pub is_self: bool,
}

#[derive(Serialize)]
pub struct ListView {
    pub field: String,
    pub one: String,
    pub label: String,
    pub target: Names,
    pub back: String,
    pub table: String,
    pub own_column: String,
    pub other_column: String,
    pub is_self: bool,
}

#[derive(Serialize)]
pub struct BackView {
    pub field: String,
    pub source: Names,
    pub forward: String,
    pub table: String,
}

impl Project {
    pub fn new(model: &ProjectModel, entities: &[EntityView], stack: &dyn Blueprint) -> Self {
        let slug = names::slug(&model.name);
        let kinds: BTreeSet<&'static str> = entities.iter().flat_map(|entity| entity.kinds.iter().copied()).collect();
        let largest = model.entities.iter().map(|entity| entity.fields.iter().map(field_view::most_bytes).sum()).max().unwrap_or(0);
        Self {
            name: model.name.split_whitespace().collect::<Vec<_>>().join(" "),
            snake: slug.replace('-', "_"),
            slug,
            description: model.description.split_whitespace().collect::<Vec<_>>().join(" "),
            max_body_bytes: body_limit(largest),
            kinds,
            has_references: entities.iter().any(|entity| !entity.ones.is_empty() || !entity.lists.is_empty()),
            has_lists: entities.iter().any(|entity| !entity.lists.is_empty()),
            enums: model.enums.iter().map(|enumeration| choice(enumeration, stack)).collect(),
        }
    }
}

/// A power of two that holds the largest valid body, within reason.
fn body_limit(largest: usize) -> usize {
    largest.clamp(1 << 20, 64 << 20).next_power_of_two()
}

fn choice(enumeration: &crate::protocol::project::Enumeration, stack: &dyn Blueprint) -> Choice {
    let values = enumeration.values.iter().map(|value| Member { name: stack.member(value), value: value.clone() }).collect();
    Choice { name: enumeration.name.clone(), label: names::label(&enumeration.name), values }
}

/// All entities, in the order of the model.
///
/// # Errors
/// Something cannot be written as JSON.
pub fn entities(shape: &Shape<'_>, rows: &[Vec<Row>], stack: &dyn Blueprint) -> Result<Vec<EntityView>, BlueprintError> {
    let all: Vec<Names> = shape.entities.iter().map(|entity| Names::new(entity, stack)).collect();
    (0..shape.entities.len()).map(|at| EntityView::new(shape, at, &all, &rows[at], stack)).collect()
}

/// What templates see of a thing: what all stacks say of it, and what this one does.
pub fn merged(shared: &impl Serialize, own: Words) -> Result<Words, BlueprintError> {
    let fault = |message: String| BlueprintError { place: "model".into(), message };
    match serde_json::to_value(shared).map_err(|error| fault(error.to_string()))? {
        Value::Object(mut words) => {
            words.extend(own);
            Ok(words)
        }
        _ => Err(fault("it is no object".into())),
    }
}

impl Names {
    fn new(shape: &EntityShape<'_>, stack: &dyn Blueprint) -> Self {
        let label = names::label(&shape.snake);
        let labels = names::label(&shape.many);
        Self {
            name: shape.entity.name.clone(),
            module: stack.module(&shape.snake),
            var: stack.variable(&shape.snake),
            modules: stack.module(&shape.many),
            path: names::kebab_case(&shape.many),
            heading: names::capital(&label),
            headings: names::capital(&labels),
            one: format!("{} {label}", names::article(&label)),
            snake: shape.snake.clone(),
            many: shape.many.clone(),
            label,
            labels,
        }
    }
}

impl EntityView {
    fn new(shape: &Shape<'_>, index: usize, all: &[Names], rows: &[Row], stack: &dyn Blueprint) -> Result<Self, BlueprintError> {
        let own = &shape.entities[index];
        let entity = own.entity;
        let mut fields = Vec::new();
        for field in &entity.fields {
            let example = rows.first().and_then(|row| row.values.iter().find(|(name, _)| *name == field.name)).map(|(_, value)| value);
            fields.push(merged(&FieldView::new(field), stack.field(own, field, example))?);
        }
        let mut filters = Vec::new();
        for (field, filter) in field_view::filters(own, rows) {
            filters.push(merged(&filter, stack.filter(field))?);
        }
        let display = entity
            .fields
            .iter()
            .filter(|field| matches!(field.kind, FieldType::String | FieldType::Email))
            .min_by_key(|field| (!matches!(field.name.as_str(), "name" | "title"), !field.required, field.kind == FieldType::Email));
        let searched: Vec<String> = field_view::searched(entity).map(str::to_owned).collect();
        let mut related: Vec<Names> = Vec::new();
        let targets = own.ones.iter().map(|one| one.target).chain(own.lists.iter().map(|list| list.target));
        for target in targets.chain(own.collections.iter().chain(&own.mirrors).map(|back| back.source)) {
            if target != index && !related.iter().any(|known| known.name == all[target].name) {
                related.push(all[target].clone());
            }
        }
        related.sort_by(|a, b| stack.compare(&a.module, &b.module));
        let back = |back: &Back| BackView {
            field: back.field.clone(),
            source: all[back.source].clone(),
            forward: back.forward.clone(),
            table: format!("{}_{}", all[back.source].many, back.forward),
        };
        Ok(Self {
            names: all[index].clone(),
            description: entity.description.split_whitespace().collect::<Vec<_>>().join(" "),
            pagination: entity.pagination,
            search: !searched.is_empty(),
            filter: entity.filter,
            kinds: entity.fields.iter().map(|field| field.kind.as_str()).collect(),
            ones: own.ones.iter().map(|one| OneView::new(own, index, one, all)).collect(),
            lists: own.lists.iter().map(|list| ListView::new(own, index, list, all)).collect(),
            collections: own.collections.iter().map(back).collect(),
            mirrors: own.mirrors.iter().map(back).collect(),
            display_required: display.is_some_and(|field| field.required),
            display: display.map(|field| field.name.clone()),
            sorts: entity.fields.iter().filter(|field| field_view::is_sorted(field)).map(|field| field.name.clone()).collect(),
            filters,
            required_fields: properties(own, true),
            optional_fields: properties(own, false),
            unique_fields: entity.fields.iter().filter(|field| field.unique).map(|field| field.name.clone()).collect(),
            searched,
            related,
            rows: rows.iter().map(field_view::row).collect(),
            row_count: rows.len(),
            has_rules: false,
            fields,
        })
    }
}

fn properties(own: &EntityShape<'_>, required: bool) -> Vec<String> {
    let fields = own.entity.fields.iter().filter(|field| field.required == required).map(|field| field.name.clone());
    let ones = own.ones.iter().filter(|one| one.required == required).map(|one| format!("{}_id", one.field));
    fields.chain(ones).collect()
}

/// `fk_loans_book_id`. A long one ends in a number that stands for all of it.
pub fn constraint(kind: &str, table: &str, column: &str) -> String {
    let name = format!("{kind}_{table}_{column}");
    if name.len() <= MAX_CONSTRAINT_CHARS {
        return name;
    }
    let number = Chance::new(0, &[&name]).number();
    let kept: String = name.chars().take(MAX_CONSTRAINT_CHARS - 9).collect();
    format!("{kept}_{:08x}", number >> 32)
}

impl OneView {
    fn new(own: &EntityShape<'_>, index: usize, one: &super::shape::One, all: &[Names]) -> Self {
        Self {
            field: one.field.clone(),
            label: names::heading(&one.field),
            target: all[one.target].clone(),
            required: one.required,
            back: one.back.clone(),
            deferred: one.deferred,
            constraint: constraint("fk", &own.many, &format!("{}_id", one.field)),
            is_self: one.target == index,
        }
    }
}

impl ListView {
    fn new(own: &EntityShape<'_>, index: usize, list: &super::shape::List, all: &[Names]) -> Self {
        let target = &all[list.target];
        let is_self = list.target == index;
        let other = if is_self { format!("other_{}_id", target.snake) } else { format!("{}_id", target.snake) };
        Self {
            field: list.field.clone(),
            one: list.one.clone(),
            label: names::heading(&list.field),
            target: target.clone(),
            back: list.back.clone(),
            table: list.table.clone(),
            own_column: format!("{}_id", own.snake),
            other_column: other,
            is_self,
        }
    }
}
