//! REST: the account, its sessions, keys and tickets. Thin: each handler is one use case.

use std::net::IpAddr;

use axum::{
    Json,
    extract::{FromRequestParts, Path, rejection::JsonRejection},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use axum_extra::extract::SignedCookieJar;
use serde::{Deserialize, Serialize};
use serde_json::Number;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    limits,
    openapi::{Conflict, NotFound, NotOfThisKind, Unacceptable},
    session,
};
use crate::{
    protocol::{
        AccountId, Problem,
        account::{AuditEntry, FreshKey, KeyId, KeyInfo, Me, Posting, Scope, Tokens},
    },
    server::{
        accounts::{SignedIn, Ticket},
        state::AppState,
        tasks::Caller,
    },
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(me, register))
        .routes(routes!(change_password))
        .routes(routes!(postings))
        .routes(routes!(audit))
        .routes(routes!(sign_in, sign_out_everywhere))
        .routes(routes!(sign_out))
        .routes(routes!(keys, add_key))
        .routes(routes!(revoke_key))
        .routes(routes!(ticket))
}

/// Where the request comes from.
pub(super) struct From(pub IpAddr);

impl FromRequestParts<AppState> for From {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Self::Rejection> {
        Ok(Self(limits::address_of(&parts.extensions)))
    }
}

pub(super) type Body<T> = Result<Json<T>, JsonRejection>;

pub(super) fn read<T>(body: Body<T>) -> Result<T, Problem> {
    body.map(|Json(body)| body).map_err(|rejection| {
        let status = rejection.status().as_u16();
        Problem::new(status, "invalid-json", "The request was not understood", rejection.body_text())
    })
}

#[derive(Deserialize, ToSchema)]
struct Credentials {
    #[schema(max_length = 254, format = Email, examples("ada@example.org"))]
    email: String,
    /// 10 to 256 characters, and no well-known password.
    #[schema(min_length = 10, max_length = 256, format = Password)]
    password: String,
}

/// The account that the session is of.
#[derive(Serialize, ToSchema)]
struct SignedInto {
    account_id: AccountId,
}

/// Who is asking.
#[utoipa::path(
    get, path = "/api/v1/account", operation_id = "show_account", tag = "account",
    responses((status = 200, description = "Account, role and balance.", body = Me))
)]
async fn me(caller: Caller) -> Result<Json<Me>, Problem> {
    caller.me().await.map(Json)
}

/// Register an account.
#[utoipa::path(
    post, path = "/api/v1/account", operation_id = "register", tag = "account",
    request_body = Credentials,
    responses((status = 201, description = "Registered and signed in; a guest's tasks came along.", body = SignedInto, headers(("Set-Cookie" = String, description = "The session."))), Conflict, NotOfThisKind, Unacceptable)
)]
async fn register(caller: Caller, From(address): From, jar: SignedCookieJar, body: Body<Credentials>) -> Result<Response, Problem> {
    let Credentials { email, password } = read(body)?;
    let session = caller.register(&email, password, address).await?;
    Ok(signed_in(&caller, jar, &session, StatusCode::CREATED))
}

/// Sign in.
#[utoipa::path(
    post, path = "/api/v1/sessions", operation_id = "sign_in", tag = "account",
    request_body = Credentials,
    responses((status = 200, description = "Signed in; a guest's tasks came along.", body = SignedInto, headers(("Set-Cookie" = String, description = "The session."))), NotOfThisKind, Unacceptable)
)]
async fn sign_in(caller: Caller, From(address): From, jar: SignedCookieJar, body: Body<Credentials>) -> Result<Response, Problem> {
    let Credentials { email, password } = read(body)?;
    let session = caller.sign_in(&email, password, address).await?;
    Ok(signed_in(&caller, jar, &session, StatusCode::OK))
}

fn signed_in(caller: &Caller, jar: SignedCookieJar, session: &SignedIn, status: StatusCode) -> Response {
    let jar = session::signed_in(&caller.state, jar, session);
    (status, jar, Json(SignedInto { account_id: session.account_id })).into_response()
}

/// Sign out here.
#[utoipa::path(
    delete, path = "/api/v1/sessions/current", operation_id = "sign_out", tag = "account",
    responses((status = 204, description = "Done."))
)]
async fn sign_out(caller: Caller, From(address): From, jar: SignedCookieJar) -> Result<Response, Problem> {
    caller.sign_out(address).await?;
    Ok((session::signed_out(&caller.state, jar), StatusCode::NO_CONTENT).into_response())
}

/// Sign out everywhere: every session ends, and with it whatever it has open.
#[utoipa::path(
    delete, path = "/api/v1/sessions", operation_id = "sign_out_everywhere", tag = "account",
    responses((status = 204, description = "Done."))
)]
async fn sign_out_everywhere(caller: Caller, From(address): From, jar: SignedCookieJar) -> Result<Response, Problem> {
    caller.sign_out_everywhere(address).await?;
    Ok((session::signed_out(&caller.state, jar), StatusCode::NO_CONTENT).into_response())
}

#[derive(Deserialize, ToSchema)]
struct NewPassword {
    #[schema(format = Password)]
    old_password: String,
    #[schema(min_length = 10, max_length = 256, format = Password)]
    password: String,
}

/// Change the password. All other sessions end.
#[utoipa::path(
    put, path = "/api/v1/account/password", operation_id = "change_password", tag = "account",
    request_body = NewPassword,
    responses((status = 204, description = "Done."), NotOfThisKind, Unacceptable)
)]
async fn change_password(caller: Caller, From(address): From, body: Body<NewPassword>) -> Result<StatusCode, Problem> {
    let NewPassword { old_password, password } = read(body)?;
    caller.change_password(old_password, password, address).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, ToSchema)]
struct Ledger {
    tokens: Tokens,
    /// The newest 100, newest first.
    postings: Vec<Posting>,
}

/// What tokens came and went.
#[utoipa::path(
    get, path = "/api/v1/account/tokens", operation_id = "list_postings", tag = "account",
    responses((status = 200, description = "Balance and postings.", body = Ledger))
)]
async fn postings(caller: Caller) -> Result<Json<Ledger>, Problem> {
    Ok(Json(Ledger { tokens: caller.me().await?.tokens, postings: caller.postings().await? }))
}

#[derive(Serialize, ToSchema)]
struct Record {
    /// The newest 100, newest first.
    entries: Vec<AuditEntry>,
}

/// What was done with the account.
#[utoipa::path(
    get, path = "/api/v1/account/audit", operation_id = "list_audit", tag = "account",
    responses((status = 200, description = "Sign-ins, keys, changes.", body = Record))
)]
async fn audit(caller: Caller) -> Result<Json<Record>, Problem> {
    Ok(Json(Record { entries: caller.record_of_account().await? }))
}

/// To JSON Schema 228.0 is an integer.
fn whole(number: &Number) -> Option<u32> {
    let exact =
        number.as_u64().or_else(|| number.as_f64().filter(|value| value.fract() == 0.0).and_then(|value| format!("{value}").parse().ok()));
    exact.and_then(|value| u32::try_from(value).ok())
}

#[derive(Serialize, ToSchema)]
struct Keys {
    keys: Vec<KeyInfo>,
}

/// The account's API keys.
#[utoipa::path(
    get, path = "/api/v1/keys", operation_id = "list_keys", tag = "account",
    responses((status = 200, description = "Without their secrets.", body = Keys))
)]
async fn keys(caller: Caller) -> Result<Json<Keys>, Problem> {
    Ok(Json(Keys { keys: caller.keys().await? }))
}

#[derive(Deserialize, ToSchema)]
struct NewKey {
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    #[schema(value_type = Vec<Scope>, min_items = 1)]
    scopes: Vec<String>,
    /// Absent: the key does not expire.
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 3650)]
    expires_in_days: Option<Number>,
}

/// Make an API key.
#[utoipa::path(
    post, path = "/api/v1/keys", operation_id = "add_key", tag = "account",
    request_body = NewKey,
    responses((status = 201, description = "The key, shown this once.", body = FreshKey), NotOfThisKind, Unacceptable)
)]
async fn add_key(caller: Caller, From(address): From, body: Body<NewKey>) -> Result<Response, Problem> {
    let NewKey { name, scopes, expires_in_days } = read(body)?;
    let known = |word: &String| {
        Scope::parse(word).ok_or_else(|| {
            Problem::invalid("scopes", format!("`{word}` is no scope; there are tasks:read, tasks:write, account and admin."))
        })
    };
    let scopes = scopes.iter().map(known).collect::<Result<Vec<_>, _>>()?;
    let days = expires_in_days.as_ref().map(|days| whole(days).filter(|days| (1..=3650).contains(days)));
    if days == Some(None) {
        return Err(Problem::invalid("expires_in_days", "A key lives 1 to 3650 days, or for ever without this field."));
    }
    let key = caller.add_key(&name, scopes, days.flatten(), address).await?;
    Ok((StatusCode::CREATED, Json(key)).into_response())
}

/// Revoke an API key.
#[utoipa::path(
    delete, path = "/api/v1/keys/{id}", operation_id = "revoke_key", tag = "account",
    params(("id" = KeyId, Path, description = "The key.")),
    responses((status = 204, description = "Whatever it has open is closed within a second."), NotFound)
)]
async fn revoke_key(
    caller: Caller,
    From(address): From,
    id: Result<Path<uuid::Uuid>, axum::extract::rejection::PathRejection>,
) -> Result<StatusCode, Problem> {
    let Path(id) = id.map_err(|_| Problem::not_found("key"))?;
    caller.revoke_key(KeyId(id), address).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A ticket for one WebSocket, for clients that can send neither cookie nor header.
#[utoipa::path(
    post, path = "/api/v1/tickets", operation_id = "add_ticket", tag = "account",
    responses((status = 201, description = "Append it as `?ticket=` to a socket's address.", body = Ticket))
)]
async fn ticket(caller: Caller) -> Result<(StatusCode, Json<Ticket>), Problem> {
    Ok((StatusCode::CREATED, Json(caller.ticket().await?)))
}
