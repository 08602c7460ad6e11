//! Pages: Leptos' routes and server functions, and the plain forms that work without JavaScript.

use axum::{
    Extension, Router,
    extract::{FromRequestParts, Request, State},
    http::{HeaderValue, StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
    routing::post,
};
use axum_extra::extract::{CookieJar, cookie::{Cookie, SameSite}};
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{LeptosRoutes, ResponseOptions, file_and_error_handler_with_context, generate_route_list, render_app_to_stream_with_context};
use serde::Deserialize;

use super::{TaskPath, security, upload};
use crate::{
    app::{App, forms::FormState, shell},
    protocol::{AccountId, Problem},
    server::{state::AppState, tasks::Caller},
};

pub(super) fn router(state: &AppState) -> Router<AppState> {
    let context = page_context(state);
    let options = state.leptos.clone();
    Router::new()
        .route("/theme", post(theme))
        .route("/tasks/{id}/cancel", post(cancel))
        .route("/tasks/{id}/retry", post(retry))
        .leptos_routes_with_context(state, generate_route_list(App), context.clone(), move || shell(options.clone()))
        .route("/new/test-suite", post(submit))
        .fallback(file_and_error_handler_with_context::<AppState, _>(context, shell))
}

/// What every page and server function may use: the caller, and the security policy of the answer.
fn page_context(state: &AppState) -> impl Fn() + Clone + Send + Sync + 'static {
    let state = state.clone();
    move || {
        let account_id = use_context::<Parts>().and_then(|parts| parts.extensions.get::<AccountId>().copied());
        if let Some(account_id) = account_id {
            provide_context(Caller { state: state.clone(), account_id });
        }
        let (Some(nonce), Some(response)) = (leptos::nonce::use_nonce(), use_context::<ResponseOptions>()) else { return };
        if let Ok(policy) = HeaderValue::from_str(&security::content_security_policy(&nonce)) {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
}
