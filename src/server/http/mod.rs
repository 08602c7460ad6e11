//! The way in and out: routes, and what holds for all of them. No SQL and no decisions about tasks in here.

mod account_page;
mod accounts;
mod admission;
mod events;
mod founding;
mod framing;
mod health;
mod live;
mod pages;
mod problem;
pub mod security;
mod session;
mod tasks;
mod upload;
mod webhooks;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{FromRequestParts, Request},
    http::{HeaderValue, StatusCode, header, request::Parts},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    compression::predicate::{DefaultPredicate, NotForContentType, Predicate},
    limit::RequestBodyLimitLayer,
    timeout::TimeoutLayer,
    trace::TraceLayer,
};

pub use self::admission::Admission;
use super::{accounts::Identity, state::AppState, tasks::Caller};
use crate::protocol::{Problem, TaskId};

/// Largest request: a description of 16 MiB and its envelope.
const MAX_BODY_BYTES: usize = 20 * 1024 * 1024;

/// Everything this server answers.
pub fn router(state: &AppState) -> Router {
    // Live connections last as long as somebody watches; everything else has to end.
    let live = Router::new()
        .route("/api/v1/tasks/{id}/live", any(live::live))
        .route("/api/v1/tasks/{id}/events", get(events::events))
        .merge(founding::live());
    let request_limit = Duration::from_secs(state.settings.limits.request_seconds);
    let plain = Router::new()
        .route("/api/v1/tasks", post(tasks::create).get(tasks::list))
        .route("/api/v1/tasks/{id}", get(tasks::show))
        .route("/api/v1/tasks/{id}/cancel", post(tasks::cancel))
        .route("/api/v1/tasks/{id}/retry", post(tasks::retry))
        .route("/api/v1/tasks/{id}/files", get(tasks::files))
        .route("/api/v1/tasks/{id}/files/{*path}", get(tasks::file))
        .route("/api/v1/tasks/{id}/artifact", get(tasks::artifact))
        .route("/api/v1/tasks/{id}/log.txt", get(tasks::log_text))
        .merge(accounts::router())
        .merge(webhooks::router())
        .merge(founding::plain())
        .route("/api/{*rest}", any(unknown_endpoint))
        .merge(pages::router(state))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, request_limit));
    live.merge(plain)
        .layer(middleware::from_fn_with_state(state.clone(), session::identify))
        .layer(middleware::from_fn_with_state(Arc::clone(&state.site), security::guard_origin))
        .merge(health::router())
        .layer(middleware::from_fn(cache_control))
        .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(NotForContentType::const_new("application/zip"))))
        .layer(axum::extract::DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(MAX_BODY_BYTES))
        .layer(middleware::map_response(problem::dress))
        .layer(middleware::from_fn(security::fixed_headers))
        .layer(CatchPanicLayer::custom(|_| Problem::internal().into_response()))
        .layer(TraceLayer::new_for_http())
        .with_state(state.clone())
}

async fn unknown_endpoint() -> Problem {
    Problem::new(404, "not-found", "Not found", "There is no such endpoint.")
}

/// Names under `/pkg` carry a hash of their content: they never change. Everything else is asked for again.
async fn cache_control(request: Request, next: Next) -> Response {
    let forever = request.uri().path().starts_with("/pkg/");
    let mut response = next.run(request).await;
    if response.headers().get(header::CACHE_CONTROL).is_none() {
        let value = if forever && response.status().is_success() { "public, max-age=31536000, immutable" } else { "no-cache" };
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(value));
    }
    response
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        // Set by `session::identify` for every route that has a caller.
        let identity = parts.extensions.get::<Arc<Identity>>().cloned().ok_or_else(Problem::internal)?;
        Ok(Self { state: state.clone(), account_id: identity.account_id, identity })
    }
}

/// The task that a path names. What is no id at all is as unknown as an id that nobody has.
struct TaskPath(TaskId);

impl FromRequestParts<AppState> for TaskPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let values = axum::extract::RawPathParams::from_request_parts(parts, state).await.map_err(|_| Problem::not_found("task"))?;
        let id = values.iter().find(|(name, _)| *name == "id").and_then(|(_, value)| value.parse().ok());
        id.map(Self).ok_or_else(|| Problem::not_found("task"))
    }
}
