//! `contract.json`: what the suite knows about answers, as JSON Schema 2020-12.
//!
//! On purpose more lenient than the description where a strict reading would fail correct servers: `oneOf` is
//! checked as `anyOf`, `writeOnly` properties are not demanded, what has no model is not checked.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Map, Value, json};

use crate::server::generate::test_suite::cases::is_portable;
use crate::server::generate::test_suite::model::{In, Model, Response, SecurityScheme, is_json};
use crate::server::generate::test_suite::schema::{Additional, Schema, SchemaId};

/// The contract of all operations.
pub fn contract(model: &Model) -> Value {
    let mut writer = Writer { model, names: BTreeMap::new(), taken: std::collections::HashSet::new(), waiting: VecDeque::new() };
    let operations: Map<String, Value> = model
        .operations
        .iter()
        .map(|operation| {
            let responses: Map<String, Value> =
                operation.responses.iter().map(|response| (response.status.clone(), writer.response(response))).collect();
            let body = json!({
                "method": operation.method,
                "path": operation.path,
                "secured": operation.needs_credentials(),
                "responses": responses,
            });
            (operation.key.clone(), body)
        })
        .collect();
    let mut defs = Map::new();
    while let Some(id) = writer.waiting.pop_front() {
        let name = writer.name(id);
        let schema = writer.schema(id);
        defs.insert(name, schema);
    }
    json!({
        "title": model.title,
        "dialect": model.dialect,
        "server": model.servers.first().map(String::as_str).unwrap_or_default(),
        "security": model.security_schemes.iter().map(|(name, scheme)| (name.clone(), security(scheme))).collect::<Map<_, _>>(),
        "operations": operations,
        "$defs": defs,
    })
}

fn security(scheme: &SecurityScheme) -> Value {
    match scheme {
        SecurityScheme::Bearer => json!({"kind": "bearer"}),
        SecurityScheme::Basic => json!({"kind": "basic"}),
        SecurityScheme::ApiKey { place, name } => {
            json!({"kind": "key", "in": if *place == In::Path { "header" } else { place.as_str() }, "name": name})
        }
        SecurityScheme::Other(what) => json!({"kind": "other", "what": what}),
    }
}

struct Writer<'a> {
    model: &'a Model,
    names: BTreeMap<SchemaId, String>,
    taken: std::collections::HashSet<String>,
    waiting: VecDeque<SchemaId>,
}

impl Writer<'_> {
    fn response(&mut self, response: &Response) -> Value {
        let mut value = Map::new();
        if !response.contents.is_empty() {
            let content: Map<String, Value> = response
                .contents
                .iter()
                .map(|content| {
                    // Only JSON can be checked against a schema; of the rest, the media type is.
                    let schema =
                        content.schema.filter(|_| is_json(&content.media_type) || content.media_type == "*/*").map(|id| self.reference(id));
                    (content.media_type.clone(), schema.unwrap_or_else(|| json!({})))
                })
                .collect();
            value.insert("content".into(), Value::Object(content));
        }
        let headers: Vec<&str> = response.headers.iter().filter(|header| header.required).map(|header| header.name.as_str()).collect();
        if !headers.is_empty() {
            value.insert("headers".into(), json!(headers));
        }
        Value::Object(value)
    }

    fn name(&mut self, id: SchemaId) -> String {
        if let Some(name) = self.names.get(&id) {
            return name.clone();
        }
        let given = self.model.schemas.written(id).and_then(|schema| schema.name.clone());
        let given: String = given
            .unwrap_or_default()
            .chars()
            .take(120)
            .map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' })
            .collect();
        let name = if given.is_empty() || !self.taken.insert(given.clone()) { format!("schema{}", id.0) } else { given };
        self.taken.insert(name.clone());
        self.names.insert(id, name.clone());
        self.waiting.push_back(id);
        name
    }

    fn reference(&mut self, id: SchemaId) -> Value {
        json!({"$ref": format!("#/$defs/{}", self.name(id))})
    }

    /// Named schemas become references, small nameless ones stay where they are.
    fn inline(&mut self, id: SchemaId) -> Value {
        let written = self.model.schemas.written(id);
        let small = written.is_some_and(|schema| {
            schema.name.is_none()
                && schema.items.is_none()
                && schema.properties.is_empty()
                && schema.all_of.is_empty()
                && schema.choices.is_empty()
                && !matches!(schema.additional, Additional::Typed(_))
        });
        if small && !self.names.contains_key(&id) { self.schema(id) } else { self.reference(id) }
    }

    fn schema(&mut self, id: SchemaId) -> Value {
        let Some(schema) = self.model.schemas.written(id).cloned() else { return json!({}) };
        let mut out = Map::new();
        if schema.never {
            out.insert("not".into(), json!({}));
        }
        scalars(&schema, &mut out);
        if let Some(items) = schema.items {
            out.insert("items".into(), self.inline(items));
        }
        if !schema.properties.is_empty() {
            let properties: Map<String, Value> = schema.properties.iter().map(|(name, id)| (name.clone(), self.inline(*id))).collect();
            out.insert("properties".into(), Value::Object(properties));
        }
        let demanded: Vec<&String> = schema
            .required
            .iter()
            .filter(|name| !schema.properties.get(*name).is_some_and(|id| self.model.schemas.get(*id).write_only))
            .collect();
        if !demanded.is_empty() {
            out.insert("required".into(), json!(demanded));
        }
        // Beside keywords without a model, "nothing else" might forbid what they allow.
        match schema.additional {
            Additional::Forbidden if schema.unmodelled.is_empty() && schema.all_of.is_empty() && schema.choices.is_empty() => {
                out.insert("additionalProperties".into(), false.into());
            }
            Additional::Typed(id) if schema.unmodelled.is_empty() && schema.all_of.is_empty() && schema.choices.is_empty() => {
                let additional = self.inline(id);
                out.insert("additionalProperties".into(), additional);
            }
            _ => {}
        }
        if !schema.all_of.is_empty() {
            let members: Vec<Value> = schema.all_of.iter().map(|id| self.member(*id)).collect();
            out.insert("allOf".into(), Value::Array(members));
        }
        let choices: Vec<Value> = schema
            .choices
            .iter()
            .map(|choice| {
                let branches: Vec<Value> = choice.branches.iter().map(|id| self.inline(*id)).collect();
                json!({"anyOf": branches})
            })
            .collect();
        match choices.as_slice() {
            [] => {}
            [only] => out.extend(only.as_object().cloned().unwrap_or_default()),
            _ => {
                let all = out.entry("allOf").or_insert_with(|| json!([]));
                if let Value::Array(all) = all {
                    all.extend(choices);
                }
            }
        }
        Value::Object(out)
    }

    /// A member of `allOf`; "nothing else" in it would forbid its neighbours' properties.
    fn member(&mut self, id: SchemaId) -> Value {
        if self.model.schemas.written(id).is_some_and(|schema| schema.additional == Additional::Forbidden && schema.all_of.is_empty()) {
            let mut value = self.schema(id);
            if let Value::Object(map) = &mut value {
                map.remove("additionalProperties");
            }
            return value;
        }
        self.inline(id)
    }
}

fn scalars(schema: &Schema, out: &mut Map<String, Value>) {
    let types: Vec<&str> = schema.types.names().collect();
    match types.as_slice() {
        [] => {}
        [only] => drop(out.insert("type".into(), json!(only))),
        several => drop(out.insert("type".into(), json!(several))),
    }
    if let Some(values) = &schema.values {
        let mut values: Vec<Value> = values.iter().map(crate::server::generate::test_suite::json::Json::to_value).collect();
        if schema.types.has("null") && !values.contains(&Value::Null) {
            values.push(Value::Null);
        }
        out.insert("enum".into(), Value::Array(values));
    }
    for (key, size) in [
        ("minLength", schema.min_length),
        ("maxLength", schema.max_length),
        ("minItems", schema.min_items),
        ("maxItems", schema.max_items),
        ("minProperties", schema.min_properties),
        ("maxProperties", schema.max_properties),
    ] {
        if let Some(size) = size {
            out.insert(key.into(), size.into());
        }
    }
    for (key, exclusive, bound) in [("minimum", "exclusiveMinimum", &schema.minimum), ("maximum", "exclusiveMaximum", &schema.maximum)] {
        if let Some(bound) = bound {
            out.insert(if bound.exclusive { exclusive } else { key }.into(), Value::Number(bound.value.clone()));
        }
    }
    if let Some(step) = &schema.multiple_of {
        out.insert("multipleOf".into(), Value::Number(step.clone()));
    }
    if schema.unique_items {
        out.insert("uniqueItems".into(), true.into());
    }
    // Formats that jsonschema checks without further packages and that servers mean.
    if let Some(format) =
        schema.format.as_deref().filter(|format| matches!(*format, "date" | "uuid" | "ipv4" | "ipv6" | "date-time" | "email"))
    {
        out.insert("format".into(), format.into());
    }
    if let Some(pattern) = schema.pattern.as_deref().filter(|pattern| is_portable(pattern)) {
        out.insert("pattern".into(), pattern.into());
    }
}
