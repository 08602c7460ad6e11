//! Cases that change one place of the body.

use super::conforms::{self, Verdict};
use super::fixtures::Fixtures;
use super::sample::{self, Fill};
use super::template::{self, Template};
use super::valid::Variation;
use super::{Case, Kind, Oracle, Payload, Request, invalid, names, references, valid};
use crate::server::generate::test_suite::json::{Json, Step};
use crate::server::generate::test_suite::model::{Content, Model, Operation};
use crate::server::generate::test_suite::schema::SchemaId;

/// How deep below the root places are varied.
const MAX_DEPTH: usize = 3;
/// Places of one body that are varied.
const MAX_PLACES: usize = 60;

/// A place in a value: the way to it, its schema, and how people call it.
struct Spot {
    path: Vec<Step>,
    schema: SchemaId,
    label: String,
    required: bool,
    value: Json,
}

/// What went wrong with documented examples, for the log.
pub type Remarks = Vec<String>;

/// All cases of the body.
pub fn cases(model: &Model, fixtures: &Fixtures, operation: &Operation, template: &Template, push: &mut dyn FnMut(Case)) -> Remarks {
    let mut remarks = Vec::new();
    let Some(content) = template::content(operation) else { return remarks };
    examples(model, fixtures, operation, content, template, push, &mut remarks);
    let (Some(schema), Some(base)) = (content.schema, value_of(&template.request.payload)) else { return remarks };
    if operation.body.as_ref().is_some_and(|body| body.required) && matches!(template.request.payload, Payload::Json { .. }) {
        push(Case::new(
            Kind::Missing,
            "without body",
            "required body left out".into(),
            template.with_payload(Payload::Nothing),
            Oracle::Refuses,
        ));
    }
    let example = content.examples.first().map(|(_, value)| value);
    let full = sample::sample(&model.schemas, schema, Fill::All, example)
        .ok()
        .map(|value| meaning_the_same(base, template::resolved(fixtures, &value).0));
    let is_form = !matches!(template.request.payload, Payload::Json { .. });
    let send = |value: Json| template::as_payload(model, content, value).ok().map(|payload| template.with_payload(payload));
    let fits = |value: &Json| {
        let known = |name: &String| template.needs.iter().flat_map(|needs| needs.split(", ")).any(|needed| needed == name);
        let open = template::resolved(fixtures, value).1.into_iter().filter(|name| !known(name));
        let needs: Vec<String> = template.needs.iter().cloned().chain(open).collect();
        Oracle::Conforms { statuses: operation.successes(), needs: (!needs.is_empty()).then(|| needs.join(", ")) }
    };

    let empty_patch = operation.method == "PATCH" && matches!(base, Json::Map(map) if map.is_empty());
    if !empty_patch && let Some(request) = send(base.clone()) {
        push(Case::new(Kind::RequiredOnly, "required only", "only what is required".into(), request, fits(base)));
    }
    if let Some(full) = &full
        && full != base
        && let Some(request) = send(full.clone())
    {
        push(Case::new(Kind::AllProperties, "all properties", "every property that can be known".into(), request, fits(full)));
    }
    let mut spots = Vec::new();
    collect(model, schema, base, &mut Vec::new(), "", true, &mut spots);
    if let Some(full) = &full {
        collect(model, schema, full, &mut Vec::new(), "", true, &mut spots);
    }
    for spot in &spots {
        let whole = if lookup(base, &spot.path).is_some() { base } else { full.as_ref().unwrap_or(base) };
        let put = |value: Option<Json>| whole.with(&spot.path, value);
        for case in one_spot(model, schema, spot, is_form, &put, operation, template) {
            let oracle = if case.2 { fits(&case.1) } else { Oracle::Refuses };
            if let Some(request) = send(case.1) {
                let variation = case.0;
                push(Case::new(variation.kind, &variation.name, variation.reason, request, oracle));
            }
        }
    }
    remarks
}

/// Every documented example of the body, as it stands.
fn examples(
    model: &Model,
    fixtures: &Fixtures,
    operation: &Operation,
    content: &Content,
    template: &Template,
    push: &mut dyn FnMut(Case),
    remarks: &mut Remarks,
) {
    let own =
        content.schema.map(|id| model.schemas.get(id).examples.iter().filter(|example| matches!(example, Json::Map(_) | Json::List(_))));
    let documented = content.examples.iter().cloned().chain(own.into_iter().flatten().map(|value| ("example".to_owned(), value.clone())));
    for (name, value) in documented.take(10) {
        if sample::size(&value) > 2_000 {
            continue;
        }
        if content.schema.is_some_and(|schema| conforms::check(&model.schemas, schema, &value) == Verdict::Invalid) {
            remarks.push(format!(
                "{}: the documented example `{}` does not satisfy its own schema and is not used as a whole",
                operation.line(),
                name
            ));
            continue;
        }
        let (value, open) = template::resolved(fixtures, &value);
        let value = value_of(&template.request.payload).map_or_else(|| value.clone(), |base| meaning_the_same(base, value.clone()));
        let needs = if open.is_empty() { None } else { Some(open.join(", ")) };
        let Ok(payload) = template::as_payload(model, content, value) else { continue };
        let name = if name == "example" { "documented example".to_owned() } else { format!("documented example {name}") };
        let oracle = Oracle::Conforms { statuses: operation.successes(), needs };
        push(Case::new(
            Kind::DocumentedExample,
            &name,
            "the body that the description shows".into(),
            template.with_payload(payload),
            oracle,
        ));
    }
}

/// Where the template's body names something that exists by its `id`, so does this one.
fn meaning_the_same(base: &Json, mut value: Json) -> Json {
    if let (Some(id @ Json::Made(_)), Json::Map(map)) = (base.get("id"), &mut value) {
        map.insert("id".into(), id.clone());
    }
    value
}

fn examples_of(content: Option<&Content>) -> impl Iterator<Item = &Json> {
    content.into_iter().flat_map(|content| &content.examples).map(|(_, value)| value)
}

fn value_of(payload: &Payload) -> Option<&Json> {
    match payload {
        Payload::Json { value, .. } | Payload::Form(value) | Payload::Multipart { value, .. } => Some(value),
        Payload::Nothing | Payload::Raw { .. } => None,
    }
}

/// The variations of one place: the whole changed body with each, and whether it is valid.
fn one_spot(
    model: &Model,
    root: SchemaId,
    spot: &Spot,
    is_form: bool,
    put: &dyn Fn(Option<Json>) -> Json,
    operation: &Operation,
    template: &Template,
) -> Vec<(Variation, Json, bool)> {
    let schema = model.schemas.get(spot.schema);
    let label = &spot.label;
    let mut list: Vec<(Variation, Json, bool)> = Vec::new();
    let leaf = !spot.path.is_empty();
    if leaf && spot.required && schema.default.is_none() && matches!(spot.path.last(), Some(Step::Key(_))) {
        let reason = format!("required property `{label}` left out");
        list.push((Variation { kind: Kind::Missing, name: format!("without {label}"), reason, value: Json::Null }, put(None), false));
    }
    // In a form everything is text, so only what is wrong as text is wrong.
    for variation in invalid::variations(&model.schemas, spot.schema, label, &spot.value, spot.required) {
        if !is_form || (schema.types.single() == Some("string") && matches!(variation.value, Json::Text(_))) {
            let whole = put(Some(variation.value.clone()));
            list.push((variation, whole, false));
        }
    }
    let name = spot.path.last().map_or("", |step| if let Step::Key(key) = step { key } else { "" });
    let refers = references::is_reference(name) || matches!(spot.value, Json::Made(_));
    if leaf && !refers && (!is_form || matches!(spot.value, Json::Text(_))) {
        if !spot.required
            && value_of(&template.request.payload).is_some_and(|base| lookup(base, &spot.path).is_none())
            && spot.path.len() == 1
        {
            let base = value_of(&template.request.payload).cloned().unwrap_or_default();
            let reason = format!("optional property `{label}` given");
            let variation = Variation { kind: Kind::Optional, name: format!("with {label}"), reason, value: spot.value.clone() };
            list.push((variation, base.with(&spot.path, Some(spot.value.clone())), true));
        }
        for variation in valid::variations(&model.schemas, spot.schema, label, &spot.value) {
            // What goes with this value, the example's author knows; alone it may not make sense to the server.
            if variation.kind == Kind::EnumValue
                && examples_of(template::content(operation)).any(|example| lookup(example, &spot.path) == Some(&variation.value))
            {
                continue;
            }
            let whole = put(Some(variation.value.clone()));
            list.push((variation, whole, true));
        }
    } else if !leaf && !is_form {
        for variation in valid::variations(&model.schemas, spot.schema, invalid::ROOT, &spot.value) {
            let whole = variation.value.clone();
            list.push((variation, whole, true));
        }
    }
    // The whole decides: an alternative elsewhere may make a wrong part right, or a right part wrong.
    list.retain(|(_, whole, valid)| {
        let verdict = conforms::check(&model.schemas, root, whole);
        if *valid { verdict != Verdict::Invalid } else { verdict == Verdict::Invalid }
    });
    list
}

fn lookup<'a>(value: &'a Json, path: &[Step]) -> Option<&'a Json> {
    path.iter().try_fold(value, |value, step| match (step, value) {
        (Step::Key(key), Json::Map(map)) => map.get(key),
        (Step::Index(index), Json::List(items)) => items.get(*index),
        _ => None,
    })
}

/// The places of a value, outermost first, each once.
fn collect(model: &Model, schema: SchemaId, value: &Json, path: &mut Vec<Step>, label: &str, required: bool, spots: &mut Vec<Spot>) {
    if spots.len() >= MAX_PLACES || path.len() > MAX_DEPTH {
        return;
    }
    if !spots.iter().any(|spot| spot.path == *path) {
        let label = if label.is_empty() { invalid::ROOT.to_owned() } else { label.to_owned() };
        spots.push(Spot { path: path.clone(), schema, label, required, value: value.clone() });
    }
    match value {
        Json::Map(map) => {
            for (name, part) in map {
                let Some((id, required)) = property(model, schema, name, value) else { continue };
                path.push(Step::Key(name.clone()));
                let label = if label.is_empty() { name.clone() } else { format!("{label}.{name}") };
                collect(model, id, part, path, &label, required, spots);
                path.pop();
            }
        }
        Json::List(items) => {
            if let (Some(item), Some(id)) = (items.first(), model.schemas.get(schema).items) {
                path.push(Step::Index(0));
                let label = if label.is_empty() { "first item".to_owned() } else { format!("{label}[0]") };
                collect(model, id, item, path, &label, false, spots);
                path.pop();
            }
        }
        _ => {}
    }
}

/// A property's schema, also where it stands in the alternative that the value belongs to.
fn property(model: &Model, schema: SchemaId, name: &str, value: &Json) -> Option<(SchemaId, bool)> {
    let schema = model.schemas.get(schema);
    if let Some(id) = schema.properties.get(name) {
        return Some((*id, schema.required.contains(name)));
    }
    schema.choices.iter().flat_map(|choice| &choice.branches).take(20).find_map(|branch| {
        let fits = conforms::check(&model.schemas, *branch, value) != Verdict::Invalid;
        let branch = model.schemas.get(*branch);
        branch.properties.get(name).filter(|_| fits).map(|id| (*id, branch.required.contains(name)))
    })
}

/// The body in another documented JSON media type.
pub fn media_types(operation: &Operation, template: &Template, push: &mut dyn FnMut(Case)) {
    let Payload::Json { media_type: first, value } = &template.request.payload else { return };
    for content in
        operation.body.iter().flat_map(|body| &body.contents).filter(|content| content.is_json() && content.media_type != *first).take(3)
    {
        let payload = Payload::Json { media_type: content.media_type.clone(), value: value.clone() };
        let request: Request = template.with_payload(payload);
        let oracle = Oracle::Conforms { statuses: operation.successes(), needs: template.needs.clone() };
        let name = format!("as {}", names::words_of(&Json::from(content.media_type.as_str())));
        push(Case::new(Kind::MediaType, &name, format!("the body may be {}", content.media_type), request, oracle));
    }
}
