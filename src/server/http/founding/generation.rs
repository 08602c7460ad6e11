//! Document 000: a generation that is queued by one request and watched over a WebSocket.
//!
//! Messages are the native events that say where the task stands (`status_update`, `completion`): a superset of the document's
//! `{task_id, status, result, error}`. Lines, files and agents are left out, for their `status` is absent or another word than the
//! document's four. `error` is a problem (RFC 9457), here as everywhere.

use axum::{
    Json,
    extract::{Request, ws::Utf8Bytes},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde_json::{Value, json};

use super::{
    super::{
        framing::{Beginning, Framing},
        live::{self, Knock},
        openapi::{NotFound, NotOfThisKind, TooFewTokens, Unacceptable, UpgradeRequired, requests::AskedGeneration},
        upload,
    },
    Queued,
    asked::Asked,
};
use crate::{
    protocol::{
        Problem, Status, TaskId,
        frame::{Connection, Heartbeat},
    },
    server::{
        hub::{Batch, Encoded},
        tasks::Caller,
    },
};

/// Start a generation (document 000).
///
/// `ProjectGenerationRequest` is a brief in plain words, or a model of the project's entities, and the choices around it: a project is made. A
/// request that carries an API description and no brief gets that API's test suite; `kind` says `project` or `test_suite` where that is not
/// what is meant. Other fields are passed over.
#[utoipa::path(
    post, path = "/api/project-generation/generate/async", operation_id = "generate_project_async", tag = "founding",
    params(upload::IdempotencyKey),
    request_body(content((AskedGeneration = "application/json"))),
    responses((status = 202, description = "It is queued.", body = Queued), TooFewTokens, NotOfThisKind, Unacceptable)
)]
pub(super) async fn enqueue(caller: Caller, headers: HeaderMap, request: Request) -> Result<(StatusCode, Json<Queued>), Problem> {
    let key = upload::idempotency_key(&headers)?;
    let input = Asked::read(request).await?.task()?;
    let task_id = caller.submit(input, key).await?;
    Ok((StatusCode::ACCEPTED, Json(Queued { task_id, status: Status::Queued })))
}

/// Every change of a task's status from the first on, or those after `?after=` (document 000).
#[utoipa::path(
    get, path = "/api/project-generation/ws/tasks/{id}", operation_id = "watch_generation", tag = "founding",
    params(("id" = TaskId, Path, description = "The task."), live::Cursor),
    responses((status = 101, description = "A WebSocket."), NotFound, Unacceptable, UpgradeRequired)
)]
pub(super) async fn live(knock: Knock) -> Response {
    live::watch(knock, Box::new(Statuses)).await
}

struct Statuses;

impl Framing for Statuses {
    fn beginning(&self) -> Beginning {
        Beginning::WholeLog
    }

    fn greet(&mut self, _: &Connection) -> Option<Utf8Bytes> {
        None
    }

    fn tell(&mut self, batch: &Batch) -> Vec<Utf8Bytes> {
        batch.iter().filter_map(message).collect()
    }

    /// The document knows one kind of message only; the WebSocket's own ping keeps the connection.
    fn heartbeat(&self, _: Heartbeat) -> Option<Utf8Bytes> {
        None
    }
}

fn message(event: &Encoded) -> Option<Utf8Bytes> {
    if event.terminal {
        return Some(in_four_words(&event.json).unwrap_or_else(|| event.json.clone()));
    }
    // `type` is the first field of every event.
    event.json.starts_with(r#"{"type":"status_update""#).then(|| event.json.clone())
}

/// The document has no word for a cancelled task: it is `failed`, and the error says why. `None`: nothing to change.
fn in_four_words(json: &str) -> Option<Utf8Bytes> {
    let mut event: Value = serde_json::from_str(json).ok()?;
    if event["status"] != Status::Cancelled.as_str() {
        return None;
    }
    let detail = event["message"].as_str().filter(|message| !message.is_empty()).unwrap_or("Cancelled").to_owned();
    event["status"] = json!(Status::Failed);
    event["error"] = json!(Problem::new(409, "cancelled", "The task was cancelled", detail));
    Some(event.to_string().into())
}
