//! Which objects of a description are entities: those in the bodies of requests and of successful answers.
//!
//! `NewBook`, `Book` and `BookChanges` are one entity; a page of books is none.

use std::collections::HashMap;

use indexmap::IndexMap;

use super::super::{names, settle};
use crate::server::generate::test_suite::model::{Content, Model, Operation};
use crate::server::generate::test_suite::resource::resources;
use crate::server::generate::test_suite::schema::{Schema, SchemaId};

/// Names of schemas around those of what they are about.
const BEFORE: [&str; 8] = ["New", "Create", "Created", "Update", "Updated", "Patch", "Add", "Edit"];
const AFTER: [&str; 30] = [
    "Create",
    "Created",
    "Creation",
    "Update",
    "Updates",
    "Updated",
    "Patch",
    "Changes",
    "Input",
    "Output",
    "In",
    "Out",
    "Request",
    "Response",
    "Read",
    "Write",
    "Dto",
    "DTO",
    "Base",
    "Full",
    "Mini",
    "Body",
    "Payload",
    "Details",
    "Summary",
    "Params",
    "RequestBody",
    "Result",
    "Fields",
    "Attributes",
];
/// What a page has besides what it is a page of.
const OF_PAGES: &str = "total count limit offset page pages per_page page_size size next previous prev has_more has_next cursor next_cursor \
    next_marker prev_marker next_page links meta metadata order entries total_count total_pages page_number number";

/// Entities in the making.
#[derive(Default)]
pub struct Kinds {
    by_name: IndexMap<String, Kind>,
    by_schema: HashMap<SchemaId, usize>,
    /// What a description says about its resources, by their names in one.
    about: HashMap<String, String>,
}

#[derive(Default)]
pub struct Kind {
    pub name: String,
    pub about: String,
    /// Those of requests first: they say what one has to give.
    pub schemas: Vec<(SchemaId, bool)>,
    /// Travels by itself, not only within others.
    pub is_root: bool,
    /// What its path lies under: `Book` for `/books/{id}/reviews`.
    pub parent: Option<String>,
}

impl Kinds {
    pub fn of(api: &Model) -> Self {
        let mut kinds = Self::default();
        for resource in resources(api) {
            let name = names::singular(&names::pascal_case(&resource.title));
            kinds.about.insert(name.clone(), resource.about.clone());
            for operation in resource.operations.iter().filter_map(|index| api.operations.get(*index)) {
                let fallback = segment(operation).unwrap_or_else(|| name.clone());
                let parent = parent(operation);
                let body = operation.body.as_ref().and_then(|body| main(&body.contents));
                let answers = operation.responses.iter().filter(|response| response.status.starts_with('2'));
                let answers = answers.filter_map(|response| main(&response.contents));
                // What a search or a sign-in sends is nothing that is kept.
                let keeps = operation.method != "GET";
                let bodies = body.filter(|_| keeps).map(|schema| (schema, true));
                for (schema, is_request) in bodies.into_iter().chain(answers.map(|schema| (schema, false))) {
                    for found in unwrapped(api, schema) {
                        let found = kinds.find(api, found, is_request, &fallback, true);
                        let kind = found.and_then(|index| kinds.by_name.get_index_mut(index));
                        if let (Some((_, kind)), Some(parent)) = (kind, &parent)
                            && kind.name == fallback
                        {
                            kind.parent.get_or_insert_with(|| parent.clone());
                        }
                    }
                }
            }
        }
        for kind in kinds.by_name.values_mut() {
            // What has a name says more than what is written on the spot, and making one more than changing one.
            kind.schemas.sort_by_key(|(id, is_request)| {
                let schema = api.schemas.get(*id);
                (schema.name.is_none(), !is_request, std::cmp::Reverse(schema.required.len()))
            });
        }
        kinds
    }

    pub fn len(&self) -> usize {
        self.by_name.len()
    }

    pub fn get(&self, index: usize) -> Option<&Kind> {
        self.by_name.get_index(index).map(|(_, kind)| kind)
    }

    /// The entity of a schema, or of a name.
    pub fn by_schema(&self, schema: SchemaId) -> Option<&Kind> {
        self.by_schema.get(&schema).and_then(|index| self.get(*index))
    }

    /// The entity that `author` in `author_id` means: `Author`, or the only one that ends so, such as `BookAuthor`.
    pub fn named(&self, stem: &str) -> Option<String> {
        let name = settle::type_name(stem)?;
        if self.by_name.contains_key(&name) {
            return Some(name);
        }
        let end = format!("_{stem}");
        let mut longer = self.by_name.keys().filter(|known| names::snake_case(known).ends_with(&end));
        longer.next().filter(|_| longer.next().is_none()).cloned()
    }

    pub fn by_name(&self, name: &str) -> Option<&Kind> {
        self.by_name.get(name)
    }

    /// The entity that an object is; a new one if there is none yet. `None` for what is no object with properties.
    pub fn find(&mut self, api: &Model, id: SchemaId, is_request: bool, fallback: &str, is_root: bool) -> Option<usize> {
        let id = through(api, id);
        let schema = api.schemas.get(id);
        if !schema.is_object() || schema.properties.is_empty() || is_error(schema) {
            return None;
        }
        let index = if let Some(index) = self.by_schema.get(&id) {
            *index
        } else {
            let name = settle::type_name(&names::singular(&core(schema.name.as_deref().unwrap_or(fallback))))?;
            let about = self.about.get(&name).cloned().unwrap_or_default();
            let entry = self.by_name.entry(name.clone());
            let index = entry.index();
            let kind = entry.or_insert_with(|| Kind { name, about, ..Kind::default() });
            kind.schemas.push((id, is_request));
            self.by_schema.insert(id, index);
            index
        };
        if let Some((_, kind)) = self.by_name.get_index_mut(index) {
            kind.is_root |= is_root;
            kind.schemas.iter_mut().filter(|(known, _)| *known == id).for_each(|(_, asked)| *asked |= is_request);
        }
        Some(index)
    }
}

/// The schema itself, behind references with remarks and behind a choice between it and nothing.
pub fn through(api: &Model, id: SchemaId) -> SchemaId {
    let mut here = id;
    for _ in 0..8 {
        let schema = api.schemas.get(here);
        let written = api.schemas.written(here);
        let next = match (schema.name.as_ref(), written) {
            (None, Some(written)) if written.all_of.len() == 1 && written.properties.is_empty() => written.all_of.first().copied(),
            _ if schema.properties.is_empty() && schema.choices.len() == 1 => only_branch(api, schema),
            _ => None,
        };
        match next {
            Some(next) if next != here => here = next,
            _ => break,
        }
    }
    here
}

/// Of a choice: the only branch besides `null`.
fn only_branch(api: &Model, schema: &Schema) -> Option<SchemaId> {
    let mut branches = schema.choices.first()?.branches.iter().filter(|branch| {
        let types = api.schemas.get(**branch).types;
        !(types.has("null") && types.names().count() == 1)
    });
    let first = branches.next()?;
    branches.next().is_none().then_some(*first)
}

/// What lists and pages are made of; the schema itself otherwise.
fn unwrapped(api: &Model, id: SchemaId) -> Vec<SchemaId> {
    let id = through(api, id);
    let schema = api.schemas.get(id);
    if let Some(items) = schema.items {
        return vec![through(api, items)];
    }
    let lists: Vec<SchemaId> = schema
        .properties
        .values()
        .filter_map(|property| api.schemas.get(through(api, *property)).items)
        .map(|items| through(api, items))
        .filter(|items| api.schemas.get(*items).is_object())
        .collect();
    let is_page = |name: &String| OF_PAGES.split_ascii_whitespace().any(|word| names::snake_case(name) == word);
    let others =
        schema.properties.iter().filter(|(name, property)| api.schemas.get(through(api, **property)).items.is_none() && !is_page(name));
    if let ([list], 0) = (lists.as_slice(), others.clone().count()) {
        return vec![*list];
    }
    // `{"data": {…}}`
    if schema.properties.len() <= 2
        && let Some((name, property)) = schema.properties.first()
        && ["data", "result", "response", "payload"].contains(&name.as_str())
        && api.schemas.get(through(api, *property)).is_object()
    {
        return vec![through(api, *property)];
    }
    vec![id]
}

/// What travels as JSON.
fn main(contents: &[Content]) -> Option<SchemaId> {
    contents.iter().find(|content| content.is_json()).and_then(|content| content.schema)
}

fn parent(operation: &Operation) -> Option<String> {
    let segments: Vec<&str> = operation.path.split('/').filter(|segment| !segment.is_empty()).collect();
    let own = segments.iter().rposition(|segment| !segment.contains('{'))?;
    let (of, id) = (own.checked_sub(2)?, own - 1);
    (segments[id].starts_with('{') && !segments[of].contains('{')).then(|| names::singular(&names::pascal_case(segments[of])))
}

/// `Book` for `/shops/{id}/books/{bookId}`.
fn segment(operation: &Operation) -> Option<String> {
    let segment = operation.path.split('/').rfind(|segment| !segment.is_empty() && !segment.contains('{'))?;
    Some(names::singular(&names::pascal_case(segment))).filter(|name| !name.is_empty())
}

/// A schema's name without what says when it is used: `NewBook`, `BookChanges` → `Book`.
fn core(name: &str) -> String {
    let pascal = names::pascal_case(name.rsplit('.').next().unwrap_or(name));
    let mut core = pascal.as_str();
    for _ in 0..3 {
        let shorter = AFTER
            .iter()
            .filter_map(|end| core.strip_suffix(end))
            .chain(
                BEFORE
                    .iter()
                    .filter_map(|start| core.strip_prefix(start).filter(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))),
            )
            .find(|rest| rest.len() >= 3);
        match shorter {
            Some(rest) => core = rest,
            None => break,
        }
    }
    core.to_owned()
}

fn is_error(schema: &Schema) -> bool {
    let name = schema.name.as_deref().unwrap_or_default();
    ["Error", "Problem", "Exception", "Errors", "ErrorResponse", "ApiResponse"].iter().any(|word| name.ends_with(word))
        || (schema.properties.contains_key("title") && schema.properties.contains_key("status") && schema.properties.contains_key("detail"))
}
