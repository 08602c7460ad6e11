//! Mail without script: the forms on the account's page, and the pages that a link in a confirmation mail leads to.
//!
//! Looking at the link's page confirms nothing: programs that look for viruses follow links too. Its button does.

use axum::{
    Form, Router,
    extract::{Query, Request, rejection::QueryRejection},
    http::{HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use leptos_axum::render_app_async_with_context;
use serde::Deserialize;

use super::{account_page, accounts::From, pages};
use crate::{
    app::still::{ConfirmationView, Part, confirmation_shell},
    protocol::Problem,
    server::{state::AppState, tasks::Caller},
};

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/account/mail", post(want_mail))
        .route("/account/mail/confirmation", post(ask))
        .route("/account/confirm", get(question).post(confirm))
        .route("/account/confirmed", get(confirmed))
}

/// Where the account's page has it.
const HOME: &str = "/account#mail-title";

#[derive(Deserialize)]
struct Wish {
    wanted: bool,
}

async fn want_mail(caller: Caller, From(address): From, parts: Parts, Form(Wish { wanted }): Form<Wish>) -> Response {
    back(&caller, parts, caller.want_mail(wanted, address).await).await
}

async fn ask(caller: Caller, From(address): From, parts: Parts) -> Response {
    back(&caller, parts, caller.ask_confirmation(address).await).await
}

async fn back(caller: &Caller, parts: Parts, done: Result<(), Problem>) -> Response {
    match done {
        Ok(()) => Redirect::to(HOME).into_response(),
        Err(problem) => account_page::page(caller, parts, Some((Part::Mail, problem)), String::new(), None).await,
    }
}

#[derive(Deserialize)]
struct Link {
    token: String,
}

async fn question(caller: Caller, link: Result<Query<Link>, QueryRejection>, parts: Parts) -> Response {
    let token = link.map(|Query(link)| link.token).unwrap_or_default();
    let view = match caller.address_to_confirm(&token).await {
        Ok(email) => ConfirmationView::Question { email, token },
        Err(problem) => ConfirmationView::Refused(problem),
    };
    page(&caller, parts, view).await
}

async fn confirm(caller: Caller, From(address): From, parts: Parts, Form(Link { token }): Form<Link>) -> Response {
    match caller.confirm(&token, address).await {
        Ok(()) => Redirect::to("/account/confirmed").into_response(),
        Err(problem) => page(&caller, parts, ConfirmationView::Refused(problem)).await,
    }
}

async fn confirmed(caller: Caller, parts: Parts) -> Response {
    page(&caller, parts, ConfirmationView::Done).await
}

async fn page(caller: &Caller, mut parts: Parts, view: ConfirmationView) -> Response {
    let status = match &view {
        ConfirmationView::Refused(problem) => StatusCode::from_u16(problem.status).unwrap_or(StatusCode::NOT_FOUND),
        ConfirmationView::Question { .. } | ConfirmationView::Done => StatusCode::OK,
    };
    parts.method = Method::GET;
    let (context, options) = (pages::page_context(&caller.state), caller.state.leptos.clone());
    let render = render_app_async_with_context(context, move || confirmation_shell(options.clone(), &view));
    let mut response = render(Request::from_parts(parts, axum::body::Body::empty())).await;
    *response.status_mut() = status;
    // The link is in it.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
