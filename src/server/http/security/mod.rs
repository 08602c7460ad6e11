//! What protects the people who use the server from other pages in their browser: two middlewares and a policy.
//!
//! - [`guard_origin`] lets through only requests for a host that is ours ([`Site`]), and of those that change something or open a live
//!   connection only what comes from our own pages or from no browser at all.
//! - [`fixed_headers`] adds the response headers that are the same everywhere.
//! - [`content_security_policy`] is for whoever renders a page, since it needs the page's nonce.
//!
//! Leaves out who somebody is (cookies, keys): this is about which *page* speaks in their name.

mod headers;
mod origin;

use std::sync::Arc;

use axum::{
    Json,
    extract::{Request, State},
    http::{
        HeaderMap, HeaderValue, Method, StatusCode,
        header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, ORIGIN, UPGRADE},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};

use self::origin::{Asker, Intent, Stranger};
pub use self::{
    headers::{content_security_policy, fixed_headers, with_live_reload},
    origin::{NotAnOrigin, Site},
};
use super::session::ticket_of;
use crate::protocol::Problem;

/// For `axum::middleware::from_fn_with_state(Arc<Site>, guard_origin)`, outside of everything that reads cookies.
pub async fn guard_origin(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    // Orchestrators probe by address, and the answers tell nothing.
    if matches!(request.uri().path(), "/livez" | "/readyz") {
        return next.run(request).await;
    }
    match site.judge(&asker(&request)) {
        Ok(()) => next.run(request).await,
        Err(stranger) => refuse(&stranger),
    }
}

fn asker(request: &Request) -> Asker<'_> {
    let headers = request.headers();
    let accepts_events = text(headers.get(ACCEPT)).is_some_and(|accept| accept.contains("text/event-stream"));
    // HTTP/2 opens sockets by CONNECT (RFC 8441).
    let intent = if headers.contains_key(UPGRADE) || request.method() == Method::CONNECT {
        Intent::Upgrade
    } else if request.method().is_safe() && !accepts_events {
        Intent::Read
    } else {
        Intent::Change
    };
    Asker {
        intent,
        host: host(request),
        origins: headers.get_all(ORIGIN).iter().map(|value| text(Some(value)).unwrap_or("unreadable")).collect(),
        fetch_site: text(headers.get("sec-fetch-site")),
        has_proof: headers.contains_key(AUTHORIZATION) || ticket_of(request.uri()).is_some(),
        is_browser: headers.keys().any(|name| name.as_str().starts_with("sec-fetch-")),
    }
}

/// The one host that the request names: HTTP/1.1's `Host`, HTTP/2's `:authority`, or both when they agree.
fn host(request: &Request) -> Option<&str> {
    let mut hosts = request.headers().get_all(HOST).iter().map(|value| text(Some(value)));
    let (named, more) = (hosts.next(), hosts.next());
    match (request.uri().authority(), named, more) {
        (_, _, Some(_)) => None,
        (Some(authority), None, None) => Some(authority.as_str()),
        (Some(authority), Some(named), None) => named.filter(|named| authority.as_str().eq_ignore_ascii_case(named)),
        (None, named, None) => named.flatten(),
    }
}

fn text(value: Option<&HeaderValue>) -> Option<&str> {
    value.and_then(|value| value.to_str().ok())
}

fn refuse(stranger: &Stranger) -> Response {
    let problem = match stranger {
        Stranger::Host(host) => Problem::new(
            421,
            "unknown-host",
            "This server does not answer for that host",
            format!(
                "`{host}` is not among this server's names. Its operator can add the address that people use to `server.origins`, for example `https://{host}`."
            ),
        ),
        Stranger::Origin(origin) => Problem::new(
            403,
            "foreign-origin",
            "The request comes from another site",
            format!(
                "A page of {origin} may not do this here. If that is an address of this server, its operator can add it to `server.origins`."
            ),
        ),
    };
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::FORBIDDEN);
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    (status, headers, Json(problem)).into_response()
}

#[cfg(test)]
mod tests;
