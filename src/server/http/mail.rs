//! REST: whether an account is mailed to, and whether its address is its own. Thin: each handler is one use case.

use axum::{Json, http::StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    accounts::{Body, From, read},
    openapi::{Conflict, NotFound, NotOfThisKind, Unacceptable},
};
use crate::{
    protocol::{Problem, account::MailState},
    server::{state::AppState, tasks::Caller},
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(mail, set_mail)).routes(routes!(ask_confirmation, confirm))
}

#[derive(Serialize, ToSchema)]
struct Mail {
    /// Whether this server sends mail, and has an address for it.
    available: bool,
    #[serde(flatten)]
    state: MailState,
}

/// How the account stands with mail.
#[utoipa::path(
    get, path = "/api/v1/account/mail", operation_id = "show_mail", tag = "webhooks",
    responses((status = 200, description = "Whether there is any, whether the address is confirmed, and the switch.", body = Mail))
)]
async fn mail(caller: Caller) -> Result<Json<Mail>, Problem> {
    let state = caller.mail().await?;
    Ok(Json(Mail { available: state.is_some(), state: state.unwrap_or_default() }))
}

#[derive(Deserialize, ToSchema)]
struct Wish {
    when_done: bool,
}

/// Switch mails on or off. On needs an address that is confirmed.
#[utoipa::path(
    put, path = "/api/v1/account/mail", operation_id = "set_mail", tag = "webhooks",
    request_body = Wish,
    responses((status = 204, description = "Done."), Conflict, NotOfThisKind, Unacceptable)
)]
async fn set_mail(caller: Caller, From(address): From, body: Body<Wish>) -> Result<StatusCode, Problem> {
    let Wish { when_done } = read(body)?;
    caller.want_mail(when_done, address).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Send the confirmation mail again: once a minute and five times a day at most.
#[utoipa::path(
    post, path = "/api/v1/account/mail/confirmation", operation_id = "ask_confirmation", tag = "webhooks",
    responses((status = 202, description = "It is under way. What becomes of it is not told."), Conflict)
)]
async fn ask_confirmation(caller: Caller, From(address): From) -> Result<StatusCode, Problem> {
    caller.ask_confirmation(address).await?;
    Ok(StatusCode::ACCEPTED)
}

#[derive(Deserialize, ToSchema)]
struct Link {
    /// Of the link in the mail. It is for one account, good once, for a day.
    token: String,
}

/// Confirm an address, as the link in the mail does.
#[utoipa::path(
    put, path = "/api/v1/account/mail/confirmation", operation_id = "verify_address", tag = "webhooks",
    request_body = Link,
    responses((status = 204, description = "Confirmed."), NotFound, NotOfThisKind, Unacceptable)
)]
async fn confirm(caller: Caller, From(address): From, body: Body<Link>) -> Result<StatusCode, Problem> {
    let Link { token } = read(body)?;
    caller.confirm(&token, address).await?;
    Ok(StatusCode::NO_CONTENT)
}
