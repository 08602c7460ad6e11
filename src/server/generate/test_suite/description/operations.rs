//! Paths → operations, whichever dialect the parts are written in.

use std::collections::HashSet;

use indexmap::IndexMap;

use super::place::Place;
use super::version::Version;
use super::{Reader, one_line};
use crate::server::generate::test_suite::json::Json;
use crate::server::generate::test_suite::model::{In, Operation, Parameter, Style, path_parameters};

/// More operations than the largest public descriptions within the size limit have.
const MAX_OPERATIONS: usize = 5_000;
/// Parameters of one operation, and characters of one path.
const MAX_PARAMETERS: usize = 300;
const MAX_PATH_CHARS: usize = 2_000;
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

impl<'a> Reader<'a> {
    pub(super) fn servers(&self) -> Vec<String> {
        if self.version == Version::Swagger2 {
            let base = self.root.text("basePath").unwrap_or_default();
            let Some(host) = self.root.text("host") else { return Vec::new() };
            let scheme =
                self.root.get("schemes").and_then(|schemes| schemes.items().find_map(|scheme| scheme.node.text().map(str::to_owned)));
            return vec![format!("{}://{host}{base}", scheme.unwrap_or_else(|| "https".into()))];
        }
        self.root.get("servers").map(|servers| servers.items().filter_map(|server| server_url(&server)).collect()).unwrap_or_default()
    }

    pub(super) fn operations(&mut self) -> Vec<Operation> {
        let root = self.root.clone();
        let Some(paths) = root.get("paths") else {
            self.fault(&root, "there is no `paths`, so there is nothing to test");
            return Vec::new();
        };
        if !paths.is_map() {
            self.fault(&paths, "`paths` must be an object");
            return Vec::new();
        }
        let mut operations = Vec::new();
        let mut keys = HashSet::new();
        for (path, item) in paths.entries() {
            if path.starts_with("x-") {
                continue;
            }
            if path.len() > MAX_PATH_CHARS {
                self.fault(&item, format!("a path may have {MAX_PATH_CHARS} characters"));
                continue;
            }
            if !path.starts_with('/') {
                self.fault(&item, "a path must begin with `/`");
                continue;
            }
            let Some(item) = self.resolve(&item) else { continue };
            if !item.is_map() {
                self.fault(&item, "a path must hold an object with operations");
                continue;
            }
            for method in METHODS {
                let Some(operation) = item.get(method) else { continue };
                if operations.len() >= MAX_OPERATIONS {
                    self.fault(&paths, format!("there are more than {MAX_OPERATIONS} operations"));
                    return operations;
                }
                if !operation.is_map() {
                    self.fault(&operation, "an operation must be an object");
                    continue;
                }
                let mut read = self.operation(path, method, &item, &operation);
                if !keys.insert(read.key.clone()) {
                    self.note(&operation, "its `operationId` is used twice; the method and path name it instead");
                    read.key = read.line();
                    read.has_operation_id = false;
                    keys.insert(read.key.clone());
                }
                operations.push(read);
            }
        }
        operations
    }

    fn operation(&mut self, path: &str, method: &str, item: &Place<'a>, operation: &Place<'a>) -> Operation {
        let id = operation.text("operationId").map(|id| one_line(id, 120)).filter(|id| !id.is_empty());
        let tag = operation.get("tags").and_then(|tags| tags.items().next().and_then(|tag| tag.node.text().map(str::to_owned)));
        let method = method.to_uppercase();
        let mut places: Vec<Place<'a>> = Vec::new();
        for owner in [item, operation] {
            if let Some(list) = owner.get("parameters") {
                if !matches!(list.node, Json::List(_)) {
                    self.fault(&list, "`parameters` must be a list");
                }
                places.extend(list.items());
            }
        }
        let resolved: Vec<Place<'a>> = places.iter().filter_map(|place| self.resolve(place)).collect();
        let (parameters, body) = match self.version {
            Version::Swagger2 => self.swagger2_request(operation, &resolved),
            _ => (self.openapi3_parameters(&resolved), self.openapi3_body(operation)),
        };
        let parameters = self.with_path_parameters(path, operation, parameters);
        let responses = operation.get("responses");
        if responses.is_none() {
            self.note(operation, "it documents no responses");
        }
        Operation {
            key: id.clone().unwrap_or_else(|| format!("{method} {path}")),
            has_operation_id: id.is_some(),
            summary: one_line(operation.text("summary").or_else(|| operation.text("description")).unwrap_or_default(), 160),
            tag: tag.unwrap_or_default(),
            parameters,
            body,
            links: responses.as_ref().map(|responses| self.links(responses)).unwrap_or_default(),
            responses: responses.map(|responses| self.responses(&responses, operation)).unwrap_or_default(),
            security: self.security(operation),
            own_server: [operation, item].iter().find_map(|owner| owner.get("servers")?.items().find_map(|server| server_url(&server))),
            path: path.to_owned(),
            method,
        }
    }

    /// The operation's parameters replace the path's of the same name; those of the template that nobody describes are added.
    fn with_path_parameters(&mut self, path: &str, operation: &Place<'a>, described: Vec<Parameter>) -> Vec<Parameter> {
        let mut by_name: IndexMap<(&'static str, String), Parameter> = IndexMap::new();
        for parameter in described {
            by_name.insert((parameter.place.as_str(), parameter.name.clone()), parameter);
        }
        let mut parameters: Vec<Parameter> = by_name.into_values().collect();
        if parameters.len() > MAX_PARAMETERS {
            self.fault(operation, format!("it has more than {MAX_PARAMETERS} parameters"));
            parameters.truncate(MAX_PARAMETERS);
        }
        let names = path_parameters(path);
        for name in &names {
            if !parameters.iter().any(|parameter| parameter.place == In::Path && parameter.name == *name) {
                self.note(operation, format!("the path's parameter `{}` is not described; any text is taken for it", one_line(name, 80)));
                parameters.push(Parameter {
                    name: name.clone(),
                    place: In::Path,
                    required: true,
                    schema: self.schemas.any(),
                    style: Style::Plain,
                    explode: false,
                    as_json: false,
                    examples: Vec::new(),
                });
            }
        }
        parameters.retain(|parameter| parameter.place != In::Path || names.contains(&parameter.name));
        parameters
    }
}

/// A server's address with its variables' defaults filled in.
fn server_url(server: &Place<'_>) -> Option<String> {
    let mut url = server.text("url")?.chars().take(2_000).collect::<String>();
    if let Some(variables) = server.get("variables") {
        for (name, variable) in variables.entries().take(20) {
            url = url.replace(&format!("{{{name}}}"), &variable.text("default").unwrap_or_default().chars().take(200).collect::<String>());
        }
    }
    Some(url)
}
