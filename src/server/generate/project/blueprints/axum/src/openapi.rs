//! /openapi.json: what the requests and answers say of themselves, put together.

use axum::http::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::fields::{Key, Rule};
use crate::problems::{FieldProblem, MEDIA_TYPE};
use crate::requests::Properties;
use crate::schemas::{Request, Shown, named};

/// The description of the API.
pub fn describe() -> Value {
    let mut document = Document::default();
    document.define_problems();
    document.health();
    crate::routes::describe(&mut document);
    let mut components = Map::new();
{% if accounts %}
    let bearer = json!({"bearer": {"type": "http", "scheme": "bearer"}});
    components.insert("securitySchemes".into(), bearer);
{% endif %}
    components.insert("schemas".into(), document.schemas.into());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": {{ project.name|rust }},
            "description": {{ project.description|rust }},
            "version": env!("CARGO_PKG_VERSION"),
        },
        "paths": document.paths,
        "components": components,
    })
}

/// The document as it grows.
#[derive(Default)]
pub struct Document {
    paths: Map<String, Value>,
    schemas: Map<String, Value>,
}

/// The names of a kind of thing that the API adds, lists, shows, replaces and removes.
#[derive(Debug)]
pub struct Resource {
    pub path: &'static str,
    pub one_path: &'static str,
    pub id: &'static str,
    pub snake: &'static str,
    pub many: &'static str,
    pub label: &'static str,
    pub labels: &'static str,
    pub one: &'static str,
}

/// One route.
#[derive(Debug)]
pub struct Operation<'a> {
    pub path: &'a str,
    pub method: &'a str,
    pub id: String,
    pub summary: String,
    pub about: String,
    pub tag: &'a str,
    pub parameters: Vec<Value>,
    pub body: Option<&'static str>,
    /// What a good answer is; none: it has no body.
    pub answer: Option<Value>,
    pub status: StatusCode,
    pub refusals: &'a [u16],
    pub is_open: bool,
}

impl Document {
    pub fn resource<I: Request, O: Shown, L: Shown, Q: Request>(&mut self, names: &Resource) {
        self.request::<I>();
        O::define(&mut self.schemas);
        L::define(&mut self.schemas);
        let Resource { path, one_path, id, snake, many, label, labels, one } = *names;
        let key = json!({"name": id, "in": "path", "required": true, "schema": Key.schema()});
        let operation = |path, method, verb: &str, about: String| Operation {
            path,
            method,
            id: format!("{verb}_{}", if verb == "list" { many } else { snake }),
            summary: capital(&format!("{verb} {}", if verb == "list" { labels } else { label })),
            about,
            tag: labels,
            parameters: vec![key.clone()],
            body: None,
            answer: Some(O::schema()),
            status: StatusCode::OK,
            refusals: &[404, 422],
            is_open: false,
        };
        self.add(Operation {
            parameters: parameters::<Q>(),
            answer: Some(L::schema()),
            refusals: &[422],
            ..operation(path, "get", "list", format!("Lists {labels}."))
        });
        self.add(Operation {
            parameters: Vec::new(),
            body: Some(I::NAME),
            status: StatusCode::CREATED,
            refusals: &[400, 409, 413, 422],
            ..operation(path, "post", "create", format!("Adds {one}."))
        });
        self.add(operation(one_path, "get", "read", format!("Shows {one}.")));
        let about = format!("Replaces {one}; what is left out is empty afterwards.");
        self.add(Operation {
            body: Some(I::NAME),
            refusals: &[400, 404, 409, 413, 422],
            ..operation(one_path, "put", "replace", about)
        });
        self.add(Operation {
            answer: None,
            status: StatusCode::NO_CONTENT,
            refusals: &[404, 409, 422],
            ..operation(one_path, "delete", "delete", format!("Removes {one}."))
        });
    }

    /// Describes a request by what it reads.
    pub fn request<T: Request>(&mut self) {
        let described = Describer::of::<T>(false);
        let required = described.required;
        let mut schema = json!({
            "type": "object",
            "description": T::ABOUT,
            "properties": described.properties,
            "additionalProperties": false,
        });
        if !required.is_empty() {
            schema["required"] = required.into();
        }
        self.schemas.insert(T::NAME.into(), schema);
    }

    pub fn answer<T: Shown>(&mut self) -> Value {
        T::define(&mut self.schemas);
        T::schema()
    }

    pub fn add(&mut self, operation: Operation<'_>) {
        let mut responses = Map::new();
        let mut good = json!({"description": phrase(operation.status)});
        if let Some(schema) = operation.answer {
            good["content"] = json!({"application/json": {"schema": schema}});
        }
        if operation.status == StatusCode::CREATED {
            good["headers"] = json!({"Location": {"schema": {"type": "string"}}});
        }
        responses.insert(operation.status.as_str().into(), good);
{% if accounts %}
        let mut refusals = operation.refusals.to_vec();
        if !operation.is_open {
            refusals.push(401);
            refusals.sort_unstable();
        }
{% else %}
        let refusals = operation.refusals.to_vec();
{% endif %}
        for status in refusals {
            let reason = StatusCode::from_u16(status).map(phrase).unwrap_or_default();
            let content = json!({MEDIA_TYPE: {"schema": named("Problem")}});
            let refusal = json!({"description": reason, "content": content});
            responses.insert(status.to_string(), refusal);
        }
        let mut described = json!({
            "tags": [operation.tag],
            "summary": operation.summary,
            "description": operation.about,
            "operationId": operation.id,
            "responses": responses,
        });
        if !operation.parameters.is_empty() {
            described["parameters"] = operation.parameters.into();
        }
        if let Some(name) = operation.body {
            let content = json!({"application/json": {"schema": named(name)}});
            described["requestBody"] = json!({"required": true, "content": content});
        }
{% if accounts %}
        if !operation.is_open {
            described["security"] = json!([{"bearer": []}]);
        }
{% endif %}
        let path = self.paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method] = described;
    }

    fn health(&mut self) {
        let status = json!({"type": "string", "const": "ok"});
        let schema = crate::schemas::object("It is well.", [("status", status, "")]);
        self.add(Operation {
            path: "/healthz",
            method: "get",
            id: "check_health".into(),
            summary: "Check health".into(),
            about: "Says that the application runs and reaches its database.".into(),
            tag: "health",
            parameters: Vec::new(),
            body: None,
            answer: Some(schema),
            status: StatusCode::OK,
            refusals: &[],
            is_open: true,
        });
    }

    fn define_problems(&mut self) {
        let text = json!({"type": "string"});
        let status = json!({"type": "integer"});
        let errors = <Vec<FieldProblem>>::schema();
        let about = "Why a request was refused, as RFC 9457 has it.";
        let properties = [
            ("type", text.clone(), ""),
            ("title", text.clone(), ""),
            ("status", status, ""),
            ("detail", text, ""),
            ("errors", errors, ""),
        ];
        self.schemas.insert("Problem".into(), crate::schemas::object(about, properties));
        FieldProblem::define(&mut self.schemas);
    }
}

fn phrase(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or_default()
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The parameters of a list.
fn parameters<T: Request>() -> Vec<Value> {
    let described = Describer::of::<T>(true);
    let parameter = |(name, mut schema): (String, Value)| {
        let about = schema.as_object_mut().and_then(|schema| schema.remove("description"));
        let mut parameter = json!({"name": name, "in": "query", "required": false});
        if let Some(about) = about {
            parameter["description"] = about;
        }
        parameter["schema"] = schema;
        parameter
    };
    described.properties.into_iter().map(parameter).collect()
}

/// Writes down what a request reads.
#[derive(Default)]
struct Describer {
    properties: Map<String, Value>,
    required: Vec<&'static str>,
    /// Nothing in an address is null.
    is_text: bool,
    last: &'static str,
}

impl Describer {
    fn of<T: Request>(is_text: bool) -> Self {
        let mut describer = Self { is_text, ..Self::default() };
        // There is nothing to make a request of.
        let _ = T::read(&mut describer);
        describer
    }

    fn put(&mut self, name: &'static str, schema: Value) {
        self.last = name;
        self.properties.insert(name.into(), schema);
    }

    fn say(&mut self, key: &str, value: Value) {
        if let Some(schema) = self.properties.get_mut(self.last) {
            schema[key] = value;
        }
    }
}

impl Properties for Describer {
    fn required<R: Rule>(&mut self, name: &'static str, rule: &R) -> Option<R::Value> {
        self.put(name, rule.schema());
        self.required.push(name);
        None
    }

    fn optional<R: Rule>(&mut self, name: &'static str, rule: &R) -> Option<Option<R::Value>> {
        let mut schema = rule.schema();
        if !self.is_text {
            schema = json!({"anyOf": [schema, {"type": "null"}]});
        }
        self.put(name, schema);
        None
    }

    fn or_else<R>(&mut self, name: &'static str, rule: &R, value: R::Value) -> Option<R::Value>
    where
        R: Rule,
        R::Value: Serialize,
    {
        self.put(name, rule.schema());
        self.say("default", json!(value));
        None
    }

    fn about(&mut self, text: &str) {
        self.say("description", text.into());
    }

    fn example(&mut self, value: impl Into<Value>) {
        let examples = json!([value.into()]);
        // Whoever looks at one alternative alone finds it there.
        let property = self.properties.get_mut(self.last);
        if let Some(value) = property.and_then(|property| property.pointer_mut("/anyOf/0")) {
            value["examples"] = examples.clone();
        }
        self.say("examples", examples);
    }

    fn refers_to(&mut self, path: &str, shown_as: &str) {
        self.say("x-refers-to", path.into());
        self.say("x-shown-as", shown_as.into());
    }
}
