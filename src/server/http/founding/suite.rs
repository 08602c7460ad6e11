//! Document 004: a test suite from an uploaded or fetched OpenAPI description, watched by `ProgressUpdate`s.
//!
//! `progress` here is the *stage's* own and starts anew with each stage, as the document's example flow shows; the native `progress` is the
//! whole task's. Beyond the document's six fields a message has `seq` (for `?after=`) and, when it failed, `error`.

use axum::{
    Json,
    extract::{Request, State, ws::Utf8Bytes},
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    super::{
        TaskPath,
        framing::{Beginning, Framing},
        live::{self, Knock},
        openapi::{
            NotFound, NotOfThisKind, TooFewTokens, Unacceptable, UpgradeRequired,
            requests::{AskedSuite, SuiteForm},
        },
        upload,
    },
    Queued,
    asked::Asked,
};
use crate::{
    protocol::{
        Event, EventBody, Kind, Problem, Status, TaskId, TaskInput, TaskSnapshot, Timestamp,
        event::StatusUpdate,
        frame::{Connection, Heartbeat},
    },
    server::{hub::Batch, state::AppState, tasks::Caller},
};

/// Start a test suite (document 004).
///
/// The document has "upload OpenAPI spec file or provide URL" and "frontend receives a task id", but no path: this one
/// stands beside its `/api/progress` and `/api/download`. Multipart (`file` or `url`) is what its form would send, JSON what its clients would.
/// Answered before the work begins, hence 202.
#[utoipa::path(
    post, path = "/api/generate", operation_id = "generate_suite", tag = "founding",
    params(upload::IdempotencyKey),
    request_body(content((AskedSuite = "application/json"), (SuiteForm = "multipart/form-data"))),
    responses((status = 202, description = "It is queued.", body = Queued), TooFewTokens, NotOfThisKind, Unacceptable)
)]
pub(super) async fn generate(
    caller: Caller,
    headers: HeaderMap,
    State(state): State<AppState>,
    request: Request,
) -> Result<(StatusCode, Json<Queued>), Problem> {
    let key = upload::idempotency_key(&headers)?;
    let is_form =
        headers.get(header::CONTENT_TYPE).is_some_and(|value| value.as_bytes().to_ascii_lowercase().starts_with(b"multipart/form-data"));
    let (input, key) = if is_form {
        let form = upload::read_form(request, &state).await?;
        (form.input(Kind::TestSuite)?, key.or(form.idempotency_key))
    } else {
        let missing = || Problem::invalid("spec", "Send an OpenAPI description: `file` in a form, or `spec` or `url` in JSON.");
        (TaskInput::TestSuite(Asked::read(request).await?.suite()?.ok_or_else(missing)?), key)
    };
    let task_id = caller.submit(input, key).await?;
    Ok((StatusCode::ACCEPTED, Json(Queued { task_id, status: Status::Queued })))
}

/// Every update from the first on, or those after `?after=`; closed by the server after the last (document 004).
#[utoipa::path(
    get, path = "/ws/{id}", operation_id = "watch_suite", tag = "founding",
    params(("id" = TaskId, Path, description = "The task."), live::Cursor),
    responses((status = 101, description = "A WebSocket."), NotFound, Unacceptable, UpgradeRequired)
)]
pub(super) async fn live(knock: Knock) -> Response {
    live::watch(knock, Box::new(Updates::default())).await
}

/// The newest update, for clients without WebSockets (document 004).
#[utoipa::path(
    get, path = "/api/progress/{id}", operation_id = "suite_progress", tag = "founding", params(("id" = TaskId, Path, description = "The task.")),
    responses((status = 200, description = "Where it stands.", body = ProgressUpdate), NotFound)
)]
pub(super) async fn progress(caller: Caller, TaskPath(task_id): TaskPath) -> Result<Json<ProgressUpdate>, Problem> {
    Ok(Json(ProgressUpdate::from(&*caller.snapshot(task_id).await?)))
}

/// One message of the document.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(super) struct ProgressUpdate {
    /// `starting`, `parsing`, `generating`, `zipping`, `complete`; `failed` or `cancelled` for the end that the document has no word for.
    stage: String,
    progress: u8,
    message: String,
    timestamp: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint_count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    current_endpoint: Option<u32>,
    seq: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Problem>,
}

const STARTING: &str = "starting";
const GENERATING: &str = "generating";
/// A stage's closing words come twice in the log: as its last step, and with 100 when its output is durable. The document has them once, with 100.
const CLOSING_WORDS: u8 = 99;

/// Folds a log into updates.
#[derive(Default)]
struct Updates {
    stage: Option<String>,
    progress: u8,
    endpoint_count: Option<u32>,
    current_endpoint: Option<u32>,
}

impl Updates {
    fn apply(&mut self, event: &Event) -> Option<ProgressUpdate> {
        let (stage, message, error) = match &event.body {
            EventBody::StatusUpdate(update) => {
                if update.stage_progress == Some(CLOSING_WORDS) {
                    return None;
                }
                self.step(update);
                (self.stage.as_deref().unwrap_or(STARTING), &update.message, None)
            }
            EventBody::Completion { status, message, error, .. } => {
                let stage = ending(*status);
                if *status == Status::Completed {
                    self.progress = 100;
                }
                (self.endpoint_count, self.current_endpoint) = (None, None);
                (stage, message, error.clone())
            }
            _ => return None,
        };
        Some(ProgressUpdate {
            stage: stage.into(),
            progress: self.progress,
            message: message.clone(),
            timestamp: event.timestamp,
            endpoint_count: self.endpoint_count,
            current_endpoint: self.current_endpoint,
            seq: event.seq,
            error,
        })
    }

    /// What says nothing about a stage (a cancellation asked for, an attempt that starts) leaves it where it is.
    fn step(&mut self, update: &StatusUpdate) {
        let Some(stage) = &update.stage else { return };
        if self.stage.as_deref() != Some(stage) {
            (self.endpoint_count, self.current_endpoint) = (None, None);
        }
        self.stage = Some(stage.clone());
        self.endpoint_count = update.endpoint_count.or(self.endpoint_count);
        self.current_endpoint = update.current_endpoint.or(self.current_endpoint);
        self.progress = shown(stage, update.stage_progress.unwrap_or(0), update.endpoint_count, update.current_endpoint);
    }
}

impl From<&TaskSnapshot> for ProgressUpdate {
    fn from(task: &TaskSnapshot) -> Self {
        let stage = task.stage.as_deref();
        let percent = task.stages.iter().find(|known| Some(known.name.as_str()) == stage).map_or(0, |known| known.progress);
        let is_generating = stage == Some(GENERATING) && !task.is_terminal();
        let (endpoint_count, current_endpoint) = if is_generating { (task.endpoint_count, task.current_endpoint) } else { (None, None) };
        let progress = match (task.status, stage) {
            (Status::Completed, _) => 100,
            (_, Some(stage)) => shown(stage, percent, task.endpoint_count, task.current_endpoint),
            (_, None) => 0,
        };
        Self {
            stage: if task.is_terminal() { ending(task.status) } else { stage.unwrap_or(STARTING) }.into(),
            progress,
            message: task.message.clone(),
            timestamp: task.updated_at,
            endpoint_count,
            current_endpoint,
            seq: task.seq,
            error: task.error.clone(),
        }
    }
}

fn ending(status: Status) -> &'static str {
    match status {
        Status::Completed => "complete",
        other => other.as_str(),
    }
}

/// The stage's percent as the document counts them: parsing from 10, zipping from 20; generating 20, then from the first endpoint to the last
/// up to 80 (with five: 40, 50, 60, 70, 80), then 100.
fn shown(stage: &str, percent: u8, endpoint_count: Option<u32>, current_endpoint: Option<u32>) -> u8 {
    match (stage, endpoint_count, current_endpoint) {
        _ if percent >= CLOSING_WORDS => percent.min(100),
        ("parsing", ..) => percent.max(10),
        (GENERATING, Some(count), Some(current)) if count > 0 => {
            let part = u64::from(current.min(count)) * 50 / u64::from(count);
            30 + u8::try_from(part).unwrap_or(50)
        }
        (GENERATING | "zipping", ..) => percent.max(20),
        _ => percent,
    }
}

impl Framing for Updates {
    fn beginning(&self) -> Beginning {
        Beginning::WholeLog
    }

    fn greet(&mut self, _: &Connection) -> Option<Utf8Bytes> {
        None
    }

    fn tell(&mut self, batch: &Batch) -> Vec<Utf8Bytes> {
        let events = batch.iter().filter_map(|event| serde_json::from_str(&event.json).ok());
        events.filter_map(|event| self.apply(&event)).filter_map(|update| serde_json::to_string(&update).ok()).map(Into::into).collect()
    }

    /// The document knows one kind of message only; the WebSocket's own ping keeps the connection.
    fn heartbeat(&self, _: Heartbeat) -> Option<Utf8Bytes> {
        None
    }
}
