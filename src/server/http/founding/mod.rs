//! The endpoints that Livegen grew from, kept word for word for the clients that were written for them.
//!
//! Each is a thin dress over what the native ones use: the same use cases, the same log, the same live session with another
//! [`Framing`](super::framing::Framing). What the documents leave open is decided here, and the reason stands at the decision.
//!
//! - [`generation`]: `POST /api/project-generation/generate/async`, `/api/project-generation/ws/tasks/{task_id}`
//! - [`prompt`]: `/api/v1/web-knowledge/generate-prompt-async/`, its status, `/api/v1/web-knowledge/generate-prompt/`
//! - [`suite`]: `POST /api/generate`, `/ws/{task_id}`, `/api/progress/{task_id}`, `/api/download/{task_id}`
//! - [`room`]: `/api/ws/projects/{project_id}`, `/api/projects/{id}`, `/api/projects/{id}/generate`
//! - [`asked`]: what their requests may say

mod asked;
mod generation;
mod prompt;
mod room;
mod suite;

use axum::{
    Router,
    routing::{any, get, post},
};

use crate::server::state::AppState;

/// Sockets: they last as long as somebody watches.
pub(super) fn live() -> Router<AppState> {
    Router::new()
        .route("/api/project-generation/ws/tasks/{id}", any(generation::live))
        .route("/api/ws/projects/{id}", any(room::live))
        .route("/ws/{id}", any(suite::live))
}

/// Requests that end.
pub(super) fn plain() -> Router<AppState> {
    let mut router = Router::new();
    // The document writes them with a slash at the end.
    for slash in ["", "/"] {
        router = router
            .route(&format!("{}/generate-prompt-async{slash}", prompt::BASE), post(prompt::enqueue))
            .route(&format!("{}/generate-prompt-async/status/{{id}}{slash}", prompt::BASE), get(prompt::status))
            .route(&format!("{}/generate-prompt{slash}", prompt::BASE), post(prompt::generate));
    }
    router
        .route("/api/project-generation/generate/async", post(generation::enqueue))
        .route("/api/projects/{id}", get(room::show))
        .route("/api/projects/{id}/generate", post(room::generate))
        .route("/api/generate", post(suite::generate))
        .route("/api/progress/{id}", get(suite::progress))
        .route("/api/download/{id}", get(super::tasks::artifact))
}
