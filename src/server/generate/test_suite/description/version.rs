//! Which dialect a document is written in, or why it is none.

use super::fault::Fault;
use super::place::Place;
use crate::server::generate::test_suite::json::Json;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    Swagger2,
    OpenApi30,
    OpenApi31,
}

impl Version {
    pub const fn label(self) -> &'static str {
        match self {
            Self::Swagger2 => "Swagger 2.0",
            Self::OpenApi30 => "OpenAPI 3.0",
            Self::OpenApi31 => "OpenAPI 3.1",
        }
    }

    /// Whether keywords beside a schema's `$ref` count.
    pub fn siblings_count(self) -> bool {
        self == Self::OpenApi31
    }

    pub fn detect(root: &Place<'_>) -> Result<Self, Fault> {
        if !root.is_map() {
            return Err(Fault::at(
                String::new(),
                "an OpenAPI description is an object with `openapi` (or `swagger`), `info` and `paths`; this document is something else",
            ));
        }
        if root.node.get("asyncapi").is_some() {
            return Err(Fault::at(
                "/asyncapi".into(),
                "this is an AsyncAPI description; only OpenAPI (3.0, 3.1) and Swagger 2.0 can be used",
            ));
        }
        let (key, value) = match (root.node.get("openapi"), root.node.get("swagger")) {
            (Some(value), _) => ("openapi", value),
            (None, Some(value)) => ("swagger", value),
            (None, None) => {
                return Err(Fault::at(
                    String::new(),
                    "neither `openapi: 3.…` nor `swagger: \"2.0\"` stands at the top, so this does not seem to be an OpenAPI description",
                ));
            }
        };
        let text = match value {
            Json::Text(text) => text.clone(),
            Json::Number(number) => number.to_string(),
            _ => String::new(),
        };
        let is = |prefix: &str| text == prefix || text.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(['.', '-']));
        match key {
            "swagger" if is("2.0") || text == "2" => Ok(Self::Swagger2),
            "openapi" if is("3.0") => Ok(Self::OpenApi30),
            "openapi" if is("3.1") => Ok(Self::OpenApi31),
            _ => {
                let shown: String = text.chars().take(40).collect();
                Err(Fault::at(
                    format!("/{key}"),
                    format!("version `{shown}` is not known here; Swagger 2.0, OpenAPI 3.0 and OpenAPI 3.1 are"),
                ))
            }
        }
    }
}
