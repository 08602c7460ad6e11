//! How often a client may ask under `/api`, and what it is told about it: `RateLimit-Limit`, `-Remaining` and `-Reset` (seconds) of the
//! limit that is nearest to its end, `RateLimit-Policy` of all, as the draft of the IETF (httpapi, ratelimit-headers, up to -06) has them.
//!
//! Two layers, because the address is known before it is looked up who asks, and should be: a flood of wrong keys must not become a flood
//! of look-ups. A WebSocket counts as one request, when it is opened. Pages, files and health are not counted; generations are counted
//! where they start, by `tasks::Caller`, whatever asks for them.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{Extensions, HeaderName, HeaderValue},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::session::{Newcomer, client_address};
use crate::server::{accounts::Identity, limits::Standing, state::AppState};

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Of a request that did not come over a network.
pub(super) const NOWHERE: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

#[derive(Clone, Copy)]
struct ClientAddress(IpAddr);

/// Where a request comes from, as [`by_address`] found it.
pub(super) fn address_of(extensions: &Extensions) -> IpAddr {
    extensions.get().map_or(NOWHERE, |ClientAddress(address)| *address)
}

/// Outside of everything that looks up who asks.
pub(super) async fn by_address(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().copied();
    let address = client_address(&state, request.headers(), peer);
    request.extensions_mut().insert(ClientAddress(address));
    if !is_counted(&request) {
        return next.run(request).await;
    }
    let (mut response, standing) = match state.limits.admit_address(address, state.clock.now()) {
        Ok(standing) => (next.run(request).await, standing),
        Err(problem) => (problem.into_response(), None),
    };
    let of_account = response.extensions_mut().remove::<Standing>();
    let nearest = standing.into_iter().chain(of_account).min_by_key(|standing| standing.remaining);
    let headers = response.headers_mut();
    // A refusal says what was refused, and that is what counts.
    if let Some(nearest) = nearest.filter(|_| !headers.contains_key(&LIMIT)) {
        headers.extend(self::headers(nearest));
    }
    if let Some(policy) = state.limits.policy.as_ref().and_then(|policy| HeaderValue::from_str(policy).ok()) {
        headers.insert(POLICY, policy);
    }
    response
}

/// Inside, where it is known. A guest that comes for the first time has no past: its address is what counts.
pub(super) async fn by_account(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let extensions = request.extensions();
    let known = extensions.get::<Arc<Identity>>().filter(|_| extensions.get::<Newcomer>().is_none());
    let Some(account_id) = known.filter(|_| is_counted(&request)).map(|identity| identity.account_id) else {
        return next.run(request).await;
    };
    match state.limits.admit_account(account_id, state.clock.now()) {
        Ok(standing) => {
            let mut response = next.run(request).await;
            if let Some(standing) = standing {
                response.extensions_mut().insert(standing);
            }
            response
        }
        Err(problem) => problem.into_response(),
    }
}

/// The founding socket of suites stands beside `/api`.
fn is_counted(request: &Request) -> bool {
    let path = request.uri().path();
    path.starts_with("/api/") || path.starts_with("/ws/")
}

pub(super) fn headers(standing: Standing) -> [(HeaderName, HeaderValue); 3] {
    [(LIMIT, standing.limit.into()), (REMAINING, standing.remaining.into()), (RESET, standing.reset_seconds.into())]
}
