//! REST: webhooks, and what became of the messages to them. Thin: each handler is one use case.

use axum::{
    Json, Router,
    extract::{Path, rejection::PathRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use serde::Deserialize;
use serde_json::json;

use super::accounts::{Body, From, read};
use crate::{
    protocol::{
        Problem,
        webhook::{Occasion, WebhookId},
    },
    server::{state::AppState, tasks::Caller},
};

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/api/v1/webhooks", get(list).post(add))
        .route("/api/v1/webhooks/{id}", delete(remove))
        .route("/api/v1/webhooks/{id}/test", post(test))
        .route("/api/v1/webhooks/{id}/secret", post(change_secret))
        .route("/api/v1/webhooks/{id}/deliveries", get(deliveries))
        .route("/api/v1/account/mail", get(mail).put(set_mail))
}

type Id = Result<Path<uuid::Uuid>, PathRejection>;

fn webhook_id(id: Id) -> Result<WebhookId, Problem> {
    id.map(|Path(id)| WebhookId(id)).map_err(|_| Problem::not_found("webhook"))
}

async fn list(caller: Caller) -> Result<Response, Problem> {
    Ok(Json(json!({ "webhooks": caller.webhooks().await? })).into_response())
}

#[derive(Deserialize)]
struct NewWebhook {
    url: String,
    /// Absent: every end of a task.
    events: Option<Vec<String>>,
    #[serde(default)]
    description: String,
}

async fn add(caller: Caller, From(address): From, body: Body<NewWebhook>) -> Result<Response, Problem> {
    let NewWebhook { url, events, description } = read(body)?;
    let known = |word: &String| {
        Occasion::parse(word).filter(|event| Occasion::OF_TASKS.contains(event)).ok_or_else(|| {
            Problem::invalid("events", format!("`{word}` is no event; there are task.completed, task.failed and task.cancelled."))
        })
    };
    let events = match events {
        Some(words) => words.iter().map(known).collect::<Result<Vec<_>, _>>()?,
        None => Occasion::OF_TASKS.to_vec(),
    };
    let webhook = caller.add_webhook(&url, events, &description, address).await?;
    Ok((StatusCode::CREATED, Json(webhook)).into_response())
}

async fn remove(caller: Caller, From(address): From, id: Id) -> Result<StatusCode, Problem> {
    caller.remove_webhook(webhook_id(id)?, address).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn test(caller: Caller, From(address): From, id: Id) -> Result<Response, Problem> {
    let message_id = caller.test_webhook(webhook_id(id)?, address).await?;
    Ok((StatusCode::ACCEPTED, Json(json!({ "message_id": message_id }))).into_response())
}

async fn change_secret(caller: Caller, From(address): From, id: Id) -> Result<Response, Problem> {
    Ok(Json(caller.change_webhook_secret(webhook_id(id)?, address).await?).into_response())
}

async fn deliveries(caller: Caller, id: Id) -> Result<Response, Problem> {
    Ok(Json(json!({ "deliveries": caller.webhook_deliveries(webhook_id(id)?).await? })).into_response())
}

async fn mail(caller: Caller) -> Result<Response, Problem> {
    let wanted = caller.wants_mail().await?;
    Ok(Json(json!({ "available": wanted.is_some(), "when_done": wanted.unwrap_or(false) })).into_response())
}

#[derive(Deserialize)]
struct Wish {
    when_done: bool,
}

async fn set_mail(caller: Caller, From(address): From, body: Body<Wish>) -> Result<StatusCode, Problem> {
    let Wish { when_done } = read(body)?;
    caller.want_mail(when_done, address).await?;
    Ok(StatusCode::NO_CONTENT)
}
