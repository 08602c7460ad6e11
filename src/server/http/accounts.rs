//! REST: the account, its sessions, keys and tickets. Thin: each handler is one use case.

use std::net::{IpAddr, SocketAddr};

use axum::{
    Json, Router,
    extract::{ConnectInfo, FromRequestParts, Path, State, rejection::JsonRejection},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
    routing::{delete, get, post, put},
};
use axum_extra::extract::SignedCookieJar;
use serde::Deserialize;
use serde_json::json;

use super::session;
use crate::{
    protocol::{
        Problem,
        account::{KeyId, Me, Scope},
    },
    server::{accounts::SignedIn, state::AppState, tasks::Caller},
};

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/api/v1/account", get(me).post(register))
        .route("/api/v1/account/password", put(change_password))
        .route("/api/v1/account/tokens", get(postings))
        .route("/api/v1/account/audit", get(audit))
        .route("/api/v1/sessions", post(sign_in).delete(sign_out_everywhere))
        .route("/api/v1/sessions/current", delete(sign_out))
        .route("/api/v1/keys", get(keys).post(add_key))
        .route("/api/v1/keys/{id}", delete(revoke_key))
        .route("/api/v1/tickets", post(ticket))
}

/// Where the request comes from.
pub(super) struct From(pub IpAddr);

impl FromRequestParts<AppState> for From {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().copied();
        Ok(Self(session::client_address(state, &parts.headers, peer)))
    }
}

pub(super) type Body<T> = Result<Json<T>, JsonRejection>;

pub(super) fn read<T>(body: Body<T>) -> Result<T, Problem> {
    body.map(|Json(body)| body).map_err(|rejection| {
        let status = rejection.status().as_u16();
        Problem::new(status, "invalid-json", "The request was not understood", rejection.body_text())
    })
}

#[derive(Deserialize)]
struct Credentials {
    email: String,
    password: String,
}

async fn me(caller: Caller) -> Result<Json<Me>, Problem> {
    caller.me().await.map(Json)
}

async fn register(caller: Caller, From(address): From, jar: SignedCookieJar, body: Body<Credentials>) -> Result<Response, Problem> {
    let Credentials { email, password } = read(body)?;
    let session = caller.register(&email, password, address).await?;
    Ok(signed_in(&caller, jar, &session, StatusCode::CREATED))
}

async fn sign_in(caller: Caller, From(address): From, jar: SignedCookieJar, body: Body<Credentials>) -> Result<Response, Problem> {
    let Credentials { email, password } = read(body)?;
    let session = caller.sign_in(&email, password, address).await?;
    Ok(signed_in(&caller, jar, &session, StatusCode::OK))
}

fn signed_in(caller: &Caller, jar: SignedCookieJar, session: &SignedIn, status: StatusCode) -> Response {
    let jar = session::signed_in(&caller.state, jar, session);
    (status, jar, Json(json!({ "account_id": session.account_id }))).into_response()
}

async fn sign_out(caller: Caller, From(address): From, jar: SignedCookieJar) -> Result<Response, Problem> {
    caller.sign_out(address).await?;
    Ok((session::signed_out(&caller.state, jar), StatusCode::NO_CONTENT).into_response())
}

async fn sign_out_everywhere(caller: Caller, From(address): From, jar: SignedCookieJar) -> Result<Response, Problem> {
    caller.sign_out_everywhere(address).await?;
    Ok((session::signed_out(&caller.state, jar), StatusCode::NO_CONTENT).into_response())
}

#[derive(Deserialize)]
struct NewPassword {
    old_password: String,
    password: String,
}

async fn change_password(caller: Caller, From(address): From, body: Body<NewPassword>) -> Result<StatusCode, Problem> {
    let NewPassword { old_password, password } = read(body)?;
    caller.change_password(old_password, password, address).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn postings(caller: Caller) -> Result<Response, Problem> {
    Ok(Json(json!({ "tokens": caller.me().await?.tokens, "postings": caller.postings().await? })).into_response())
}

async fn audit(State(state): State<AppState>, caller: Caller) -> Result<Response, Problem> {
    Ok(Json(json!({ "entries": state.store.audit(Some(caller.account_id), 100).await? })).into_response())
}

async fn keys(caller: Caller) -> Result<Response, Problem> {
    Ok(Json(json!({ "keys": caller.keys().await? })).into_response())
}

#[derive(Deserialize)]
struct NewKey {
    name: String,
    scopes: Vec<String>,
    /// Absent: the key does not expire.
    expires_in_days: Option<u32>,
}

async fn add_key(caller: Caller, From(address): From, body: Body<NewKey>) -> Result<Response, Problem> {
    let NewKey { name, scopes, expires_in_days } = read(body)?;
    let known = |word: &String| {
        Scope::parse(word)
            .ok_or_else(|| Problem::invalid("scopes", format!("`{word}` is no scope; there are tasks:read, tasks:write and account.")))
    };
    let scopes = scopes.iter().map(known).collect::<Result<Vec<_>, _>>()?;
    if expires_in_days.is_some_and(|days| !(1..=3650).contains(&days)) {
        return Err(Problem::invalid("expires_in_days", "A key lives 1 to 3650 days, or for ever without this field."));
    }
    let key = caller.add_key(&name, scopes, expires_in_days, address).await?;
    Ok((StatusCode::CREATED, Json(key)).into_response())
}

async fn revoke_key(
    caller: Caller,
    From(address): From,
    id: Result<Path<uuid::Uuid>, axum::extract::rejection::PathRejection>,
) -> Result<StatusCode, Problem> {
    let Path(id) = id.map_err(|_| Problem::not_found("key"))?;
    caller.revoke_key(KeyId(id), address).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn ticket(caller: Caller) -> Result<Response, Problem> {
    Ok((StatusCode::CREATED, Json(caller.ticket().await?)).into_response())
}
