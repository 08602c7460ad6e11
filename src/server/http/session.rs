//! Who is asking: by API key, by a ticket, by a session's cookie, or as a guest, who gets a cookie the first time it comes.
//!
//! A proof that was offered and is not good is refused with 401 where a program offered it (a key, a ticket); a browser whose
//! session has ended goes on as a guest.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, Method, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use axum_extra::extract::{
    SignedCookieJar,
    cookie::{Cookie, SameSite},
};

use super::{openapi, shared};
use crate::{
    protocol::{AccountId, Problem, account::Scope},
    server::{
        accounts::{By, Identity, SignedIn, secret},
        random,
        state::AppState,
        store::accounts::Proof,
    },
};

pub(super) const COOKIE: &str = "livegen_session";
/// Tells a session's secret from a guest's account id.
const SESSION_MARK: &str = "s.";

/// Marks the request of a guest that nobody has seen before.
#[derive(Clone, Copy)]
pub(super) struct Newcomer;

pub(super) async fn identify(State(state): State<AppState>, jar: SignedCookieJar, mut request: Request, next: Next) -> Response {
    if request.uri().path().starts_with("/pkg/") {
        return next.run(request).await;
    }
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let authorization = request.headers().get(header::AUTHORIZATION).cloned();
    let found = match offered(&state, authorization, &uri).await {
        Ok(Some(identity)) => permit(&method, &uri, &identity).map(|()| Some(identity)),
        Ok(None) => by_cookie(&state, &jar).await,
        Err(problem) => Err(problem),
    };
    let known = match found {
        Ok(known) => known,
        Err(problem) => return refuse(problem),
    };
    let fresh = known.is_none();
    if fresh {
        request.extensions_mut().insert(Newcomer);
    }
    let mut identity = known.unwrap_or_else(|| Identity::guest(random::new_account_id(&*state.clock)));
    identity.shares = shared::digests(request.headers(), &uri);
    let account_id = identity.account_id;
    request.extensions_mut().insert(Arc::new(identity));
    let response = next.run(request).await;
    // Whoever signed in or out just now has a newer cookie already.
    if !fresh || response.headers().contains_key(header::SET_COOKIE) {
        return response;
    }
    (jar.add(cookie(&state, account_id.to_string())), response).into_response()
}

fn refuse(problem: Problem) -> Response {
    let unauthorized = problem.status == 401;
    let mut response = problem.into_response();
    if unauthorized {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"livegen\""));
    }
    response
}

/// What a program offers: `Authorization: Bearer <key>`, or `?ticket=` where a stream begins.
async fn offered(state: &AppState, authorization: Option<HeaderValue>, uri: &Uri) -> Result<Option<Identity>, Problem> {
    if let Some(value) = authorization {
        let key = value.to_str().ok().and_then(|text| text.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let Some((_, key)) = key else {
            return Err(unauthorized("Send `Authorization: Bearer <API key>`."));
        };
        let digest = secret::digest(key.trim());
        let at = state.clock.now();
        let proof = state.store.key(digest, at).await?;
        let proof = proof.ok_or_else(|| unauthorized("The API key is unknown, has expired or was revoked."))?;
        if state.key_uses.is_news(digest, at) {
            state.store.touch_key(digest, at).await?;
        }
        return Ok(Some(Identity::proved(proof, By::Key(digest))));
    }
    let Some(ticket) = ticket_of(uri) else { return Ok(None) };
    let taken = state.store.take_ticket(secret::digest(ticket), state.clock.now()).await?;
    let (account_id, credential) = taken.ok_or_else(|| unauthorized("The ticket is unknown, too old or was used before."))?;
    if !state.is_good(Some(credential)).await? {
        return Err(unauthorized("What the ticket was asked for with is not good any more."));
    }
    Ok(Some(Identity { by: By::Ticket(credential), scopes: vec![Scope::Read], ..Identity::guest(account_id) }))
}

pub(super) fn ticket_of(uri: &Uri) -> Option<&str> {
    uri.query()?.split('&').find_map(|pair| pair.strip_prefix("ticket="))
}

/// What the proof is good for.
fn permit(method: &Method, uri: &Uri, identity: &Identity) -> Result<(), Problem> {
    let path = uri.path();
    // What there is may be read by everybody, whatever their key is for.
    if path == openapi::PATH {
        return Ok(());
    }
    let of_account = ["/api/v1/account", "/api/v1/keys", "/api/v1/sessions", "/api/v1/webhooks", "/account"]
        .iter()
        .any(|prefix| path.starts_with(prefix));
    let of_admin = path == "/admin" || ["/api/admin/", "/admin/"].iter().any(|prefix| path.starts_with(prefix));
    identity.require(match *method {
        _ if of_admin => Scope::Admin,
        _ if of_account => Scope::Account,
        Method::GET | Method::HEAD | Method::OPTIONS => Scope::Read,
        _ => Scope::Write,
    })
}

async fn by_cookie(state: &AppState, jar: &SignedCookieJar) -> Result<Option<Identity>, Problem> {
    let Some(cookie) = jar.get(COOKIE) else { return Ok(None) };
    if let Some(session) = cookie.value().strip_prefix(SESSION_MARK) {
        let digest = secret::digest(session);
        let proof: Option<Proof> = state.store.session(digest, state.clock.now()).await?;
        return Ok(proof.map(|proof| Identity::proved(proof, By::Session(digest))));
    }
    Ok(cookie.value().parse::<AccountId>().ok().map(Identity::guest))
}

fn unauthorized(detail: &str) -> Problem {
    Problem::new(401, "unauthorized", "Who is asking is not clear", detail)
}

fn cookie(state: &AppState, value: String) -> Cookie<'static> {
    Cookie::build((COOKIE, value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(state.settings.server.secure_cookies)
        .permanent()
        .build()
}

/// The jar of a browser that signed in.
pub(super) fn signed_in(state: &AppState, jar: SignedCookieJar, session: &SignedIn) -> SignedCookieJar {
    jar.add(cookie(state, format!("{SESSION_MARK}{}", session.secret)))
}

/// The jar of a browser that signed out: a new guest's.
pub(super) fn signed_out(state: &AppState, jar: SignedCookieJar) -> SignedCookieJar {
    jar.add(cookie(state, random::new_account_id(&*state.clock).to_string()))
}

/// Where a request comes from. Behind a proxy it is the proxy, unless the settings say that its word is to be taken.
pub(super) fn client_address(state: &AppState, headers: &HeaderMap, peer: Option<ConnectInfo<SocketAddr>>) -> IpAddr {
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip());
    if !state.settings.server.trust_forwarded_for {
        return peer;
    }
    // The last one is what our own proxy saw; what stands before it anybody could have written.
    let last = headers.get_all("x-forwarded-for").iter().next_back().and_then(|value| value.to_str().ok()?.rsplit(',').next());
    last.and_then(|text| text.trim().parse().ok()).unwrap_or(peer)
}
