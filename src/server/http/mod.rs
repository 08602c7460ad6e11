//! The way in and out: routes, and what holds for all of them. No SQL and no decisions about tasks in here.

mod account_page;
mod accounts;
mod admin;
mod admin_page;
mod admission;
mod events;
mod founding;
mod framing;
mod health;
mod limits;
mod live;
mod mail;
mod mail_page;
pub mod openapi;
mod pages;
pub mod problem;
mod project_form;
mod projects;
mod room;
mod room_page;
mod run_pages;
mod runs;
mod second_rendering;
pub mod security;
mod session;
mod shared;
mod small_bodies;
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
    routing::any,
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    compression::predicate::{DefaultPredicate, NotForContentType, Predicate},
    limit::RequestBodyLimitLayer,
    timeout::TimeoutLayer,
    trace::TraceLayer,
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub use self::admission::Admission;
use super::{accounts::Identity, state::AppState, tasks::Caller};
use crate::protocol::{Problem, TaskId};

/// Largest request: a description of 16 MiB and its envelope.
const MAX_BODY_BYTES: usize = 20 * 1024 * 1024;

/// Everything this server answers.
pub fn router(state: &AppState) -> Router {
    let request_limit = Duration::from_secs(state.settings.limits.request_seconds);
    let plain = Router::from(plain())
        .route("/api/{*rest}", any(unknown_endpoint))
        .merge(pages::router(state))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, request_limit));
    Router::from(live())
        .merge(plain)
        .layer(middleware::from_fn_with_state(state.clone(), limits::by_account))
        .layer(middleware::from_fn_with_state(state.clone(), session::identify))
        .layer(middleware::from_fn_with_state(state.clone(), limits::by_address))
        .layer(middleware::from_fn_with_state(Arc::clone(&state.site), security::guard_origin))
        .layer(middleware::from_fn_with_state(state.clone(), small_bodies::read_first))
        .merge(health::router())
        .layer(middleware::from_fn(cache_control))
        .layer(axum::extract::DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(MAX_BODY_BYTES))
        .layer(middleware::map_response(problem::dress))
        .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(NotForContentType::const_new("application/zip"))))
        .layer(middleware::from_fn(security::fixed_headers))
        .layer(CatchPanicLayer::custom(|_| Problem::internal().into_response()))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .with_state(state.clone())
}

/// Live connections last as long as somebody watches; everything else has to end.
fn live() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(live::live)).routes(routes!(events::events)).routes(routes!(room::live)).merge(founding::live())
}

fn plain() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(tasks::create, tasks::list))
        .routes(routes!(tasks::show))
        .routes(routes!(tasks::cancel))
        .routes(routes!(tasks::retry))
        .routes(routes!(tasks::files))
        .routes(routes!(tasks::file))
        .routes(routes!(tasks::artifact))
        .routes(routes!(tasks::log_text))
        .merge(room::router())
        .routes(routes!(projects::draft))
        .merge(runs::router())
        .merge(accounts::router())
        .merge(admin::router())
        .merge(webhooks::router())
        .merge(mail::router())
        .merge(founding::plain())
        .routes(routes!(openapi::serve))
}

/// Every endpoint for programs, with its description.
fn api() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(openapi::base()).merge(plain()).merge(live())
}

/// Parts of a path that are logged; behind them are names of files, made of what somebody sent.
const LOGGED_PARTS: usize = 5;

/// What the log says about a request. Not its query: there a ticket may be, or what somebody looks for.
fn span(request: &Request) -> tracing::Span {
    let path = request.uri().path();
    let end = path.match_indices('/').nth(LOGGED_PARTS).map_or(path.len(), |(at, _)| at);
    tracing::debug_span!("request", method = %request.method(), path = &path[..end], version = ?request.version())
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
        let address = limits::address_of(&parts.extensions);
        Ok(Self { state: state.clone(), account_id: identity.account_id, identity, address })
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
