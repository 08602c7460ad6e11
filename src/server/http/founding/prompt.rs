//! Document 001: a better prompt, queued and asked after, or waited for.
//!
//! The document names the fields `manual_prompt`, `task_id`, `status_url`, `status`, `progress` and `message`, and says that the generated prompt is
//! returned when complete without naming its field: it is `prompt` here. Its paths end in a slash; without one they work too.
//! `Authorization: Bearer` is an API key; a browser's cookie is as good.

use std::time::Duration;

use axum::{
    Json,
    extract::Request,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    super::{
        TaskPath,
        openapi::{Conflict, NotFound, NotOfThisKind, TooFewTokens, Unacceptable, requests::AskedPrompt},
        upload,
    },
    asked::Asked,
};
use crate::{
    protocol::{Kind, Problem, PromptInput, Status, TaskId, TaskInput, TaskSnapshot},
    server::tasks::Caller,
};

pub(super) const BASE: &str = "/api/v1/web-knowledge";
/// How long the synchronous endpoint waits; a proxy in between gives up after a minute.
const PATIENCE: Duration = Duration::from_secs(25);

async fn input(request: Request) -> Result<TaskInput, Problem> {
    let asked = Asked::read(request).await?;
    let prompt = asked.text("manual_prompt")?.ok_or_else(|| Problem::invalid("manual_prompt", "Send the prompt as `manual_prompt`."))?;
    Ok(TaskInput::Prompt(PromptInput { prompt: prompt.to_owned(), from: None }))
}

/// A prompt that is being made, and where to ask for it.
#[derive(Serialize, ToSchema)]
pub(super) struct PromptQueued {
    task_id: TaskId,
    /// `queued` or `processing`.
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'static str>,
    status_url: String,
}

/// A prompt's status.
#[derive(Serialize, ToSchema)]
pub(super) struct PromptStatus {
    task_id: TaskId,
    /// `queued`, `processing`, `completed` or `failed`.
    status: &'static str,
    progress: u8,
    message: String,
    /// The better prompt, when it is completed.
    prompt: Option<String>,
    /// Why it failed, in words.
    error: Option<String>,
    /// Why it failed, in full.
    problem: Option<Problem>,
}

/// Start a prompt: answered at once. Whatever the account lacks is told by the status (document 001).
#[utoipa::path(
    post, path = "/api/v1/web-knowledge/generate-prompt-async/", operation_id = "generate_prompt_async", tag = "founding",
    params(upload::IdempotencyKey),
    request_body = AskedPrompt,
    responses((status = 202, description = "It is queued.", body = PromptQueued), NotOfThisKind, Unacceptable)
)]
pub(super) async fn enqueue(caller: Caller, headers: HeaderMap, request: Request) -> Result<(StatusCode, Json<PromptQueued>), Problem> {
    let key = upload::idempotency_key(&headers)?;
    let task_id = caller.submit_or_fail(input(request).await?, key).await.map_err(rename)?;
    let status_url = format!("{BASE}/generate-prompt-async/status/{task_id}/");
    let body = PromptQueued { task_id, status: "queued", message: Some("Task queued, waiting to start..."), status_url };
    Ok((StatusCode::ACCEPTED, Json(body)))
}

/// How far a prompt is, and the prompt when it is completed (document 001).
#[utoipa::path(
    get, path = "/api/v1/web-knowledge/generate-prompt-async/status/{id}/", operation_id = "prompt_status", tag = "founding",
    params(("id" = TaskId, Path, description = "The task.")),
    responses((status = 200, description = "Where it stands.", body = PromptStatus), NotFound)
)]
pub(super) async fn status(caller: Caller, TaskPath(task_id): TaskPath) -> Result<Json<PromptStatus>, Problem> {
    let snapshot = caller.snapshot(task_id).await?;
    if snapshot.kind != Kind::Prompt {
        return Err(Problem::not_found("task"));
    }
    let prompt = match snapshot.status {
        Status::Completed => Some(caller.prompt(task_id).await?),
        _ => None,
    };
    Ok(Json(tell(&snapshot, prompt)))
}

/// Make a prompt and wait for it (document 001). When that takes too long the task goes on, and the answer says where.
#[utoipa::path(
    post, path = "/api/v1/web-knowledge/generate-prompt/", operation_id = "generate_prompt", tag = "founding",
    params(upload::IdempotencyKey),
    request_body = AskedPrompt,
    responses(
        (status = 200, description = "The prompt.", body = PromptStatus),
        (status = 202, description = "It takes longer.", body = PromptQueued, headers(("Location" = String, description = "Where to ask."))),
        TooFewTokens, Conflict, NotOfThisKind, Unacceptable
    )
)]
pub(super) async fn generate(caller: Caller, headers: HeaderMap, request: Request) -> Result<Response, Problem> {
    let key = upload::idempotency_key(&headers)?;
    let task_id = caller.submit(input(request).await?, key).await.map_err(rename)?;
    if tokio::time::timeout(PATIENCE, ended(&caller, task_id)).await.is_err() {
        let status_url = format!("{BASE}/generate-prompt-async/status/{task_id}/");
        let body = PromptQueued { task_id, status: "processing", message: None, status_url: status_url.clone() };
        return Ok((StatusCode::ACCEPTED, [(header::LOCATION, status_url)], Json(body)).into_response());
    }
    let snapshot = caller.snapshot(task_id).await?;
    if snapshot.status == Status::Completed {
        let prompt = caller.prompt(task_id).await?;
        return Ok(Json(tell(&snapshot, Some(prompt))).into_response());
    }
    Err(snapshot.error.clone().unwrap_or_else(|| Problem::conflict("The generation was cancelled.")))
}

async fn ended(caller: &Caller, task_id: TaskId) -> Result<(), Problem> {
    let mut log = caller.watch(task_id, 0).await?;
    while !log.next().await?.last().is_some_and(|event| event.terminal) {}
    Ok(())
}

fn tell(snapshot: &TaskSnapshot, prompt: Option<String>) -> PromptStatus {
    let status = match snapshot.status {
        Status::Queued => "queued",
        Status::Running => "processing",
        Status::Completed => "completed",
        Status::Failed | Status::Cancelled => "failed",
    };
    let error = match (snapshot.status, &snapshot.error) {
        (Status::Cancelled, _) => Some("The generation was cancelled.".to_owned()),
        (_, problem) => problem.as_ref().map(|problem| problem.detail.clone()),
    };
    PromptStatus {
        task_id: snapshot.task_id,
        status,
        progress: snapshot.progress,
        message: snapshot.message.clone(),
        prompt,
        error,
        problem: snapshot.error.clone(),
    }
}

/// In this document the field has another name.
fn rename(mut problem: Problem) -> Problem {
    for error in &mut problem.errors {
        if error.field == "prompt" {
            error.field = "manual_prompt".into();
        }
    }
    problem
}
