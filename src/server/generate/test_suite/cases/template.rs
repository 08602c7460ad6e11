//! The valid request of an operation that every case is one change away from.

use super::fixtures::Fixtures;
use super::parameters;
use super::sample::{self, Fill};
use super::{PathPart, Payload, Request, references};
use crate::server::generate::test_suite::json::Json;
use crate::server::generate::test_suite::model::{Content, In, Model, Operation, Parameter, path_parameters};

#[derive(Clone, Debug)]
pub struct Template {
    pub request: Request,
    /// What the request depends on and nobody here can know.
    pub needs: Option<String>,
}

impl Template {
    /// # Errors
    /// Why no valid request could be made.
    pub fn new(model: &Model, fixtures: &Fixtures, operation: &Operation, fill: Fill) -> Result<Self, String> {
        let mut request = Request { method: operation.method.clone(), path: path(model, fixtures, operation)?, ..Request::default() };
        let mut needs = Vec::new();
        for parameter in operation.parameters.iter().filter(|parameter| parameter.place != In::Path && parameter.required) {
            if is_reserved(parameter) {
                continue;
            }
            let value = parameter_value(model, parameter)?;
            if references::is_reference(&parameter.name) || references::is_opaque(&parameter.name) {
                needs.push(parameter.name.clone());
            }
            parameters::put(&mut request, parameter, &value)
                .ok_or_else(|| format!("the parameter `{}` has a style that is not written here", parameter.name))?;
        }
        if let Some(content) = content(operation) {
            request.payload = payload(model, fixtures, content, fill, &mut needs)?;
            name_what_exists(model, fixtures, operation, content, &mut request.payload, &mut needs);
        } else if operation.body.as_ref().is_some_and(|body| body.required && !body.contents.is_empty()) {
            let types: Vec<&str> =
                operation.body.iter().flat_map(|body| &body.contents).map(|content| content.media_type.as_str()).take(3).collect();
            return Err(format!("no body is written for {}", types.join(", ")));
        }
        Ok(Self { request, needs: (!needs.is_empty()).then(|| needs.join(", ")) })
    }

    /// Whether sending it makes something. (Addresses are tried: most servers only keep them.)
    pub fn can_make(&self) -> bool {
        self.needs.iter().flat_map(|needs| needs.split(", ")).all(references::is_address)
    }

    pub fn with_payload(&self, payload: Payload) -> Request {
        Request { payload, ..self.request.clone() }
    }
}

/// By the specification, parameters of the first names are ignored: other parts of the description own them. An idempotency key has to
/// be another one for each request.
pub fn is_reserved(parameter: &Parameter) -> bool {
    parameter.place == In::Header
        && ["accept", "content-type", "authorization", "idempotency-key"].contains(&parameter.name.to_ascii_lowercase().as_str())
}

pub fn parameter_value(model: &Model, parameter: &Parameter) -> Result<Json, String> {
    let example = parameter
        .examples
        .iter()
        .find(|example| super::conforms::check(&model.schemas, parameter.schema, example) != super::conforms::Verdict::Invalid);
    match example {
        Some(example) if sample::size(example) < 50 => Ok(example.clone()),
        _ => sample::sample(&model.schemas, parameter.schema, Fill::Required, None)
            .map_err(|why| format!("no value for the parameter `{}`: {why}", parameter.name)),
    }
}

fn path(model: &Model, fixtures: &Fixtures, operation: &Operation) -> Result<Vec<PathPart>, String> {
    let mut parts = Vec::new();
    let mut rest = operation.path.as_str();
    for name in path_parameters(&operation.path) {
        let marker = format!("{{{name}}}");
        let Some((before, after)) = rest.split_once(&marker) else { continue };
        if !before.is_empty() {
            parts.push(PathPart::Literal(before.to_owned()));
        }
        let value = match fixtures.of_path(&operation.path, &name) {
            Some(fixture) => Json::Made(fixture.name.clone()),
            None => match operation.path_parameter(&name) {
                Some(parameter) => parameter_value(model, parameter)?,
                None => Json::from("text"),
            },
        };
        if !matches!(value, Json::Made(_)) && !fits_path(&value) {
            return Err(format!("no value for the path's parameter `{name}` can be written into an address"));
        }
        parts.push(PathPart::Value(value));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(PathPart::Literal(rest.to_owned()));
    }
    Ok(parts)
}

/// A value that stays one segment of a path whatever the client does to it.
pub fn fits_path(value: &Json) -> bool {
    match value {
        Json::Text(text) => {
            !text.is_empty()
                && text.chars().count() <= 200
                && !text.chars().all(|c| c == '.')
                && !text.contains(['/', '\\', '\n', '\r', '\0'])
        }
        Json::Number(_) | Json::Bool(_) => true,
        _ => false,
    }
}

/// The media type that bodies are written in: JSON before forms before plain text.
pub fn content(operation: &Operation) -> Option<&Content> {
    let contents = &operation.body.as_ref()?.contents;
    let find = |test: &dyn Fn(&Content) -> bool| contents.iter().find(|content| test(content));
    find(&|content| content.media_type == "application/json")
        .or_else(|| find(&Content::is_json))
        .or_else(|| find(&|content| content.media_type == "*/*" && content.schema.is_some()))
        .or_else(|| find(&|content| content.media_type == "application/x-www-form-urlencoded"))
        .or_else(|| find(&|content| content.media_type == "multipart/form-data"))
        .or_else(|| find(&|content| content.media_type.starts_with("text/plain") || content.media_type == "application/octet-stream"))
}

fn payload(model: &Model, fixtures: &Fixtures, content: &Content, fill: Fill, needs: &mut Vec<String>) -> Result<Payload, String> {
    let example = content.examples.first().map(|(_, value)| value);
    if content.media_type.starts_with("text/plain") || content.media_type == "application/octet-stream" {
        let text = example.and_then(Json::text).unwrap_or("text");
        return Ok(Payload::Raw { media_type: content.media_type.clone(), text: text.chars().take(2_000).collect() });
    }
    let value = match content.schema {
        Some(schema) => {
            sample::sample(&model.schemas, schema, fill, example).map_err(|why| format!("no valid body could be made: {why}"))?
        }
        None => example.cloned().unwrap_or_else(|| Json::Map(indexmap::IndexMap::new())),
    };
    let (value, mut open) = resolved(fixtures, &value);
    needs.append(&mut open);
    if fill == Fill::Required
        && let Some(unknown) = unknown_formats(model, content, &value)
    {
        needs.push(unknown);
    }
    as_payload(model, content, value)
}

pub fn as_payload(model: &Model, content: &Content, value: Json) -> Result<Payload, String> {
    if content.is_json() || content.media_type == "*/*" {
        let media_type = if content.media_type == "*/*" { "application/json".to_owned() } else { content.media_type.clone() };
        return Ok(Payload::Json { media_type, value });
    }
    let Json::Map(map) = &value else { return Err("a form must be an object".into()) };
    if content.media_type == "multipart/form-data" {
        let is_file = |name: &&String| {
            let property = content.schema.and_then(|schema| model.schemas.get(schema).properties.get(*name).copied());
            property.is_some_and(|property| model.schemas.get(property).format.as_deref() == Some("binary"))
        };
        let files = map.keys().filter(is_file).cloned().collect();
        return Ok(Payload::Multipart { value, files });
    }
    Ok(Payload::Form(value))
}

/// `PUT /pets` says in its body which pet it means: one that exists.
fn name_what_exists(
    model: &Model,
    fixtures: &Fixtures,
    operation: &Operation,
    content: &Content,
    payload: &mut Payload,
    needs: &mut Vec<String>,
) {
    let changes = matches!(operation.method.as_str(), "PUT" | "PATCH" | "DELETE") && !operation.path.contains('{');
    let has_id = content.schema.is_some_and(|schema| model.schemas.get(schema).properties.contains_key("id"));
    let (true, true, Payload::Json { value: Json::Map(map), .. }) = (changes, has_id, payload) else { return };
    match fixtures.of_collection(&operation.path) {
        Some(fixture) => drop(map.insert("id".into(), Json::Made(fixture.name.clone()))),
        None => needs.push("an `id` that exists".into()),
    }
}

/// Puts fixtures where a value refers to another thing; what stays open is returned by name.
pub fn resolved(fixtures: &Fixtures, value: &Json) -> (Json, Vec<String>) {
    let mut open = Vec::new();
    let value = with_fixtures(fixtures, value, &mut open);
    open.dedup();
    (value, open)
}

fn with_fixtures(fixtures: &Fixtures, value: &Json, open: &mut Vec<String>) -> Json {
    match value {
        Json::Map(map) => Json::Map(
            map.iter()
                .map(|(name, part)| {
                    let scalar = matches!(part, Json::Text(_) | Json::Number(_));
                    let nonempty_list =
                        !part.list().is_empty() && part.list().iter().all(|item| matches!(item, Json::Text(_) | Json::Number(_)));
                    // A bare `id` is the thing's own.
                    let refers = references::is_reference(name) && references::words(name).len() > 1;
                    let part = match fixtures.of_reference(name) {
                        Some(fixture) if refers && scalar => Json::Made(fixture.name.clone()),
                        _ => {
                            if (refers && (scalar || nonempty_list)) || (scalar && references::is_address(name)) {
                                open.push(name.clone());
                            }
                            with_fixtures(fixtures, part, open)
                        }
                    };
                    (name.clone(), part)
                })
                .collect(),
        ),
        Json::List(items) => Json::List(items.iter().map(|item| with_fixtures(fixtures, item, open)).collect()),
        other => other.clone(),
    }
}

/// A required part of a format that nobody here knows: what we made of it may be refused.
fn unknown_formats(model: &Model, content: &Content, value: &Json) -> Option<String> {
    let schema = model.schemas.get(content.schema?);
    if !schema.unmodelled.is_empty() {
        return Some(format!("a value that also keeps to {}", schema.unmodelled.join(", ")));
    }
    let Json::Map(map) = value else { return None };
    for name in map.keys() {
        let property = schema.properties.get(name).map(|id| model.schemas.get(*id));
        if let Some(property) = property
            && property.examples.is_empty()
            && content.examples.is_empty()
            && property.values.is_none()
            && let Some(format) = &property.format
            && !super::format::is_known(format)
        {
            return Some(format!("`{name}` of the format `{format}`"));
        }
    }
    None
}
