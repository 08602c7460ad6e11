//! Parameters: how values become text, and the cases that change one of them.
//!
//! What matters here is that a wrong value is still wrong once it is text: "5" in a query is a number, and a
//! list of one is the same as its item.

use super::conforms::{self, Verdict};
use super::template::{Template, is_reserved, parameter_value};
use super::{Case, Kind, Oracle, PathPart, Request, invalid, names, references, valid};
use crate::server::generate::test_suite::json::Json;
use crate::server::generate::test_suite::model::{In, Model, Operation, Parameter, Style};
use crate::server::generate::test_suite::schema::{SchemaId, Schemas};

/// Writes the value into the request; `None` for styles without a writer.
pub fn put(request: &mut Request, parameter: &Parameter, value: &Json) -> Option<()> {
    let name = parameter.name.clone();
    if parameter.as_json {
        let text = Json::Text(value.to_value().to_string());
        match parameter.place {
            In::Query => request.query.push((name, text)),
            In::Header => request.headers.push((name, text)),
            In::Cookie => request.cookies.push((name, text)),
            In::Path => return None,
        }
        return Some(());
    }
    match (parameter.place, parameter.style) {
        (_, Style::Other) | (In::Path, _) => return None,
        (In::Query, Style::Deep) => {
            let Json::Map(map) = value else { return None };
            for (key, part) in map {
                if matches!(part, Json::Map(_)) {
                    return None;
                }
                request.query.push((format!("{name}[{key}]"), part.clone()));
            }
        }
        (In::Query, style) => match value {
            Json::List(items) if items.iter().any(|item| matches!(item, Json::List(_) | Json::Map(_))) => return None,
            Json::List(items) if !parameter.explode => {
                let separator = match style {
                    Style::Space => " ",
                    Style::Pipe => "|",
                    _ => ",",
                };
                request.query.push((name, Json::Text(items.iter().map(text).collect::<Vec<_>>().join(separator))));
            }
            Json::Map(map) if parameter.explode => {
                if map.values().any(|part| matches!(part, Json::Map(_) | Json::List(_))) {
                    return None;
                }
                request.query.extend(map.iter().map(|(key, part)| (key.clone(), part.clone())));
            }
            Json::Map(_) => return None,
            other => request.query.push((name, other.clone())),
        },
        (place, _) => {
            let text = match value {
                Json::List(items) => items.iter().map(text).collect::<Vec<_>>().join(","),
                Json::Map(_) => return None,
                other => text(other),
            };
            // Header values are visible ASCII; anything else is refused by clients before it is sent.
            if !text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) || text.trim() != text {
                return None;
            }
            let list = if place == In::Header { &mut request.headers } else { &mut request.cookies };
            list.push((name, Json::Text(text)));
        }
    }
    Some(())
}

/// A scalar as it stands in an address or header.
pub fn text(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::Text(text) => text.clone(),
        other => other.to_value().to_string(),
    }
}

fn without(request: &Request, parameter: &Parameter) -> Request {
    let mut request = request.clone();
    let list = match parameter.place {
        In::Query => &mut request.query,
        In::Header => &mut request.headers,
        In::Cookie => &mut request.cookies,
        In::Path => return request,
    };
    let deep = format!("{}[", parameter.name);
    list.retain(|(name, _)| *name != parameter.name && !name.starts_with(&deep));
    request
}

/// Cases that change one parameter outside of the path.
pub fn cases(model: &Model, operation: &Operation, template: &Template, push: &mut dyn FnMut(Case)) {
    for parameter in operation.parameters.iter().filter(|parameter| parameter.place != In::Path && !is_reserved(parameter)) {
        let label = &parameter.name;
        let Ok(value) = parameter_value(model, parameter) else { continue };
        let base = without(&template.request, parameter);
        let with = |value: &Json| {
            let mut request = base.clone();
            put(&mut request, parameter, value).map(|()| request)
        };
        let fits = |needs: Option<String>| Oracle::Conforms { statuses: operation.successes(), needs };
        let unknowable = references::is_reference(label) || references::is_opaque(label);
        if parameter.required {
            let schema = model.schemas.get(parameter.schema);
            if schema.default.is_none() && (parameter.place != In::Cookie) {
                let reason = format!("required {} parameter `{label}` left out", parameter.place.as_str());
                push(Case::new(Kind::Missing, &format!("without {label}"), reason, base.clone(), Oracle::Refuses));
            }
        } else if let Some(request) = with(&value) {
            let reason = format!("optional {} parameter `{label}` given", parameter.place.as_str());
            let mut case = Case::new(Kind::Optional, &format!("with {label}"), reason, request, fits(template.needs.clone()));
            if unknowable {
                case.skip = Some(format!("a value for `{label}` must come from the server's own data"));
            }
            push(case);
        }
        for variation in invalid::variations(&model.schemas, parameter.schema, label, &value, false) {
            if is_only_text(model, parameter, &variation) {
                continue;
            }
            if !may_be_valid_as_text(&model.schemas, parameter.schema, &variation.value)
                && let Some(request) = with(&variation.value)
            {
                push(Case::new(variation.kind, &variation.name, variation.reason, request, Oracle::Refuses));
            }
        }
        list_items(model, parameter, &with, push);
        if unknowable {
            continue;
        }
        for variation in valid::variations(&model.schemas, parameter.schema, label, &value) {
            // An empty text and null look the same in an address, and as if nothing were there.
            let visible =
                !matches!(variation.value, Json::Null) && variation.value != Json::from("") && variation.value != Json::List(Vec::new());
            if visible && let Some(request) = with(&variation.value) {
                push(Case::new(variation.kind, &variation.name, variation.reason, request, fits(template.needs.clone())));
            }
        }
    }
}

/// Cases with one wrong item in a list.
fn list_items(model: &Model, parameter: &Parameter, with: &dyn Fn(&Json) -> Option<Request>, push: &mut dyn FnMut(Case)) {
    let Some(items) = model.schemas.get(parameter.schema).items else { return };
    let Ok(item) = super::sample::sample(&model.schemas, items, super::sample::Fill::Required, None) else { return };
    for variation in invalid::variations(&model.schemas, items, &format!("{} item", parameter.name), &item, false) {
        let list = Json::List(vec![variation.value]);
        let text_only = variation.kind == Kind::WrongType && model.schemas.get(items).types.single() == Some("string");
        if !text_only
            && !may_be_valid_as_text(&model.schemas, parameter.schema, &list)
            && conforms::check(&model.schemas, parameter.schema, &list) == Verdict::Invalid
            && let Some(request) = with(&list)
        {
            push(Case::new(variation.kind, &variation.name, variation.reason, request, Oracle::Refuses));
        }
    }
}

/// Cases that put a value of the wrong type or form into the path.
pub fn path_cases(model: &Model, operation: &Operation, template: &Template, push: &mut dyn FnMut(Case)) {
    for parameter in operation.parameters.iter().filter(|parameter| parameter.place == In::Path && parameter.style == Style::Plain) {
        let Ok(value) = parameter_value(model, parameter) else { continue };
        let label = &parameter.name;
        for variation in invalid::variations(&model.schemas, parameter.schema, label, &value, false) {
            let suitable = !is_only_text(model, parameter, &variation)
                && super::template::fits_path(&variation.value)
                && !may_be_valid_as_text(&model.schemas, parameter.schema, &variation.value);
            if suitable && let Some(request) = in_path(operation, template, label, variation.value) {
                push(Case::new(variation.kind, &variation.name, variation.reason, request, Oracle::Refuses));
            }
        }
    }
}

/// A text has no wrong type once it is in an address; its format and pattern have cases of their own.
fn is_only_text(model: &Model, parameter: &Parameter, variation: &valid::Variation) -> bool {
    variation.kind == Kind::WrongType && matches!(model.schemas.get(parameter.schema).types.single(), Some("string" | "array"))
}

/// The template's request with another value for one of the path's parameters.
pub fn in_path(operation: &Operation, template: &Template, name: &str, value: Json) -> Option<Request> {
    let at = crate::server::generate::test_suite::model::path_parameters(&operation.path).iter().position(|known| known == name)?;
    let mut request = template.request.clone();
    let part = request.path.iter_mut().filter(|part| matches!(part, PathPart::Value(_))).nth(at)?;
    *part = PathPart::Value(value);
    Some(request)
}

/// Whether the value, once it is text, can be read as something that conforms.
fn may_be_valid_as_text(schemas: &Schemas, id: SchemaId, value: &Json) -> bool {
    let readings = |value: &Json| -> Vec<Json> {
        let text = text(value);
        let mut readings = vec![Json::Text(text.clone())];
        if let Ok(number) = text.parse::<i64>() {
            readings.push(Json::from(number));
        } else if let Ok(number) = text.parse::<f64>()
            && number.is_finite()
        {
            readings.push(Json::from(number));
        }
        match text.to_ascii_lowercase().as_str() {
            "true" | "1" => readings.push(Json::Bool(true)),
            "false" | "0" => readings.push(Json::Bool(false)),
            "" | "null" => readings.push(Json::Null),
            _ => {}
        }
        readings
    };
    let passes = |value: &Json| conforms::check(schemas, id, value) != Verdict::Invalid;
    match value {
        Json::Map(_) => true,
        Json::List(items) => {
            // No item is no parameter at all, and one item may be read as itself.
            if items.is_empty() || passes(value) {
                return true;
            }
            let texts: Vec<Json> = items.iter().map(|item| Json::Text(text(item))).collect();
            passes(&Json::List(texts)) || (items.len() == 1 && readings(&items[0]).iter().any(passes))
        }
        _ => readings(value).iter().any(|reading| {
            passes(reading) || passes(&Json::List(vec![reading.clone()])) || comma_list(reading).is_some_and(|list| passes(&list))
        }),
    }
}

fn comma_list(value: &Json) -> Option<Json> {
    let text = value.text()?;
    text.contains(',').then(|| Json::List(text.split(',').map(Json::from).collect()))
}

impl Case {
    /// A case without id and operation yet; the plan fills them in.
    pub(super) fn new(kind: Kind, name: &str, reason: String, request: Request, oracle: Oracle) -> Self {
        Self {
            id: String::new(),
            operation: 0,
            kind,
            name: names::snake(name),
            reason,
            request,
            oracle,
            before: Vec::new(),
            subject: None,
            skip: None,
        }
    }
}
