//! What a description says, whichever version it is written in: resolved, cycle-safe, ready to make cases of.
//!
//! Produced by `description/`, read by `cases/` and `emit/`. Holds no knowledge about testing.

use super::description::fault::Note;
use super::json::Json;
use super::schema::{SchemaId, Schemas};

#[derive(Clone, Debug, Default)]
pub struct Model {
    /// `OpenAPI 3.1`, `Swagger 2.0`
    pub dialect: String,
    pub title: String,
    pub api_version: String,
    pub servers: Vec<String>,
    pub tags: Vec<Tag>,
    pub operations: Vec<Operation>,
    pub schemas: Schemas,
    pub security_schemes: Vec<(String, SecurityScheme)>,
    pub notes: Vec<Note>,
}

#[derive(Clone, Debug, Default)]
pub struct Tag {
    pub name: String,
    pub description: String,
}

#[derive(Clone, Debug)]
pub struct Operation {
    /// `operationId`, or `GET /pets`; unique within the model.
    pub key: String,
    pub has_operation_id: bool,
    /// Upper case.
    pub method: String,
    pub path: String,
    pub summary: String,
    /// The first tag; empty without one.
    pub tag: String,
    pub parameters: Vec<Parameter>,
    pub body: Option<Body>,
    pub responses: Vec<Response>,
    /// Alternatives, each a set of scheme names; empty, or one empty alternative: free for everyone.
    pub security: Vec<Vec<String>>,
    /// What its answers say where to go on with.
    pub links: Vec<Link>,
    /// The operation has a server of its own, so the base URL does not lead to it.
    pub own_server: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum In {
    Path,
    Query,
    Header,
    Cookie,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `form` in query and cookie, `simple` in path and header: comma-separated unless exploded.
    Plain,
    Space,
    Pipe,
    Deep,
    /// `label` and `matrix`, which no case is made for.
    Other,
}

#[derive(Clone, Debug)]
pub struct Parameter {
    pub name: String,
    pub place: In,
    pub required: bool,
    pub schema: SchemaId,
    pub style: Style,
    pub explode: bool,
    /// Described by `content`: the value travels as JSON text.
    pub as_json: bool,
    pub examples: Vec<Json>,
}

#[derive(Clone, Debug, Default)]
pub struct Body {
    pub required: bool,
    pub contents: Vec<Content>,
}

#[derive(Clone, Debug)]
pub struct Content {
    pub media_type: String,
    pub schema: Option<SchemaId>,
    /// Name and value.
    pub examples: Vec<(String, Json)>,
}

#[derive(Clone, Debug)]
pub struct Response {
    /// `200`, `4XX` or `default`.
    pub status: String,
    pub contents: Vec<Content>,
    pub headers: Vec<Header>,
}

/// A property of a successful answer that another operation takes as its path parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub property: String,
    /// That operation's `operationId`.
    pub operation: String,
    pub parameter: String,
}

#[derive(Clone, Debug)]
pub struct Header {
    pub name: String,
    pub required: bool,
    pub schema: SchemaId,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecurityScheme {
    Bearer,
    Basic,
    ApiKey {
        place: In,
        name: String,
    },
    /// Something that a test cannot send by itself (mutual TLS, digest, …).
    Other(String),
}

impl In {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }
}

impl Operation {
    /// `GET /pets`
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub fn needs_credentials(&self) -> bool {
        !self.security.is_empty() && self.security.iter().all(|alternative| !alternative.is_empty())
    }

    pub fn response(&self, status: &str) -> Option<&Response> {
        self.responses.iter().find(|response| response.status == status)
    }

    /// Documented statuses that mean success: 2xx and 3xx codes, in order.
    pub fn successes(&self) -> Vec<u16> {
        let mut codes: Vec<u16> =
            self.responses.iter().filter_map(|response| response.status.parse().ok()).filter(|code| (200..400).contains(code)).collect();
        codes.sort_unstable();
        codes
    }

    /// The documented answer is another protocol (a WebSocket).
    pub fn is_upgrade(&self) -> bool {
        self.successes().is_empty() && self.responses.iter().any(|response| response.status == "101")
    }

    pub fn path_parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.place == In::Path && parameter.name == name)
    }
}

impl Content {
    pub fn is_json(&self) -> bool {
        is_json(&self.media_type)
    }
}

pub fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || essence == "text/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// The names in `{…}` of a path template, in order, each once.
pub fn path_parameters(path: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for part in path.split('{').skip(1) {
        if let Some((name, _)) = part.split_once('}')
            && !name.is_empty()
            && !names.iter().any(|known| known == name)
        {
            names.push(name.to_owned());
        }
    }
    names
}
