//! What a founding request asks for. Their documents name an upload, an address and a JSON body (`ProjectGenerationRequest`), but no field
//! names: the names that people would try are taken.
//!
//! - [`suite`]: an API description, or where it is
//! - [`project`]: a brief, a model, and the choices around it

mod project;
mod suite;

use axum::{body::to_bytes, extract::Request, http::header};
use serde_json::{Map, Value};

use super::super::{MAX_BODY_BYTES, upload};
use crate::protocol::{Kind, Problem, TaskInput};

/// A request's JSON object.
pub(super) struct Asked(Map<String, Value>);

impl Asked {
    pub(super) async fn read(request: Request) -> Result<Self, Problem> {
        let media_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !media_type.to_ascii_lowercase().starts_with("application/json") {
            return Err(Problem::new(
                415,
                "unsupported-media-type",
                "This content type is not understood",
                "Send JSON, as application/json. POST /api/generate takes a file too, as multipart/form-data.",
            ));
        }
        let body = to_bytes(request.into_body(), MAX_BODY_BYTES).await.map_err(|_| upload::too_large())?;
        let invalid = |detail| Problem::new(400, "invalid-json", "The body is not the JSON that is expected", detail);
        match serde_json::from_slice(&body).map_err(|error| invalid(error.to_string()))? {
            Value::Object(fields) => Ok(Self(fields)),
            _ => Err(invalid("The body is one JSON object.".into())),
        }
    }

    /// What a request of document 000 wants: a project, unless it brings an API description and nothing that a project would be made of.
    /// `kind` says which, where it is not to be left to that: with `"kind": "project"` the resources of a description become entities.
    ///
    /// # Errors
    /// It brings neither, or something of both.
    pub(super) fn task(&self) -> Result<TaskInput, Problem> {
        let kind = self.text("kind")?.map(|word| Kind::parse(word).filter(|kind| *kind != Kind::Prompt));
        let kind = kind.map(|kind| kind.ok_or_else(|| Problem::invalid("kind", "`kind` is project or test_suite."))).transpose()?;
        if kind == Some(Kind::Project) {
            return self.project().map(Box::new).map(TaskInput::Project);
        }
        match (self.suite()?, self.says_project()) {
            (Some(_), Some(field)) if kind.is_none() => {
                let detail = format!(
                    "`{field}` asks for a project, the API description beside it for a test suite: leave one of them out, or say which with `kind`."
                );
                Err(Problem::invalid(field, detail))
            }
            (Some(suite), _) => Ok(TaskInput::TestSuite(suite)),
            (None, _) if kind.is_some() => {
                Err(Problem::invalid("spec", "A test suite is made of an OpenAPI description: send it as `spec`, or its address as `url`."))
            }
            (None, _) => self.project().map(Box::new).map(TaskInput::Project),
        }
    }

    pub(super) fn text(&self, field: &str) -> Result<Option<&str>, Problem> {
        match self.0.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Problem::invalid(field, format!("`{field}` is text."))),
        }
    }
}
