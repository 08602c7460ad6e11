//! The API described by itself: `GET /api/openapi.json`, collected from the handlers where their routes are made.
//!
//! A route under `/api` and its description come from one `routes!`. What holds for every operation (who may call it, what
//! every request may be refused with) is added here once. Sockets are described as far as `OpenAPI` goes: by the request
//! that becomes one.

mod links;
mod refusals;
pub(super) mod requests;
mod shapes;

use std::sync::LazyLock;

use axum::{
    extract::{Request, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use leptos_axum::render_app_async_with_context;
use serde_json::Value;
use utoipa::openapi::{
    OpenApi,
    path::Operation,
    security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme},
};

pub(super) use self::refusals::{Conflict, NotFound, NotOfThisKind, TooFewTokens, Unacceptable, UpgradeRequired};
use super::{pages, session};
use crate::{app::still::api_shell, protocol::Problem, server::state::AppState};

const ABOUT: &str = "Start generations, watch them live, download what they made.\n\n\
    Whoever asks without a proof is a guest and gets a cookie; with an API key (`Authorization: Bearer …`) or a session's cookie it is an \
    account. Everything belongs to the account that made it: for all others it does not exist (404), but for whom it was shared \
    with: a link's token as `?share=` lets watch one project. Every answer that is no success is \
    `application/problem+json`. Where something is started, an `Idempotency-Key` header makes sending twice harmless.";

pub(super) const PATH: &str = "/api/openapi.json";

/// What is described before any route adds itself.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(title = "Livegen", description = ABOUT, license(name = "MIT", identifier = "MIT"), contact()),
    servers((url = "/", description = "This server")),
    tags(
        (name = "tasks", description = "Generations: start, look, cancel, run again, download."),
        (name = "live", description = "A task's log as it grows: WebSocket, Server-Sent Events, long-poll."),
        (name = "projects", description = "A project's room: its runs, links that let others watch, comments, who is there."),
        (name = "account", description = "Who is asking: account, sessions, keys, tickets, tokens."),
        (name = "webhooks", description = "Being told that a task has ended: by a signed message to an address, or by mail."),
        (name = "admin", description = "Looking after everybody's accounts. For all others these endpoints do not exist (404)."),
        (name = "founding", description = "The endpoints of the documents that Livegen grew from, word for word."),
        (name = "meta", description = "About this API."),
    ),
    components(schemas(Problem)),
)]
struct Base;

pub(super) fn base() -> OpenApi {
    <Base as utoipa::OpenApi>::openapi()
}

/// The description, whole.
pub fn document() -> &'static Value {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
        let mut document = super::api().to_openapi();
        add_what_all_have(&mut document);
        let mut document = serde_json::to_value(document).unwrap_or_default();
        links::add(&mut document);
        document
    });
    &DOCUMENT
}

/// As it is served.
pub fn json() -> Bytes {
    static JSON: LazyLock<Bytes> = LazyLock::new(|| serde_json::to_string_pretty(document()).unwrap_or_default().into());
    JSON.clone()
}

/// The description of this API, `OpenAPI` 3.1.
#[utoipa::path(
    get, path = PATH, operation_id = "describe_api", tag = "meta",
    responses((status = 200, description = "This document.", body = Value))
)]
pub(super) async fn serve() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], json())
}

/// `GET /api`: the same, for people.
pub(super) async fn page(State(state): State<AppState>, request: Request) -> Response {
    let (context, options) = (pages::page_context(&state), state.leptos.clone());
    render_app_async_with_context(context, move || api_shell(options.clone(), document()))(request).await
}

fn add_what_all_have(document: &mut OpenApi) {
    let components = document.components.get_or_insert_default();
    refusals::declare(components);
    let mut bearer = Http::new(HttpAuthScheme::Bearer);
    bearer.description = Some("An API key, made on the account's page or by `POST /api/v1/keys`.".into());
    components.add_security_scheme("key", SecurityScheme::Http(bearer));
    let cookie = ApiKeyValue::with_description(session::COOKIE, "A browser's: a guest's, or a session's after signing in.");
    components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    // The router's way to say that a parameter takes slashes too.
    let paths = std::mem::take(&mut document.paths.paths);
    document.paths.paths = paths.into_iter().map(|(path, item)| (path.replace("{*", "{"), item)).collect();
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        let proofs = ["key", "cookie"].map(|name| SecurityRequirement::new(name, [] as [&str; 0]));
        operation.security = Some([SecurityRequirement::default()].into_iter().chain(proofs).collect());
        for (status, response) in refusals::of_any(operation.request_body.is_some()) {
            operation.responses.responses.entry(status).or_insert(response);
        }
    }
}

fn operations(item: &mut utoipa::openapi::PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch].into_iter().filter_map(Option::as_mut)
}
