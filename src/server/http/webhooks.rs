//! REST: webhooks, and what became of the messages to them. Thin: each handler is one use case.

use axum::{
    Json,
    extract::{Path, rejection::PathRejection},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    accounts::{Body, From, read},
    openapi::{Conflict, NotFound, NotOfThisKind, Unacceptable},
};
use crate::{
    protocol::{
        Problem,
        webhook::{DeliveryInfo, FreshWebhook, Occasion, WebhookId, WebhookInfo},
    },
    server::{state::AppState, tasks::Caller},
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, add))
        .routes(routes!(remove))
        .routes(routes!(test))
        .routes(routes!(change_secret))
        .routes(routes!(deliveries))
}

type Id = Result<Path<uuid::Uuid>, PathRejection>;

fn webhook_id(id: Id) -> Result<WebhookId, Problem> {
    id.map(|Path(id)| WebhookId(id)).map_err(|_| Problem::not_found("webhook"))
}

#[derive(Serialize, ToSchema)]
struct Webhooks {
    webhooks: Vec<WebhookInfo>,
}

/// The account's webhooks.
#[utoipa::path(
    get, path = "/api/v1/webhooks", operation_id = "list_webhooks", tag = "webhooks",
    responses((status = 200, description = "Without their secrets.", body = Webhooks))
)]
async fn list(caller: Caller) -> Result<Json<Webhooks>, Problem> {
    Ok(Json(Webhooks { webhooks: caller.webhooks().await? }))
}

#[derive(Deserialize, ToSchema)]
struct NewWebhook {
    /// Where messages are posted, signed by the Standard Webhooks scheme. Private addresses are refused.
    #[schema(format = "uri")]
    url: String,
    /// Absent: every end of a task.
    #[schema(value_type = Option<Vec<TaskEnd>>, min_items = 1)]
    events: Option<Vec<String>>,
    /// For people.
    #[serde(default)]
    #[schema(max_length = 100)]
    description: String,
}

/// How a task can end.
#[derive(ToSchema)]
#[expect(dead_code, reason = "read as words, so that one that is wrong can be named")]
enum TaskEnd {
    #[serde(rename = "task.completed")]
    Completed,
    #[serde(rename = "task.failed")]
    Failed,
    #[serde(rename = "task.cancelled")]
    Cancelled,
}

/// Make a webhook.
#[utoipa::path(
    post, path = "/api/v1/webhooks", operation_id = "add_webhook", tag = "webhooks",
    request_body = NewWebhook,
    responses((status = 201, description = "With its secret, shown this once.", body = FreshWebhook), NotOfThisKind, Unacceptable)
)]
async fn add(caller: Caller, From(address): From, body: Body<NewWebhook>) -> Result<(StatusCode, Json<FreshWebhook>), Problem> {
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
    Ok((StatusCode::CREATED, Json(webhook)))
}

/// Remove a webhook.
#[utoipa::path(
    delete, path = "/api/v1/webhooks/{id}", operation_id = "remove_webhook", tag = "webhooks",
    params(("id" = WebhookId, Path, description = "The webhook.")),
    responses((status = 204, description = "Nothing more is sent."), NotFound)
)]
async fn remove(caller: Caller, From(address): From, id: Id) -> Result<StatusCode, Problem> {
    caller.remove_webhook(webhook_id(id)?, address).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A message that is under way.
#[derive(Serialize, ToSchema)]
struct Sent {
    /// Its id among the deliveries.
    message_id: String,
}

/// Send a test message.
#[utoipa::path(
    post, path = "/api/v1/webhooks/{id}/test", operation_id = "test_webhook", tag = "webhooks",
    params(("id" = WebhookId, Path, description = "The webhook.")),
    responses((status = 202, description = "It is under way.", body = Sent), NotFound, Conflict)
)]
async fn test(caller: Caller, From(address): From, id: Id) -> Result<(StatusCode, Json<Sent>), Problem> {
    let message_id = caller.test_webhook(webhook_id(id)?, address).await?;
    Ok((StatusCode::ACCEPTED, Json(Sent { message_id })))
}

/// Give a webhook a new secret.
#[utoipa::path(
    post, path = "/api/v1/webhooks/{id}/secret", operation_id = "change_webhook_secret", tag = "webhooks",
    params(("id" = WebhookId, Path, description = "The webhook.")),
    responses((status = 200, description = "The new one, shown this once; for a day both sign.", body = FreshWebhook), NotFound)
)]
async fn change_secret(caller: Caller, From(address): From, id: Id) -> Result<Json<FreshWebhook>, Problem> {
    caller.change_webhook_secret(webhook_id(id)?, address).await.map(Json)
}

#[derive(Serialize, ToSchema)]
struct Deliveries {
    /// The newest 50, newest first.
    deliveries: Vec<DeliveryInfo>,
}

/// What became of messages.
#[utoipa::path(
    get, path = "/api/v1/webhooks/{id}/deliveries", operation_id = "list_deliveries", tag = "webhooks",
    params(("id" = WebhookId, Path, description = "The webhook.")),
    responses((status = 200, description = "Each with its state, attempts and last answer.", body = Deliveries), NotFound)
)]
async fn deliveries(caller: Caller, id: Id) -> Result<Json<Deliveries>, Problem> {
    Ok(Json(Deliveries { deliveries: caller.webhook_deliveries(webhook_id(id)?).await? }))
}
