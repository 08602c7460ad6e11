//! Cases of several steps: what was made can be read, what was changed is changed, what was deleted is gone.
//!
//! Only where the thing is made by the API itself and can be read at the same path, so that every step is known.

use indexmap::IndexMap;

use super::fixtures::{Fixtures, Source};
use super::template::{self, Template};
use super::{Case, Kind, Oracle, Payload, Request, Stage, references, valid};
use crate::server::generate::test_suite::json::{Json, Step};
use crate::server::generate::test_suite::model::{Model, Operation, path_parameters};
use crate::server::generate::test_suite::schema::{Schema, SchemaId};

/// Properties that one flow changes.
const MAX_CHANGES: usize = 2;

/// The flows of the operation at `index`.
pub fn flows(model: &Model, fixtures: &Fixtures, index: usize, template: &Template, push: &mut dyn FnMut(Case)) {
    let operation = &model.operations[index];
    let Some(name) = path_parameters(&operation.path).pop() else { return };
    let Some(fixture) = fixtures.of_path(&operation.path, &name) else { return };
    let Source::Made { request: maker, .. } = &fixture.source else { return };
    let ends_with_it = operation.path.trim_end_matches('/').ends_with(&format!("{{{name}}}"));
    let Some(reader) =
        model.operations.iter().position(|other| other.method == "GET" && other.path == operation.path).filter(|_| ends_with_it)
    else {
        return;
    };
    let Ok(reading) = Template::new(model, fixtures, &model.operations[reader], super::sample::Fill::Required) else { return };
    if reading.needs.is_some() || template.needs.is_some() {
        return;
    }
    let case = |name: &str, reason: &str, before: Vec<Stage>, oracle: Oracle| Case {
        before,
        subject: Some(reader),
        ..Case::new(Kind::Flow, name, reason.to_owned(), reading.request.clone(), oracle)
    };
    let read = model.operations.get(reader).and_then(|reader| answered(model, reader));
    match operation.method.as_str() {
        "GET" => {
            if let (Some(read), Payload::Json { value, .. }) = (read, &maker.payload)
                && let Some(expected) = shown(model, read, value, None)
            {
                push(case("shows what was made", "what was sent when it was made can be read", Vec::new(), Oracle::Shows { expected }));
            }
        }
        "DELETE" if model.operations[reader].response("404").is_some() => {
            let first = Stage {
                operation: index,
                request: template.request.clone(),
                oracle: Oracle::Conforms { statuses: operation.successes(), needs: None },
            };
            push(case("is gone afterwards", "what was deleted is gone", vec![first], Oracle::NotFound { or_success: false }));
        }
        "PUT" | "PATCH" => {
            if let Some(read) = read
                && let Some((request, expected)) = changed(model, operation, template, read, maker)
            {
                // Whether the change is accepted is another test's business.
                let oracle = Oracle::Conforms { statuses: operation.successes(), needs: Some("a server that accepts this change".into()) };
                let first = Stage { operation: index, request, oracle };
                push(case("shows the change", "what was changed can be read", vec![first], Oracle::Shows { expected }));
            }
        }
        _ => {}
    }
}

/// The schema of the operation's JSON answer.
fn answered(model: &Model, operation: &Operation) -> Option<SchemaId> {
    let success = operation.successes().into_iter().find(|code| *code < 300)?;
    operation
        .response(&success.to_string())?
        .contents
        .iter()
        .find(|content| content.is_json())?
        .schema
        .filter(|schema| model.schemas.get(*schema).is_object())
}

/// The properties that must read as they were sent: plain ones that the answer has under the same name.
fn shown(model: &Model, read: SchemaId, sent: &Json, only: Option<&[String]>) -> Option<Json> {
    let schema = model.schemas.get(read);
    let Json::Map(sent) = sent else { return None };
    let expected: IndexMap<String, Json> = sent
        .iter()
        .filter(|(name, value)| {
            let property = schema.properties.get(*name).map(|id| model.schemas.get(*id));
            property.is_some_and(|property| is_plain(property, value))
                && !references::is_reference(name)
                && only.is_none_or(|only| only.contains(name))
        })
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    (!expected.is_empty()).then_some(Json::Map(expected))
}

/// Values that a server has no reason to write differently: no dates, addresses or secrets.
fn is_plain(schema: &Schema, value: &Json) -> bool {
    let known = schema.format.is_none() || matches!(value, Json::Number(_));
    known && !schema.write_only && matches!(value, Json::Bool(_) | Json::Number(_) | Json::Text(_))
}

/// A body that differs from what the thing was made with, and what must be read afterwards.
fn changed(model: &Model, operation: &Operation, template: &Template, read: SchemaId, maker: &Request) -> Option<(Request, Json)> {
    let content = template::content(operation)?;
    let schema = model.schemas.get(content.schema?);
    let Payload::Json { value: base, .. } = &template.request.payload else { return None };
    let made = if let Payload::Json { value, .. } = &maker.payload { value } else { &Json::Null };
    let mut body = base.clone();
    let mut names = Vec::new();
    for (name, id) in &schema.properties {
        let property = model.schemas.get(*id);
        let scalar = property.values.is_some() || matches!(property.types.single(), Some("integer" | "number" | "boolean"));
        if !scalar || property.read_only || references::is_reference(name) || names.len() == MAX_CHANGES {
            continue;
        }
        let now = base.get(name).or_else(|| made.get(name)).cloned().unwrap_or_else(|| Json::from(1_i64));
        let mut values =
            valid::variations(&model.schemas, *id, name, &now).into_iter().map(|variation| variation.value).chain([now.clone()]);
        if let Some(value) = values.find(|value| Some(value) != made.get(name) && is_plain(property, value)) {
            body = body.with(&[Step::Key(name.clone())], Some(value));
            names.push(name.clone());
        }
    }
    if super::conforms::check(&model.schemas, content.schema?, &body) == super::conforms::Verdict::Invalid {
        return None;
    }
    let expected = shown(model, read, &body, Some(&names))?;
    Some((template.with_payload(template::as_payload(model, content, body).ok()?), expected))
}
