//! Which pages may speak for somebody: pure decisions on a request's `Host`, `Origin` and `Sec-Fetch-*` headers.
//!
//! The rules and their reasons:
//!
//! 1. **The host must be ours.** A page can point its own name at 127.0.0.1 (DNS rebinding) and would then be "same-origin" with a
//!    server that answers to any name. Ours are: loopback names and addresses, the address that we are bound to, and those in
//!    `server.origins`. A server bound beyond loopback without `server.origins` cannot know its names and takes any.
//! 2. **A stated origin must be ours, letter by letter.** Browsers send one canonical spelling, so there is nothing to normalise:
//!    either it is in `server.origins`, or it is `http://` plus the request's own host. `https://` plus that host counts only where
//!    any host does: we speak no TLS, so a proxy does, and its address belongs into `server.origins`. `null` (sandboxed frames,
//!    `data:` pages) is a stranger; two headers are an attack.
//! 3. **No origin is for programs.** Browsers state it with every `POST` and every WebSocket, so its absence means `curl`, a
//!    script or a test, which no foreign page can steer. `Sec-Fetch-Site`, which pages cannot forge, overrules that: `same-origin` and
//!    `none` (typed in, a bookmark) pass, all else does not. An event stream counts as a change here, for it is a `GET` that a page
//!    could keep open; a WebSocket without origin but with any `Sec-Fetch-*` header cannot come from an honest browser.
//! 4. **A WebSocket that brings its own proof needs no origin.** A ticket or a key is nothing that a browser adds by itself and no foreign page
//!    has one; with it no cookie is looked at. Node's own WebSocket states no origin and some `Sec-Fetch-*`, and has no way to say more.
//!    A stated origin must be ours all the same: a ticket stands in an address, which gets about more easily than a header, and a
//!    page of another site that was handed one works when its operator is named in `server.origins`.
//!
//! Reading is free: without CORS headers, and we send none, other pages cannot see the answer.

use std::net::{IpAddr, SocketAddr};

use url::{Host, Url};

/// The names under which this server is reached.
#[derive(Clone, Debug)]
pub struct Site {
    bound_to: IpAddr,
    /// In canonical spelling: `https://livegen.example`, no default port, no slash.
    origins: Vec<String>,
}

/// An entry of `server.origins` is not `http(s)://host[:port]`.
#[derive(Debug, thiserror::Error)]
#[error("`server.origins`: `{0}` is not an origin, which is written like https://livegen.example or http://10.0.0.5:3000")]
pub struct NotAnOrigin(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    Read,
    /// An unsafe method, or an event stream.
    Change,
    /// A WebSocket.
    Upgrade,
}

/// What a request says about where it comes from.
#[derive(Clone, Debug)]
pub struct Asker<'a> {
    pub intent: Intent,
    /// `None`: no host, more than one, or contradicting ones.
    pub host: Option<&'a str>,
    /// Every `Origin` header.
    pub origins: Vec<&'a str>,
    pub fetch_site: Option<&'a str>,
    /// Some `Sec-Fetch-*` header is there.
    pub is_browser: bool,
    /// An API key or a ticket: it decides who asks, and no cookie does.
    pub has_proof: bool,
}

/// Who it is that was refused, fit to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stranger {
    Host(String),
    Origin(String),
}

impl Site {
    pub fn new(bound_to: SocketAddr, origins: &[String]) -> Result<Self, NotAnOrigin> {
        let origins =
            origins.iter().map(|text| configured_origin(text).ok_or_else(|| NotAnOrigin(text.clone()))).collect::<Result<_, _>>()?;
        Ok(Self { bound_to: bound_to.ip(), origins })
    }

    pub fn judge(&self, asker: &Asker) -> Result<(), Stranger> {
        let host = asker.host.ok_or_else(|| Stranger::Host("no single host".into()))?;
        if !self.is_ours(host) {
            return Err(Stranger::Host(shortened(host)));
        }
        if asker.intent == Intent::Read {
            return Ok(());
        }
        let passes = match asker.origins.as_slice() {
            [] if asker.intent == Intent::Upgrade => !asker.is_browser || asker.has_proof,
            [] => matches!(asker.fetch_site, None | Some("same-origin" | "none")),
            [origin] => self.judge_origin(host, origin),
            _ => false,
        };
        if passes {
            Ok(())
        } else {
            Err(Stranger::Origin(asker.origins.first().map_or_else(|| "another site".into(), |origin| shortened(origin))))
        }
    }

    /// Whether a page of `origin` may speak to the server as `host`, which is ours.
    fn judge_origin(&self, host: &str, origin: &str) -> bool {
        let same = |scheme| origin_of(scheme, host).is_some_and(|ours| ours == origin);
        self.origins.iter().any(|ours| ours == origin) || (self.is_direct(host) && same("http")) || (self.takes_any_host() && same("https"))
    }

    fn is_ours(&self, host: &str) -> bool {
        let is_configured = |origin: &String| {
            let scheme = origin.split(':').next().unwrap_or_default();
            origin_of(scheme, host).is_some_and(|ours| ours == *origin)
        };
        self.is_direct(host) || self.origins.iter().any(is_configured)
    }

    /// The host reaches us without a proxy, so it is plain HTTP.
    fn is_direct(&self, host: &str) -> bool {
        let Some(url) = url_of("http", host) else { return false };
        let is_address = |ip: IpAddr| ip.is_loopback() || ip == self.bound_to;
        match url.host() {
            None => false,
            Some(_) if self.takes_any_host() => true,
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(ip)) => is_address(ip.into()),
            Some(Host::Ipv6(ip)) => is_address(ip.into()),
        }
    }

    fn takes_any_host(&self) -> bool {
        !self.bound_to.is_loopback() && self.origins.is_empty()
    }
}

/// People write a slash or a capital; what is compared is canonical.
fn configured_origin(text: &str) -> Option<String> {
    let (scheme, rest) = text.trim().split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    matches!(scheme.as_str(), "http" | "https").then(|| origin_of(&scheme, rest.strip_suffix('/').unwrap_or(rest)))?
}

/// The origin, as browsers write it, of pages that are served as `host`.
fn origin_of(scheme: &str, host: &str) -> Option<String> {
    url_of(scheme, host).map(|url| url.origin().ascii_serialization())
}

/// `None` if there is more in `host` than a host and a port.
fn url_of(scheme: &str, host: &str) -> Option<Url> {
    let plain =
        !host.is_empty() && !host.contains(['/', '\\', '?', '#', '@']) && !host.contains(|c: char| c.is_whitespace() || c.is_control());
    plain.then(|| Url::parse(&format!("{scheme}://{host}")).ok())?
}

fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(100).collect()
}
