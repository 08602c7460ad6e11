//! Cases about HTTP itself: ids that do not exist, credentials, methods, broken bodies.

use super::fixtures::{Fixtures, Source};
use super::parameters;
use super::template::{self, Template};
use super::{Caller, Case, Kind, Oracle, PathPart, Payload, Request, conforms, references};
use crate::server::generate::test_suite::json::Json;
use crate::server::generate::test_suite::model::{In, Model, Operation, SecurityScheme, path_parameters};

/// An unknown id in the last parameter of the path.
pub fn unknown_id(model: &Model, operation: &Operation, template: &Template, push: &mut dyn FnMut(Case)) {
    let names = path_parameters(&operation.path);
    let Some(name) = names.last() else { return };
    let Some(parameter) = operation.path_parameter(name) else { return };
    let documented = operation.response("404").is_some();
    let ends_with_it = operation.path.trim_end_matches('/').ends_with(&format!("{{{name}}}"));
    if !documented && !ends_with_it {
        return;
    }
    let schema = model.schemas.get(parameter.schema);
    let id_like = references::is_reference(name) || schema.format.as_deref() == Some("uuid");
    if schema.values.is_some() || (!id_like && !documented) {
        return;
    }
    let candidates = [
        Json::from("00000000-0000-4000-8000-000000000000"),
        Json::from(2_147_483_600_i64),
        Json::from("no-such-thing-7f3a"),
        Json::from("000000000000000000000000"),
    ];
    // Only what the schema lets through reaches the look-up.
    let candidate =
        candidates.into_iter().find(|value| conforms::check(&model.schemas, parameter.schema, value) == conforms::Verdict::Valid);
    let Some(request) = candidate.and_then(|value| parameters::in_path(operation, template, name, value)) else { return };
    let mut case = Case::new(
        Kind::UnknownId,
        &format!("unknown {name}"),
        format!("nothing has this `{name}`"),
        request,
        Oracle::NotFound { or_success: matches!(operation.method.as_str(), "DELETE" | "PUT") },
    );
    if lists(model, operation) && (!documented || ends_with_it) {
        case.skip = Some("it answers with a list, which may rightly be empty for an unknown id".into());
    } else if matches!(schema.format.as_deref(), Some("date" | "date-time")) {
        case.skip = Some(format!("any `{name}` may exist"));
    } else if !id_like && schema.format.is_none() && schema.types.single() == Some("string") && !documented {
        case.skip = Some(format!("whether an unknown `{name}` exists cannot be told"));
    }
    push(case);
}

fn lists(model: &Model, operation: &Operation) -> bool {
    operation.method == "GET"
        && operation
            .responses
            .iter()
            .filter(|response| response.status.starts_with('2'))
            .flat_map(|response| &response.contents)
            .any(|content| content.schema.is_some_and(|schema| model.schemas.get(schema).types.single() == Some("array")))
}

/// Without credentials, and with ones that were never given out.
pub fn credentials(model: &Model, operation: &Operation, template: &Template, push: &mut dyn FnMut(Case)) {
    if !operation.needs_credentials() {
        return;
    }
    let known =
        |name: &String| model.security_schemes.iter().any(|(scheme, kind)| scheme == name && !matches!(kind, SecurityScheme::Other(_)));
    let templated = operation.path.contains('{');
    let refused = |caller: Caller| Request { caller, ..template.request.clone() };
    if operation.security.iter().flatten().all(known) {
        let oracle = Oracle::Unauthorized { templated };
        push(Case::new(
            Kind::Credentials,
            "without credentials",
            "nobody may do this without credentials".into(),
            refused(Caller::Nobody),
            oracle.clone(),
        ));
        push(Case::new(
            Kind::Credentials,
            "with wrong credentials",
            "credentials that were never given out are worth nothing".into(),
            refused(Caller::Stranger),
            oracle,
        ));
    } else {
        let mut case = Case::new(
            Kind::Credentials,
            "without credentials",
            "nobody may do this without credentials".into(),
            refused(Caller::Nobody),
            Oracle::Unauthorized { templated },
        );
        case.skip = Some("how the API is given credentials is not described in a way that a test could use".into());
        push(case);
    }
}

/// A method that the path does not document. One per path: asked of the path's first operation only.
pub fn undocumented_method(model: &Model, fixtures: &Fixtures, index: usize, push: &mut dyn FnMut(Case)) {
    let operation = &model.operations[index];
    if model.operations[..index].iter().any(|other| other.path == operation.path) || operation.own_server.is_some() {
        return;
    }
    // A method that another template documents for the same address is no fault (`/books/{id}` beside `/books/search`).
    let free = |method: &&&str| !model.operations.iter().any(|other| other.method == ***method && may_match(&other.path, &operation.path));
    let Some(method) = ["PATCH", "PUT", "DELETE", "POST", "GET"].iter().find(free) else { return };
    let Ok(template) = Template::new(model, fixtures, operation, super::sample::Fill::Required).or_else(|_| address_only(model, operation))
    else {
        return;
    };
    // The thing need not exist: a literal id says the same and leaves data alone.
    let path = template
        .request
        .path
        .into_iter()
        .map(|part| match part {
            PathPart::Value(Json::Made(name)) => PathPart::Value(match fixtures.get(&name).map(|fixture| &fixture.source) {
                Some(Source::Known { example, .. }) => example.clone(),
                _ => Json::from("0"),
            }),
            other => other,
        })
        .collect();
    let request = Request { method: (*method).to_owned(), path, ..Request::default() };
    let templated = operation.path.contains('{');
    let name = format!("{} not allowed", method.to_ascii_lowercase());
    push(Case::new(
        Kind::UndocumentedMethod,
        &name,
        format!("{method} is not documented for this path"),
        request,
        Oracle::MethodNotAllowed { templated },
    ));
}

fn address_only(model: &Model, operation: &Operation) -> Result<Template, String> {
    let bare = Operation {
        parameters: operation.parameters.iter().filter(|parameter| parameter.place == In::Path).cloned().collect(),
        body: None,
        ..operation.clone()
    };
    Template::new(model, &Fixtures::default(), &bare, super::sample::Fill::Required)
}

/// Whether an address made of one template can be one of the other.
fn may_match(a: &str, b: &str) -> bool {
    let (a, b): (Vec<&str>, Vec<&str>) = (a.trim_matches('/').split('/').collect(), b.trim_matches('/').split('/').collect());
    a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| a == b || a.contains('{') || b.contains('{'))
}

/// JSON that ends too early, and a body of a type that is not documented.
pub fn broken_body(operation: &Operation, template: &Template, push: &mut dyn FnMut(Case)) {
    let Payload::Json { media_type, .. } = &template.request.payload else { return };
    let broken = Payload::Raw { media_type: media_type.clone(), text: "{\"broken\": ".into() };
    push(Case::new(
        Kind::MalformedBody,
        "malformed json",
        "a body that ends too early".into(),
        template.with_payload(broken),
        Oracle::RefusesEarly,
    ));
    let any_type = operation
        .body
        .iter()
        .flat_map(|body| &body.contents)
        .any(|content| content.media_type.contains('*') || content.media_type.starts_with("text/"));
    if !any_type && operation.body.as_ref().is_some_and(|body| body.required) {
        let plain = Payload::Raw { media_type: "text/plain".into(), text: "plain text".into() };
        push(Case::new(
            Kind::WrongContentType,
            "plain text body",
            "a body of an undocumented media type".into(),
            template.with_payload(plain),
            Oracle::RefusesEarly,
        ));
    }
}

/// The plain call of an operation without a body.
pub fn plain_call(operation: &Operation, template: &Template, push: &mut dyn FnMut(Case)) {
    if template::content(operation).is_some_and(|content| content.is_json() || content.media_type.contains("form")) {
        return;
    }
    let (name, reason) = if operation.path.contains('{') {
        ("existing", "a call that the description allows")
    } else {
        ("answers", "a call that the description allows")
    };
    let oracle = Oracle::Conforms { statuses: operation.successes(), needs: template.needs.clone() };
    push(Case::new(Kind::RequiredOnly, name, reason.into(), template.request.clone(), oracle));
}
