//! Who is asking: every browser gets a guest account by a signed cookie, the first time it comes.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use axum_extra::extract::{
    SignedCookieJar,
    cookie::{Cookie, SameSite},
};

use crate::{
    protocol::AccountId,
    server::{random, state::AppState},
};

pub(super) const COOKIE: &str = "livegen_session";

pub(super) async fn identify(State(state): State<AppState>, jar: SignedCookieJar, mut request: Request, next: Next) -> Response {
    if request.uri().path().starts_with("/pkg/") {
        return next.run(request).await;
    }
    let known: Option<AccountId> = jar.get(COOKIE).and_then(|cookie| cookie.value().parse().ok());
    let account_id = known.unwrap_or_else(|| random::new_account_id(&*state.clock));
    request.extensions_mut().insert(account_id);
    let response = next.run(request).await;
    if known.is_some() {
        return response;
    }
    let cookie = Cookie::build((COOKIE, account_id.to_string()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(state.settings.server.secure_cookies)
        .permanent()
        .build();
    (jar.add(cookie), response).into_response()
}
