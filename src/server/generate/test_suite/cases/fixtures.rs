//! Where path parameters and references get values that exist: made by the API itself where a producer is
//! found, or else named by the environment or the documented example.

use std::collections::{HashMap, HashSet};

use super::names::{self, Unique};
use super::sample::{self, Fill};
use super::template::{self, Template};
use super::{Request, references};
use crate::server::generate::test_suite::json::Json;
use crate::server::generate::test_suite::model::{Model, Operation, path_parameters};
use crate::server::generate::test_suite::schema::{Schema, SchemaId, Schemas};

/// A value that tests ask for by name.
#[derive(Clone, Debug)]
pub struct Fixture {
    /// A Python-, JavaScript- and Rust-safe name: `book_id`.
    pub name: String,
    pub source: Source,
}

#[derive(Clone, Debug)]
pub enum Source {
    /// Sends a request and takes a property of the answer.
    Made { operation: usize, request: Box<Request>, property: String },
    /// Taken from an environment variable; without it the documented example is tried, and a 404 proves nothing.
    Known { variable: String, example: Json },
}

#[derive(Debug, Default)]
pub struct Fixtures {
    list: Vec<Fixture>,
    by_prefix: HashMap<String, usize>,
    by_name: HashMap<String, usize>,
    names: Unique,
}

/// Passes over the open parameters; each finds producers that need one more thing than the last pass's.
const MAX_PASSES: usize = 5;

/// A path parameter that needs a value.
struct Wanted<'a> {
    operation: &'a Operation,
    parameter: String,
    /// The path up to and with the parameter.
    prefix: String,
}

/// A request that needs a thing which needs a thing …: how far that may go.
const MAX_CHAIN: usize = 4;

impl Fixtures {
    /// Finds producers for every path parameter of the model.
    pub fn find(model: &Model) -> Self {
        let mut fixtures = Self::default();
        let mut posts: HashMap<&str, usize> = HashMap::new();
        for (index, operation) in model.operations.iter().enumerate() {
            if operation.method == "POST" {
                posts.insert(operation.path.trim_end_matches('/'), index);
            }
        }
        let mut open: Vec<Wanted<'_>> = Vec::new();
        let mut seen = HashSet::new();
        for operation in &model.operations {
            for parameter in path_parameters(&operation.path) {
                if let Some(prefix) = prefix(&operation.path, &parameter)
                    && seen.insert(prefix.clone())
                {
                    open.push(Wanted { operation, parameter, prefix });
                }
            }
        }
        // A producer may need what another one makes, so some are found only when others are known.
        for _ in 0..MAX_PASSES {
            let before = open.len();
            open.retain(|wanted| !fixtures.add_produced(model, wanted, &posts, true));
            if open.len() == before {
                break;
            }
        }
        for wanted in &open {
            if !fixtures.add_produced(model, wanted, &posts, false) {
                fixtures.add_known(model, wanted);
            }
        }
        fixtures
    }

    pub fn get(&self, name: &str) -> Option<&Fixture> {
        self.by_name.get(name).and_then(|index| self.list.get(*index))
    }

    /// The fixture for a path's parameter.
    pub fn of_path(&self, path: &str, parameter: &str) -> Option<&Fixture> {
        self.by_prefix.get(&prefix(path, parameter)?).and_then(|index| self.list.get(*index))
    }

    /// The fixture for the ids of the things that a path holds: of `/pets`, that of `/pets/{petId}`.
    pub fn of_collection(&self, path: &str) -> Option<&Fixture> {
        let start = format!("{}/{{", path.trim_end_matches('/'));
        let mut matching: Vec<(&String, &usize)> =
            self.by_prefix.iter().filter(|(prefix, _)| prefix.strip_prefix(&start).is_some_and(|rest| !rest.contains('/'))).collect();
        matching.sort_unstable();
        let fixture = matching.first().and_then(|(_, index)| self.list.get(**index))?;
        matches!(fixture.source, Source::Made { .. }).then_some(fixture)
    }

    /// The fixture for a property that refers to another thing, if the API can make that thing.
    pub fn of_reference(&self, property: &str) -> Option<&Fixture> {
        let fixture = self.get(&names::snake(property))?;
        matches!(fixture.source, Source::Made { .. }).then_some(fixture)
    }

    /// All that these names need, producers' own needs included, in an order in which each follows what it needs.
    pub fn closure(&self, wanted: &[String]) -> Vec<&Fixture> {
        let mut ordered = Vec::new();
        for name in wanted {
            self.visit(name, &mut ordered, 0);
        }
        ordered
    }

    fn visit<'a>(&'a self, name: &str, ordered: &mut Vec<&'a Fixture>, depth: usize) {
        let Some(fixture) = self.get(name) else { return };
        if depth > MAX_CHAIN || ordered.iter().any(|known| known.name == name) {
            return;
        }
        if let Source::Made { request, .. } = &fixture.source {
            for needed in request.fixtures() {
                self.visit(&needed, ordered, depth + 1);
            }
        }
        ordered.push(fixture);
    }

    /// `complete`: only if all that the producer's own path needs is there already.
    fn add_produced(&mut self, model: &Model, wanted: &Wanted<'_>, posts: &HashMap<&str, usize>, complete: bool) -> bool {
        let Some(collection) = wanted.prefix.strip_suffix(&format!("/{{{}}}", wanted.parameter)) else { return false };
        if let Some(source) = self.linked(model, wanted) {
            return self.add(wanted, collection, |_| Some(source));
        }
        let Some(producer) = posts.get(collection) else { return false };
        let operation = &model.operations[*producer];
        let ready = path_parameters(&operation.path).iter().all(|name| self.of_path(&operation.path, name).is_some());
        if complete && !ready {
            return false;
        }
        let Some(source) = self.produced(model, *producer, &wanted.parameter, collection) else { return false };
        self.add(wanted, collection, |_| Some(source))
    }

    fn add_known(&mut self, model: &Model, wanted: &Wanted<'_>) {
        let collection = wanted.prefix.rsplit_once('/').map_or("", |(collection, _)| collection);
        self.add(wanted, collection, |name| known(model, wanted.operation, &wanted.parameter, name));
    }

    fn add(&mut self, wanted: &Wanted<'_>, collection: &str, source: impl FnOnce(&str) -> Option<Source>) -> bool {
        let name = self.names.name(fixture_name(&wanted.parameter, collection));
        let Some(source) = source(&name) else { return false };
        self.by_prefix.insert(wanted.prefix.clone(), self.list.len());
        self.by_name.insert(name.clone(), self.list.len());
        self.list.push(Fixture { name, source });
        true
    }

    /// The description says itself where the value comes from.
    fn linked(&self, model: &Model, wanted: &Wanted<'_>) -> Option<Source> {
        let id = wanted.operation.has_operation_id.then_some(&wanted.operation.key)?;
        model.operations.iter().enumerate().find_map(|(index, maker)| {
            let link = maker.links.iter().find(|link| link.operation == *id && link.parameter == wanted.parameter)?;
            // What needs nothing itself.
            if !path_parameters(&maker.path).is_empty() || maker.own_server.is_some() {
                return None;
            }
            let template = Template::new(model, self, maker, Fill::Required).ok().filter(Template::can_make)?;
            Some(Source::Made { operation: index, request: Box::new(template.request), property: link.property.clone() })
        })
    }

    fn produced(&self, model: &Model, producer: usize, parameter: &str, collection: &str) -> Option<Source> {
        let operation = &model.operations[producer];
        if references::is_sign_in(&operation.path, &operation.key) || operation.own_server.is_some() {
            return None;
        }
        let success = operation.successes().into_iter().find(|code| *code < 300)?;
        let content = operation.response(&success.to_string())?.contents.iter().find(|content| content.is_json())?;
        let property = id_property(&model.schemas, model.schemas.get(content.schema?), parameter, collection)?;
        let template = Template::new(model, self, operation, Fill::Required).ok()?;
        if !template.can_make() {
            return None;
        }
        Some(Source::Made { operation: producer, request: Box::new(template.request), property })
    }
}

/// `/books/{bookId}` of `/books/{bookId}/reviews`.
fn prefix(path: &str, parameter: &str) -> Option<String> {
    let part = format!("{{{parameter}}}");
    path.find(&part).map(|start| path[..start + part.len()].to_owned())
}

/// `bookId` → `book_id`; a bare `id` is named after its collection.
fn fixture_name(parameter: &str, collection: &str) -> String {
    let name = names::snake(parameter);
    let last = collection.rsplit('/').find(|segment| !segment.is_empty() && !segment.starts_with('{')).unwrap_or("thing");
    match name.as_str() {
        "id" | "uuid" | "key" | "name" | "slug" => format!("{}_{name}", names::singular(last)),
        // Names that the tests or pytest itself already use.
        "api" | "request" | "answer" | "connection" | "cache" | "pytest" | "pytestconfig" | "monkeypatch" | "recwarn" | "subtests" => {
            format!("{name}_value")
        }
        name if name.starts_with("test") || name.starts_with("tmp_path") || name.starts_with("cap") || name.starts_with("record_") => {
            format!("the_{name}")
        }
        _ => name,
    }
}

/// The property of a created thing that its path parameter takes.
fn id_property(schemas: &Schemas, schema: &Schema, parameter: &str, collection: &str) -> Option<String> {
    let wanted = references::words(parameter);
    let has = |words: &[String]| schema.properties.keys().find(|name| references::words(name) == words).cloned();
    let last = collection.rsplit('/').find(|segment| !segment.is_empty() && !segment.starts_with('{')).unwrap_or_default();
    let own = [names::singular(last).replace('_', " "), "id".into()].join(" ");
    let own: Vec<String> = own.split(' ').map(str::to_owned).collect();
    let id = ["id".to_owned()];
    let ends_with_id = wanted.last().is_some_and(|word| word == "id" || word == "uuid");
    // What may be null is no name of the thing itself: `category_id` of a category is its parent.
    let is_own =
        |name: &String| schema.properties.get(name).is_some_and(|id| !may_be_null(schemas, *id)) || !ends_with_id || has(&id).is_none();
    has(&wanted)
        .filter(is_own)
        .or_else(|| ends_with_id.then(|| has(&id)).flatten())
        .or_else(|| ends_with_id.then(|| has(&own)).flatten())
        .or_else(|| ends_with_id.then(|| has(&["uuid".to_owned()])).flatten())
}

fn may_be_null(schemas: &Schemas, id: SchemaId) -> bool {
    let schema = schemas.get(id);
    schema.is_nullable() || schema.choices.iter().flat_map(|choice| &choice.branches).any(|option| schemas.get(*option).is_nullable())
}

fn known(model: &Model, operation: &Operation, parameter: &str, name: &str) -> Option<Source> {
    let parameter = operation.path_parameter(parameter)?;
    let example = parameter.examples.iter().find(|example| template::fits_path(example)).cloned();
    let example = match example {
        Some(example) => example,
        None => sample::sample(&model.schemas, parameter.schema, Fill::Required, None).ok().filter(template::fits_path)?,
    };
    let variable = name.to_uppercase();
    let taken = TAKEN_VARIABLES.contains(&variable.as_str());
    Some(Source::Known { variable: if taken { format!("{variable}_VALUE") } else { variable }, example })
}

/// Variables that have a meaning already: to the suite, or to the shell that it is started from.
const TAKEN_VARIABLES: [&str; 18] = [
    "API_KEY",
    "API_PASSWORD",
    "API_TOKEN",
    "API_USER",
    "BASE_URL",
    "HOME",
    "HOSTNAME",
    "IFS",
    "LANG",
    "PATH",
    "PWD",
    "SHELL",
    "TEMP",
    "TERM",
    "TIMEOUT_SECONDS",
    "TMPDIR",
    "TZ",
    "USER",
];
