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
use serde_json::{Value, json};

use super::{
    super::{TaskPath, upload},
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
    Ok(TaskInput::Prompt(PromptInput { prompt: prompt.to_owned() }))
}

/// `POST …/generate-prompt-async/`: answered at once. Whatever the account lacks is told by the status, as the document has it.
pub(super) async fn enqueue(caller: Caller, headers: HeaderMap, request: Request) -> Result<(StatusCode, Json<Value>), Problem> {
    let key = upload::idempotency_key(&headers)?;
    let task_id = caller.submit_or_fail(input(request).await?, key).await.map_err(rename)?;
    let status_url = format!("{BASE}/generate-prompt-async/status/{task_id}/");
    let body = json!({ "task_id": task_id, "status": "queued", "message": "Task queued, waiting to start...", "status_url": status_url });
    Ok((StatusCode::ACCEPTED, Json(body)))
}

/// `GET …/generate-prompt-async/status/{task_id}/`.
pub(super) async fn status(caller: Caller, TaskPath(task_id): TaskPath) -> Result<Json<Value>, Problem> {
    let snapshot = caller.snapshot(task_id).await?;
    if snapshot.kind != Kind::Prompt {
        return Err(Problem::not_found("task"));
    }
    let prompt = match snapshot.status {
        Status::Completed => Some(caller.prompt(task_id).await?),
        _ => None,
    };
    Ok(Json(tell(&snapshot, prompt.as_deref())))
}

/// `POST …/generate-prompt/`: waits for the prompt. When that takes too long the task goes on, and the answer says where.
pub(super) async fn generate(caller: Caller, headers: HeaderMap, request: Request) -> Result<Response, Problem> {
    let key = upload::idempotency_key(&headers)?;
    let task_id = caller.submit(input(request).await?, key).await.map_err(rename)?;
    if tokio::time::timeout(PATIENCE, ended(&caller, task_id)).await.is_err() {
        let status_url = format!("{BASE}/generate-prompt-async/status/{task_id}/");
        let body = json!({ "task_id": task_id, "status": "processing", "status_url": status_url });
        return Ok((StatusCode::ACCEPTED, [(header::LOCATION, status_url)], Json(body)).into_response());
    }
    let snapshot = caller.snapshot(task_id).await?;
    if snapshot.status == Status::Completed {
        let prompt = caller.prompt(task_id).await?;
        return Ok(Json(tell(&snapshot, Some(&prompt))).into_response());
    }
    Err(snapshot.error.clone().unwrap_or_else(|| Problem::conflict("The generation was cancelled.")))
}

async fn ended(caller: &Caller, task_id: TaskId) -> Result<(), Problem> {
    let mut log = caller.watch(task_id, 0).await?;
    while !log.next().await?.last().is_some_and(|event| event.terminal) {}
    Ok(())
}

fn tell(snapshot: &TaskSnapshot, prompt: Option<&str>) -> Value {
    let status = match snapshot.status {
        Status::Queued => "queued",
        Status::Running => "processing",
        Status::Completed => "completed",
        Status::Failed | Status::Cancelled => "failed",
    };
    let error = match (snapshot.status, &snapshot.error) {
        (Status::Cancelled, _) => json!("The generation was cancelled."),
        (_, Some(problem)) => json!(problem.detail),
        _ => Value::Null,
    };
    json!({
        "task_id": snapshot.task_id,
        "status": status,
        "progress": snapshot.progress,
        "message": snapshot.message,
        "prompt": prompt,
        "error": error,
        "problem": snapshot.error,
    })
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
