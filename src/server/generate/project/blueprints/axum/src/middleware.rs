//! What happens to every request before it is looked at, and to every answer before it leaves.

use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, map_response};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::trace::TraceLayer;

use crate::App;
use crate::problems::{Problem, Result};
use crate::requests::unreadable;
use crate::settings::Settings;

/// Longest that a request may take.
const LIMIT: Duration = Duration::from_secs(30);

const HEADERS: [(HeaderName, HeaderValue); 3] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'self'; img-src 'self' data:; object-src 'none'; \
             base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        ),
    ),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
];

/// All of it around the routes; the last is the outermost.
pub fn around(router: Router<App>, settings: &Settings) -> Router<App> {
    let most = settings.max_body_bytes;
    router
        .fallback(nothing_here)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn(read_whole))
        .layer(DefaultBodyLimit::max(most))
        .layer(from_fn(move |request, next| limit(most, request, next)))
        .layer(from_fn(in_time))
        .layer(CatchPanicLayer::custom(broken))
        .layer(map_response(secure))
        .layer(TraceLayer::new_for_http())
}

async fn nothing_here() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "There is nothing at this address.")
}

async fn wrong_method() -> Problem {
    let detail = "This cannot be done at this address; the header `Allow` says what can.";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail)
}

/// Gives up what takes too long, so that nobody waits for ever.
async fn in_time(request: Request, next: Next) -> Response {
    let detail = "This took too long. It may work if it is tried again.";
    let late = |_| Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail).into_response();
    tokio::time::timeout(LIMIT, next.run(request)).await.unwrap_or_else(late)
}

/// Refuses what says that it is too large; what says nothing is measured where it is read.
async fn limit(most: usize, request: Request, next: Next) -> Response {
    let said = request.headers().get(header::CONTENT_LENGTH);
    let said = said.and_then(|length| length.to_str().ok()?.parse::<u128>().ok());
    if said.is_some_and(|length| length > most as u128) {
        return Problem::too_large().into_response();
    }
    next.run(request).await
}

/// Reads all of a request before anything is decided: a connection that is answered before could not be
/// used again, and whoever sends the next request on it would learn that by a failure.
async fn read_whole(request: Request, next: Next) -> Result<Response> {
    let (parts, body) = request.into_parts();
    let whole = Request::from_parts(parts.clone(), body);
    let bytes = Bytes::from_request(whole, &()).await.map_err(unreadable)?;
    Ok(next.run(Request::from_parts(parts, Body::from(bytes))).await)
}

/// A panic is a fault of the program: written to the log, and nothing of it to whoever asked.
fn broken(panic: Box<dyn Any + Send>) -> Response {
    let said = panic.downcast_ref::<String>().map(String::as_str);
    let said = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no text");
    tracing::error!("a panic: {said}");
    Problem::internal().into_response()
}

/// Tells browsers what they may do with an answer.
async fn secure(mut response: Response) -> Response {
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}
