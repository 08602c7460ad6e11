//! Reads an input from a request: JSON, a multipart form with a file, or a plain form.

use axum::body::to_bytes;
use axum::{
    extract::{FromRequest, Multipart, Request, multipart::Field},
    http::{HeaderMap, header},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use utoipa::IntoParams;

use super::{MAX_BODY_BYTES, project_form::ProjectForm};
use crate::{
    protocol::{
        Kind, Problem, PromptInput, TaskInput, TestSuiteInput, input::MAX_DESCRIPTION_BYTES, project::ProjectInput,
        prompt::MAX_PROMPT_BYTES,
    },
    server::{generate::project::model::json, state::AppState, tasks::MAX_KEY_CHARS},
};

/// Longest text of a field that is no description.
const MAX_FIELD_BYTES: usize = 4 * 1024;

/// The header of requests that start something.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "read from the headers, so that what is wrong can be named")]
pub(super) struct IdempotencyKey {
    /// Names this request: sent again with the same key and body it starts nothing new.
    #[param(rename = "Idempotency-Key", min_length = 1, max_length = 200, pattern = "^[!-~]+$", nullable = false)]
    idempotency_key: Option<String>,
}

/// What a form said, as it was said: shown again when something is wrong with it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Form {
    pub description: Option<String>,
    /// Name and text.
    #[serde(skip)]
    pub file: Option<(String, String)>,
    pub url: Option<String>,
    pub prompt: Option<String>,
    /// The task of which a prompt is the next version.
    pub from: Option<String>,
    #[serde(flatten)]
    pub project: ProjectForm,
    pub sample: Option<String>,
    pub idempotency_key: Option<String>,
    /// Where the form's address does not say it.
    #[serde(skip)]
    kind: Option<String>,
    /// What there is of a project, as a body of JSON would have it.
    #[serde(skip)]
    project_body: Map<String, Value>,
}

/// More than a prompt may have, so that one that is too long is shown again with what is wrong.
const MAX_FORM_PROMPT_BYTES: usize = 4 * MAX_PROMPT_BYTES;

/// A brief or a model with room for what is said to be too much of it.
const MAX_PROJECT_FIELD_BYTES: usize = 1024 * 1024;

pub(super) struct Upload {
    pub input: TaskInput,
    pub idempotency_key: Option<String>,
}

pub(super) async fn read(request: Request, state: &AppState) -> Result<Upload, Problem> {
    let media_type =
        request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    if media_type.starts_with("multipart/form-data") {
        let form = read_form(request, state).await?;
        let idempotency_key = form.idempotency_key.clone();
        return Ok(Upload { input: form.asked()?, idempotency_key });
    }
    if !media_type.starts_with("application/json") {
        return Err(Problem::new(
            415,
            "unsupported-media-type",
            "This content type is not understood",
            "Send application/json or multipart/form-data.",
        ));
    }
    let body = to_bytes(request.into_body(), MAX_BODY_BYTES).await.map_err(|_| too_large())?;
    let input = serde_json::from_slice(&body).map_err(|error| project_fault(&body).unwrap_or_else(|| not_expected(&error)))?;
    Ok(Upload { input, idempotency_key: None })
}

/// What a project's body has wrong, by entity and field: the whole input's error only knows lines.
fn project_fault(body: &[u8]) -> Option<Problem> {
    let mut body: Value = serde_json::from_slice(body).ok()?;
    let kind = body.as_object_mut()?.remove("kind")?;
    (kind == Kind::Project.as_str()).then(|| json::read::<ProjectInput>(&body, "").err())?
}

/// One object of JSON, in which what does not fit is named by its place.
pub(super) async fn read_json<T: DeserializeOwned>(request: Request) -> Result<T, Problem> {
    let media_type = request.headers().get(header::CONTENT_TYPE).map(|value| value.as_bytes().to_ascii_lowercase()).unwrap_or_default();
    if !media_type.starts_with(b"application/json") {
        return Err(Problem::new(415, "unsupported-media-type", "This content type is not understood", "Send JSON, as application/json."));
    }
    let body = to_bytes(request.into_body(), MAX_BODY_BYTES).await.map_err(|_| too_large())?;
    let document: Value = serde_json::from_slice(&body).map_err(|error| not_expected(&error))?;
    json::read(&document, "")
}

fn not_expected(error: &serde_json::Error) -> Problem {
    Problem::new(400, "invalid-json", "The body is not the JSON that is expected", error.to_string())
}

/// Reads a form, multipart or plain. Fields beyond the known ones are ignored.
pub(super) async fn read_form(request: Request, state: &AppState) -> Result<Form, Problem> {
    let media_type = request.headers().get(header::CONTENT_TYPE).map(|value| value.as_bytes().to_ascii_lowercase());
    if media_type.is_some_and(|media_type| media_type.starts_with(b"application/x-www-form-urlencoded")) {
        let axum::Form(form) = axum::Form::<Form>::from_request(request, state).await.map_err(|_| broken())?;
        return Ok(form);
    }
    let mut multipart = Multipart::from_request(request, state).await.map_err(|_| broken())?;
    let mut form = Form::default();
    while let Some(field) = multipart.next_field().await.map_err(|_| broken())? {
        let name = field.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "file" => {
                let file_name = field.file_name().unwrap_or_default().to_owned();
                let text = read_text(field, "file", MAX_DESCRIPTION_BYTES).await?;
                // Browsers send an empty file for a field that nobody touched.
                if !(file_name.is_empty() && text.is_empty()) {
                    form.file = Some((file_name, text));
                }
            }
            "description" => {
                form.description =
                    Some(read_text(field, "description", MAX_DESCRIPTION_BYTES).await?).filter(|text| !text.trim().is_empty());
            }
            "url" => form.url = Some(read_text(field, "url", MAX_FIELD_BYTES).await?).filter(|text| !text.trim().is_empty()),
            "prompt" => form.prompt = Some(read_text(field, "prompt", MAX_FORM_PROMPT_BYTES).await?),
            "from" => form.from = Some(read_text(field, "from", MAX_FIELD_BYTES).await?),
            "sample" => form.sample = Some(read_text(field, "sample", MAX_FIELD_BYTES).await?),
            "idempotency_key" => form.idempotency_key = Some(read_text(field, "idempotency_key", MAX_FIELD_BYTES).await?),
            "kind" => form.kind = Some(read_text(field, "kind", MAX_FIELD_BYTES).await?),
            "name" => drop(form.project_body.insert(name, read_text(field, "name", MAX_FIELD_BYTES).await?.into())),
            "model" | "options" | "seed" | "edits" => {
                let text = read_text(field, &name, MAX_PROJECT_FIELD_BYTES).await?;
                // What is no JSON is said to be no model, and so on.
                let value = serde_json::from_str(&text).unwrap_or(Value::String(text));
                form.project_body.insert(name, value);
            }
            other if ProjectForm::default().take(other, String::new()) => {
                let value = read_text(field, &name, MAX_PROJECT_FIELD_BYTES).await?;
                form.project.take(&name, value.clone());
                form.project_body.insert(name, value.into());
            }
            _ => {}
        }
    }
    Ok(form)
}

impl Form {
    /// The input of the kind that it names itself; without one, a test suite's. It has the fields of a body of JSON, those that are no text as
    /// JSON.
    fn asked(mut self) -> Result<TaskInput, Problem> {
        let kind = self.kind.as_deref().map_or(Some(Kind::TestSuite), Kind::parse);
        let kind = kind.ok_or_else(|| Problem::invalid("kind", "A kind is `test_suite`, `prompt` or `project`."))?;
        if kind != Kind::Project || self.sample.is_some() {
            return self.input(kind);
        }
        if let Some(description) = self.file.map(|(_, text)| text).or(self.description) {
            self.project_body.insert("description".into(), description.into());
        }
        json::read(&self.project_body.into(), "").map(|input| TaskInput::Project(Box::new(input)))
    }

    /// # Errors
    /// There is no such sample, or a version of nothing.
    pub(super) fn input(&self, kind: Kind) -> Result<TaskInput, Problem> {
        let sample = self.sample.as_deref().map(|name| sample_text(kind, name));
        let sample = sample.map(|text| text.ok_or_else(|| Problem::invalid("sample", "There is no such sample."))).transpose()?;
        Ok(match (kind, sample) {
            (Kind::TestSuite, Some(text)) => {
                let name = self.sample.as_ref().map(|name| format!("{name}.yaml"));
                TaskInput::TestSuite(TestSuiteInput { name, description: Some(text.into()), url: None })
            }
            (Kind::TestSuite, None) => TaskInput::TestSuite(self.test_suite()),
            (Kind::Project, Some(text)) => TaskInput::Project(Box::new(ProjectInput {
                brief: Some(text.into()),
                options: self.project.options(),
                ..ProjectInput::default()
            })),
            (Kind::Project, None) => TaskInput::Project(Box::new(self.project.input())),
            (Kind::Prompt, Some(text)) => TaskInput::Prompt(PromptInput { prompt: text.into(), from: None }),
            // Line ends as they were typed: forms send them as CR LF.
            (Kind::Prompt, None) => {
                let prompt = self.prompt.clone().unwrap_or_default().replace("\r\n", "\n");
                let from = self.from.as_deref().filter(|from| !from.is_empty()).map(str::parse).transpose();
                let from = from.map_err(|_| Problem::invalid("from", "This is no id of a task."))?;
                TaskInput::Prompt(PromptInput { prompt, from })
            }
        })
    }

    /// A chosen file wins over pasted text: it was the more deliberate act.
    fn test_suite(&self) -> TestSuiteInput {
        let (name, description) = match &self.file {
            Some((name, text)) => (Some(name.clone()), Some(text.clone())),
            None => (None, self.description.clone()),
        };
        TestSuiteInput { name, description, url: self.url.clone() }
    }

    /// Whether a model of the brief is to be looked at before anything is made of it.
    pub(super) fn wants_draft(&self) -> bool {
        self.sample.is_none() && self.project.wants_draft()
    }
}

/// What to try the studio with.
fn sample_text(kind: Kind, name: &str) -> Option<&'static str> {
    match (kind, name) {
        (Kind::TestSuite, "bookshop") => Some(include_str!("../../../public/samples/bookshop.yaml")),
        (Kind::Project, "library") => Some("A library: books with title, ISBN and year, authors with name, loans with due date and a note"),
        (Kind::Prompt, "landlord") => Some(
            "could you please write a mail to my landlord, the heating in flat 12 is broken since Monday, it should be friendly but firm, max 150 words",
        ),
        _ => None,
    }
}

async fn read_text(mut field: Field<'_>, name: &str, limit: usize) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|_| broken())? {
        if bytes.len() + chunk.len() > limit {
            return Err(Problem::new(413, "too-large", "The request is too large", format!("`{name}` has more than {limit} bytes.")));
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes)
        .map_err(|_| Problem::invalid(name, "This is not text in UTF-8. An OpenAPI description is a JSON or YAML file."))
}

pub(super) fn too_large() -> Problem {
    Problem::new(413, "too-large", "The request is too large", "At most 20 MiB are accepted, and 16 MiB for a description.")
}

/// The key that makes sending twice harmless, for every request that starts something.
pub(super) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let is_key = |key: &[u8]| (1..=MAX_KEY_CHARS).contains(&key.len()) && key.iter().all(u8::is_ascii_graphic);
    let key = headers.get("idempotency-key").map(|key| key.to_str().ok().filter(|key| is_key(key.as_bytes())).map(str::to_owned));
    let bad = || Problem::invalid("Idempotency-Key", format!("An idempotency key is 1 to {MAX_KEY_CHARS} visible ASCII characters."));
    key.map(|key| key.ok_or_else(bad)).transpose()
}

pub(super) fn broken() -> Problem {
    Problem::new(
        400,
        "broken-form",
        "The form did not arrive whole",
        "The connection broke, or the body is no multipart/form-data. Please send it again.",
    )
}
