//! Is the process alive (`/livez`), and should it get requests (`/readyz`)?

use axum::{Router, extract::State, http::StatusCode, routing::get};

use crate::server::state::AppState;

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/livez", get(|| async { "ok" })).route("/readyz", get(ready))
}

async fn ready(State(state): State<AppState>) -> (StatusCode, &'static str) {
    if state.soft_stop.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping");
    }
    match state.store.check().await {
        Ok(()) => (StatusCode::OK, "ready"),
        Err(error) => {
            tracing::error!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not take writes")
        }
    }
}
