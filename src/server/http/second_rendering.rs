//! A page whose rendering stands still is rendered a second time, and whichever is ready first is sent.
//!
//! Leptos waits for a page's data by notifications between threads. On a machine with much more to do than it can, a page was seen to wait
//! for good in four of four runs of 480 pages each, and in none on a quiet one. The cause was not found, so this holds whatever it is: instead of 408 after half a minute the reader has the page after [`PATIENCE`].
//! Bounded: only for reading, once a page, and at most [`AT_ONCE`] at a time, so that a server that is merely slow gets little more to do.

use std::time::Duration;

use axum::{body::Body, extract::Request, http::Method, middleware::Next, response::Response};
use tokio::sync::Semaphore;

/// A thousand times what a page takes.
const PATIENCE: Duration = Duration::from_secs(2);
const AT_ONCE: usize = 4;

static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);

pub(super) async fn if_the_first_stands_still(request: Request, next: Next) -> Response {
    if request.method() != Method::GET {
        return next.run(request).await;
    }
    // What is read has no body.
    let (parts, _) = request.into_parts();
    let again = Request::from_parts(parts.clone(), Body::empty());
    let mut first = std::pin::pin!(next.clone().run(Request::from_parts(parts, Body::empty())));
    if let Ok(response) = tokio::time::timeout(PATIENCE, &mut first).await {
        return response;
    }
    let Ok(_turn) = TURNS.try_acquire() else { return first.await };
    tracing::warn!(path = again.uri().path(), "a page's rendering stands still: it is rendered again");
    tokio::select! {
        response = &mut first => response,
        response = next.run(again) => response,
    }
}
