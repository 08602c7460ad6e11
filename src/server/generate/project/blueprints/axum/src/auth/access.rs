//! Who is asking: the account of a request's bearer token.

use axum::extract::{FromRef, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::passwords::hash_token;
use crate::App;
use crate::db::Pool;
use crate::models::auth::{self as table, Account};
use crate::problems::{Problem, Result};

/// The account that asks; nobody gets a 401.
pub struct SignedIn(pub Account);

impl<S> FromRequestParts<S> for SignedIn
where
    S: Send + Sync,
    Pool: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let given = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let Some(token) = given.and_then(bearer) else { return Err(nobody("Sign in first.")) };
        let mut db = Pool::from_ref(state).acquire().await?;
        let account = table::find_by_token(&mut db, &hash_token(token)).await?;
        account.map(Self).ok_or_else(|| nobody("Sign in first."))
    }
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

pub fn nobody(detail: &str) -> Problem {
    let scheme = HeaderValue::from_static("Bearer");
    Problem::new(StatusCode::UNAUTHORIZED, detail).with_header(header::WWW_AUTHENTICATE, scheme)
}

/// Lets those in who have signed in.
pub async fn require(_: State<App>, _: SignedIn, request: Request, next: Next) -> Response {
    next.run(request).await
}
