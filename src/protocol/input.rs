//! What somebody asks for: the input of each kind of task.

use serde::{Deserialize, Serialize};

use super::{event::Kind, project::ProjectInput, prompt::PromptInput};

/// The body of `POST /api/v1/tasks`: `{"kind":"test_suite","description":"openapi: 3.1.0\n…"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TaskInput {
    TestSuite(TestSuiteInput),
    Prompt(PromptInput),
    Project(Box<ProjectInput>),
}

impl TaskInput {
    pub const fn kind(&self) -> Kind {
        match self {
            Self::TestSuite(_) => Kind::TestSuite,
            Self::Prompt(_) => Kind::Prompt,
            Self::Project(_) => Kind::Project,
        }
    }
}

/// An API description, as text or as an address to fetch it from: exactly one of the two.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestSuiteInput {
    /// File name shown to people, for example `openapi.yaml`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The OpenAPI or Swagger document itself, JSON or YAML, at most 16 MiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `http(s)` address of the document. Fetched once, before the task is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// Upper bound of a description, uploaded, pasted or fetched.
pub const MAX_DESCRIPTION_BYTES: usize = 16 * 1024 * 1024;

/// What an input is, in words for people, as found out before a task is made of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspected {
    /// `Test suite for Museum API`
    pub title: String,
    /// `museum.yaml · OpenAPI 3.1 · 8 operations`
    pub source: String,
}
