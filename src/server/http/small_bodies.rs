//! Reads small bodies before anything is decided about their request.
//!
//! A connection whose request was answered before its body was read cannot be used again, and the client, or the proxy that shares
//! connections among clients, learns that only from its next request, which fails. So whatever is refused early (for its proof, its origin,
//! its content type) has its body read first, if that costs little; of a large one the connection is the price.

use std::time::Duration;

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::header,
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::upload;
use crate::{protocol::Problem, server::state::AppState};

/// A packet or a few: what is held of a client that nothing is known about yet.
const SMALL_BYTES: usize = 16 * 1024;

pub(super) async fn read_first(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if !length.is_some_and(|length: usize| (1..=SMALL_BYTES).contains(&length)) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let patience = Duration::from_secs(state.settings.limits.request_seconds);
    match tokio::time::timeout(patience, to_bytes(body, SMALL_BYTES)).await {
        Ok(Ok(body)) => next.run(Request::from_parts(parts, Body::from(body))).await,
        Ok(Err(_)) => upload::broken().into_response(),
        Err(_) => Problem::new(408, "timeout", "The request took too long", "Please try again on a faster connection.").into_response(),
    }
}
