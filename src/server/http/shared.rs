//! Links to a project: how a request shows that it has one.
//!
//! Programs send `?share=<token>` with what reads the project or its runs. A browser that opens such an address of a page gets the token
//! into a cookie and is sent on without it, so that it is in no address that somebody copies, in no `Referer`, and goes along with whatever the
//! page asks for. Whether a token is good for a task is decided where every right is, in [`tasks::Caller::access`](crate::server::tasks).

use std::str::FromStr;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, SameSite},
};

use crate::{
    protocol::{Problem, TaskId},
    server::{accounts::secret, state::AppState, store::accounts::Digest},
};

pub(super) const COOKIE: &str = "livegen_shares";
const FIELD: &str = "share=";
/// Links that one browser has at hand; the one that was opened longest ago goes first.
const MAX_TOKENS: usize = 8;

/// Of the tokens that a request shows, what the store knows them by.
pub(super) fn digests(headers: &HeaderMap, uri: &Uri) -> Vec<Digest> {
    let of_cookie = of_cookie(&CookieJar::from_headers(headers));
    of_address(uri).into_iter().chain(of_cookie).take(MAX_TOKENS).map(|token| secret::digest(&token)).collect()
}

/// 256 bits, as this server writes them: nothing else is looked up.
fn is_token(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

fn of_address(uri: &Uri) -> Option<String> {
    let token = uri.query()?.split('&').find_map(|pair| pair.strip_prefix(FIELD))?;
    is_token(token).then(|| token.to_owned())
}

fn of_cookie(jar: &CookieJar) -> Vec<String> {
    let tokens = jar.get(COOKIE).map(|cookie| cookie.value().to_owned()).unwrap_or_default();
    tokens.split('.').filter(|token| is_token(token)).take(MAX_TOKENS).map(str::to_owned).collect()
}

/// For pages: takes a good token out of the address. One that is not good is left to the page, which knows no such project.
pub(super) async fn take_link(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let found = (request.method() == Method::GET).then(|| Some((page_of(request.uri().path())?, of_address(request.uri())?))).flatten();
    let Some((task_id, token)) = found else { return next.run(request).await };
    match state.store.shared(secret::digest(&token), task_id, state.clock.now()).await {
        Ok(Some(_)) => {}
        Ok(None) => return next.run(request).await,
        Err(error) => return Problem::from(error).into_response(),
    }
    let jar = CookieJar::from_headers(request.headers());
    let mut tokens = of_cookie(&jar);
    tokens.retain(|known| *known != token);
    tokens.insert(0, token);
    tokens.truncate(MAX_TOKENS);
    let cookie = Cookie::build((COOKIE, tokens.join(".")))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(state.settings.server.secure_cookies)
        // The tokens in it end by themselves.
        .permanent()
        .build();
    let mut response = (jar.add(cookie), Redirect::to(&without_token(request.uri()))).into_response();
    for (name, value) in [(header::CACHE_CONTROL, "no-store"), (HeaderName::from_static("referrer-policy"), "no-referrer")] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The task that a page is about.
fn page_of(path: &str) -> Option<TaskId> {
    let rest = path.strip_prefix("/projects/").or_else(|| path.strip_prefix("/tasks/"))?;
    TaskId::from_str(rest).ok()
}

fn without_token(uri: &Uri) -> String {
    let rest: Vec<&str> = uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty() && !pair.starts_with(FIELD)).collect();
    if rest.is_empty() { uri.path().to_owned() } else { format!("{}?{}", uri.path(), rest.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tokens_are_taken_for_tokens() {
        let good = "0123456789abcdef".repeat(4);
        let headers = |cookie: &str| HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(cookie).unwrap())]);
        let uri = |text: &str| text.parse::<Uri>().unwrap();
        assert_eq!(digests(&HeaderMap::new(), &uri(&format!("/projects/x?tab=log&share={good}"))), [secret::digest(&good)]);
        assert_eq!(digests(&headers(&format!("livegen_shares=x.{good}.{}", good.to_uppercase())), &uri("/")), [secret::digest(&good)]);
        let many = vec![good.clone(); 40].join(".");
        assert_eq!(digests(&headers(&format!("livegen_shares={many}")), &uri(&format!("/?share={good}"))).len(), MAX_TOKENS);
        for address in ["/?share=", "/?share=x", "/?xshare=0", "/"] {
            assert_eq!(digests(&HeaderMap::new(), &uri(address)).len(), 0, "{address}");
        }
        assert_eq!(without_token(&uri(&format!("/projects/x?tab=log&share={good}&file=a"))), "/projects/x?tab=log&file=a");
        assert_eq!(without_token(&uri(&format!("/projects/x?share={good}"))), "/projects/x");
    }
}
