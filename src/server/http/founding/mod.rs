//! The endpoints that Livegen grew from, kept word for word for the clients that were written for them.
//!
//! Each is a thin dress over what the native ones use: the same use cases, the same log, the same live session with another
//! [`Framing`](super::framing::Framing). What the documents leave open is decided here, and the reason stands at the decision.
//!
//! - [`generation`]: `POST /api/project-generation/generate/async`, `/api/project-generation/ws/tasks/{task_id}`
//! - [`prompt`]: `/api/v1/web-knowledge/generate-prompt-async/`, its status, `/api/v1/web-knowledge/generate-prompt/`
//! - [`suite`]: `POST /api/generate`, `/ws/{task_id}`, `/api/progress/{task_id}`, `/api/download/{task_id}`
//! - [`room`]: `/api/ws/projects/{project_id}`, `/api/projects/{id}`, `/api/projects/{id}/generate`
//! - [`agents`]: who is at work in a room
//! - [`asked`]: what their requests may say

mod agents;
mod asked;
mod generation;
mod prompt;
mod room;
mod suite;

use axum::routing::{get, post};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::openapi::{Conflict, NotFound};
use crate::{
    protocol::{Problem, Status, TaskId},
    server::{state::AppState, tasks::Caller},
};

/// A task that was just made.
#[derive(Serialize, ToSchema)]
struct Queued {
    task_id: TaskId,
    status: Status,
}

/// Sockets: they last as long as somebody watches.
pub(super) fn live() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(generation::live)).routes(routes!(room::live)).routes(routes!(suite::live))
}

/// Requests that end.
pub(super) fn plain() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(prompt::enqueue))
        .routes(routes!(prompt::status))
        .routes(routes!(prompt::generate))
        // The document writes them with a slash at the end; they work without.
        .route(&format!("{}/generate-prompt-async", prompt::BASE), post(prompt::enqueue))
        .route(&format!("{}/generate-prompt-async/status/{{id}}", prompt::BASE), get(prompt::status))
        .route(&format!("{}/generate-prompt", prompt::BASE), post(prompt::generate))
        .routes(routes!(generation::enqueue))
        .routes(routes!(room::show))
        .routes(routes!(room::generate))
        .routes(routes!(suite::generate))
        .routes(routes!(suite::progress))
        .routes(routes!(download))
}

/// What a task made, in one file (document 004).
#[utoipa::path(
    get, path = "/api/download/{id}", operation_id = "download_suite", tag = "founding", params(("id" = TaskId, Path, description = "The task.")),
    responses((status = 200, description = "A ZIP of all files, or the one file there is.", content(([u8] = "application/zip"), (String = "text/markdown"))), NotFound, Conflict)
)]
async fn download(caller: Caller, task: super::TaskPath) -> Result<axum::response::Response, Problem> {
    super::tasks::artifact(caller, task).await
}
