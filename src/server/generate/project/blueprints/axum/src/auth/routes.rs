//! Accounts and tokens over HTTP.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::TimeDelta;

use super::access::{SignedIn, nobody};
use super::guesses::Guesses;
use super::passwords::{hash_password, hash_token, is_password, new_token};
use crate::App;
use crate::db::{self, Pool};
use crate::models::auth as table;
use crate::openapi::{Document, Operation};
use crate::problems::{Problem, Result};
use crate::requests::{Body, NoParams, created};
use crate::schemas::Request;
use crate::schemas::auth::{AccountOutput, Credentials, Registration, Revocation, TokenOutput};
use crate::settings::Settings;

const REGISTER: &str = "/api/auth/register";
const TOKEN: &str = "/api/auth/token";
const REVOKE: &str = "/api/auth/revoke";
const ME: &str = "/api/auth/me";

pub fn router() -> Router<App> {
    Router::new()
        .route(REGISTER, post(register))
        .route(TOKEN, post(create_token))
        .route(REVOKE, post(revoke_token))
        .route(ME, get(read_me))
}

async fn register(
    pool: State<Pool>,
    _: NoParams,
    Body(input): Body<Registration>,
) -> Result<impl IntoResponse> {
    let hash = hash_password(input.password).await?;
    let mut db = db::begin(&pool).await?;
    let account = table::insert(&mut db, &input.email.to_lowercase(), &hash).await?;
    db.commit().await?;
    Ok(created(ME.to_owned(), AccountOutput::from(account)))
}

/// Signs in: a token for the right e-mail address and password.
async fn create_token(
    pool: State<Pool>,
    settings: State<Arc<Settings>>,
    guesses: State<Arc<Guesses>>,
    client: Client,
    _: NoParams,
    Body(input): Body<Credentials>,
) -> Result<Json<TokenOutput>> {
    let email = input.email.to_lowercase();
    let address = client.0.map(|address| address.ip());
    guesses.add(&email, address).map_err(too_many)?;
    let account = table::find(&mut *pool.acquire().await?, &email).await?;
    let hash = account.as_ref().map(|account| account.password_hash.clone());
    let is_right = is_password(input.password, hash).await;
    let account = account.filter(|_| is_right);
    let account = account.ok_or_else(|| nobody("E-mail address or password is wrong."))?;
    guesses.forget(&email, address);
    let token = new_token();
    let expires_at = db::now() + TimeDelta::hours(settings.token_hours.into());
    let mut db = db::begin(&pool).await?;
    table::insert_token(&mut db, account.id, &hash_token(&token), expires_at).await?;
    db.commit().await?;
    Ok(Json(TokenOutput { access_token: token, token_type: "bearer".into(), expires_at }))
}

fn too_many(wait: Duration) -> Problem {
    let seconds = HeaderValue::from(wait.as_secs() + 1);
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "Too many wrong passwords.")
        .with_header(header::RETRY_AFTER, seconds)
}

/// Signs out: the token is worth nothing afterwards. Whoever has it may do so (RFC 7009).
async fn revoke_token(
    pool: State<Pool>,
    _: NoParams,
    Body(input): Body<Revocation>,
) -> Result<StatusCode> {
    let mut db = db::begin(&pool).await?;
    table::delete_token(&mut db, &hash_token(&input.token)).await?;
    db.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The account that asks.
async fn read_me(SignedIn(account): SignedIn, _: NoParams) -> Json<AccountOutput> {
    Json(account.into())
}

/// Where a request comes from, where that is known.
struct Client(Option<SocketAddr>);

impl<S: Send + Sync> FromRequestParts<S> for Client {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let address = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self(address.map(|ConnectInfo(address)| *address)))
    }
}

pub fn describe(document: &mut Document) {
    document.request::<Registration>();
    document.request::<Credentials>();
    document.request::<Revocation>();
    let account = document.answer::<AccountOutput>();
    let token = document.answer::<TokenOutput>();
    let operation = |path, id: &str, summary: &str, about: &str| Operation {
        path,
        method: "post",
        id: id.into(),
        summary: summary.into(),
        about: about.into(),
        tag: "accounts",
        parameters: Vec::new(),
        body: None,
        answer: None,
        status: StatusCode::OK,
        refusals: &[400, 413, 422],
        is_open: true,
    };
    document.add(Operation {
        body: Some(Registration::NAME),
        answer: Some(account.clone()),
        status: StatusCode::CREATED,
        refusals: &[400, 409, 413, 422],
        ..operation(REGISTER, "register", "Register", "Makes an account.")
    });
    document.add(Operation {
        body: Some(Credentials::NAME),
        answer: Some(token),
        refusals: &[400, 401, 413, 422, 429],
        ..operation(TOKEN, "create_token", "Create token", "Signs in.")
    });
    document.add(Operation {
        body: Some(Revocation::NAME),
        status: StatusCode::NO_CONTENT,
        ..operation(REVOKE, "revoke_token", "Revoke token", "Signs out.")
    });
    document.add(Operation {
        method: "get",
        answer: Some(account),
        refusals: &[422],
        is_open: false,
        ..operation(ME, "read_me", "Read me", "The account that asks.")
    });
}
