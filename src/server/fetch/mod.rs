//! Fetches an API description from an address that somebody gave, without becoming their way into our network (SSRF).
//!
//! Guarantees, each held for the first address and for every redirect alike:
//!
//! - Only `http` and `https`, no credentials, plausible ports; IP literals in whatever spelling are judged before the client
//!   sees them ([`target`]), because a client connects to literals without asking any resolver.
//! - A name is looked up once; if *any* of its addresses is not public ([`address`]) the whole name is refused, since a mixed
//!   answer is what rebinding looks like. The connection goes to the addresses that were judged and to no others ([`exchange`]).
//! - No proxy, cookie, referer or credential; at most [`MAX_REDIRECTS`] redirects; a cap on *decoded* bytes while they arrive; one
//!   deadline for everything; at most [`MAX_AT_ONCE`] fetches at once, so memory stays below that many times `max_bytes`.
//!
//! Messages to webhooks are sent by the same rules, without redirects ([`post`]).
//!
//! Leaves out: caching, authentication, and any reading of the document.

mod address;
mod exchange;
mod post;
mod refusal;
mod target;
#[cfg(test)]
mod tests;

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokio::{sync::Semaphore, time::timeout};

pub use self::{exchange::install_crypto, target::NotAHost};
use self::{
    exchange::{Answer, Exchange},
    refusal::Refusal,
    target::{AllowedHost, Policy, Target},
};
use crate::protocol::{Problem, input::MAX_DESCRIPTION_BYTES};

pub const MAX_REDIRECTS: usize = 3;
pub const MAX_AT_ONCE: usize = 8;

/// The settings' section `fetch`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FetchSettings {
    /// Lets in loopback and private networks (RFC 1918, unique local, shared). Link-local and metadata addresses stay refused.
    pub allow_private: bool,
    /// `host` or `host:port`, as written in addresses: fetched whatever they resolve to; with a port, also at an unusual one.
    pub allowed_hosts: Vec<String>,
    /// For everything: waiting for a turn, lookups, redirects and the body.
    pub timeout_ms: u64,
    /// Upper bound of the decoded document.
    pub max_bytes: usize,
}

impl Default for FetchSettings {
    fn default() -> Self {
        Self { allow_private: false, allowed_hosts: Vec::new(), timeout_ms: 10_000, max_bytes: MAX_DESCRIPTION_BYTES }
    }
}

/// A fetched document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Without a byte order mark.
    pub text: String,
    /// The last segment of the final address's path, or its host.
    pub name: String,
    pub final_url: String,
}

/// Looks names up.
#[async_trait]
pub trait Resolve: Send + Sync + 'static {
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>>;

    /// Where connections to a judged address really go. Tests let a loopback server stand in for the public Internet; no
    /// build but theirs can redirect a connection.
    #[cfg(test)]
    fn stand_in(&self, judged: SocketAddr) -> SocketAddr {
        judged
    }
}

/// The operating system's resolver: `/etc/hosts` and search domains included, which is why every answer is judged.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemResolver;

#[async_trait]
impl Resolve for SystemResolver {
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// Cheap to clone; one for the whole server.
#[derive(Clone)]
pub struct Fetcher {
    policy: Arc<Policy>,
    resolver: Arc<dyn Resolve>,
    turns: Arc<Semaphore>,
    timeout_ms: u64,
    max_bytes: usize,
}

impl Fetcher {
    /// `own` are the addresses at which this server listens: never fetched, whatever the settings say.
    pub fn new(settings: &FetchSettings, own: Vec<SocketAddr>) -> Result<Self, NotAHost> {
        Self::with_resolver(settings, own, Arc::new(SystemResolver))
    }

    pub fn with_resolver(settings: &FetchSettings, own: Vec<SocketAddr>, resolver: Arc<dyn Resolve>) -> Result<Self, NotAHost> {
        let allowed_hosts = settings.allowed_hosts.iter().map(|entry| AllowedHost::parse(entry)).collect::<Result<_, _>>()?;
        Ok(Self {
            policy: Arc::new(Policy { allow_private: settings.allow_private, allowed_hosts, own }),
            resolver,
            turns: Arc::new(Semaphore::new(MAX_AT_ONCE)),
            timeout_ms: settings.timeout_ms,
            max_bytes: settings.max_bytes,
        })
    }

    /// # Errors
    /// 422 at the field `url`, in a sentence that says what to do; 503 when all turns are taken.
    ///
    /// # Cancel safety
    /// Dropping the future closes the connection; nothing remains.
    pub async fn fetch(&self, url: &str) -> Result<Fetched, Problem> {
        let target = Target::parse(url)?;
        let host = target.host.to_string();
        let whole = Duration::from_millis(self.timeout_ms);
        let walk = async {
            // Half of the time, so that there is time left to fetch and "busy" is not mistaken for "slow".
            let _turn = timeout(whole / 2, self.turns.acquire()).await.ok().and_then(Result::ok).ok_or(Refusal::Busy)?;
            self.walk(target).await
        };
        Ok(timeout(whole, walk).await.unwrap_or(Err(Refusal::TooSlow { host, limit_ms: self.timeout_ms }))?)
    }

    async fn walk(&self, first: Target) -> Result<Fetched, Refusal> {
        let mut target = first;
        for hop in 0..=MAX_REDIRECTS {
            let from = target.host.to_string();
            let addresses = self.judged_addresses(&target).await?;
            match (Exchange { target: &target, addresses, max_bytes: self.max_bytes }).run().await? {
                Answer::Document(text) => {
                    return Ok(Fetched { text, name: target.document_name(), final_url: target.url.to_string() });
                }
                Answer::Redirect(_) if hop == MAX_REDIRECTS => break,
                Answer::Redirect(location) => {
                    let redirected = |reason| Refusal::Redirected { host: from.clone(), reason: Box::new(reason) };
                    target = target.join(&location).map_err(redirected)?;
                    self.policy.judge_target(&target).map_err(redirected)?;
                }
            }
        }
        Err(Refusal::TooManyRedirects { host: target.host.to_string(), limit: MAX_REDIRECTS })
    }

    /// The addresses that the client may connect to: all of the host's, or none.
    async fn judged_addresses(&self, target: &Target) -> Result<Vec<SocketAddr>, Refusal> {
        self.policy.judge_target(target)?;
        let addresses = match (target.literal(), target.url.domain()) {
            (Some(literal), _) => vec![literal],
            (None, Some(name)) => self.resolver.resolve(name).await.unwrap_or_default(),
            (None, None) => Vec::new(),
        };
        if addresses.is_empty() {
            return Err(Refusal::UnknownHost { host: target.host.to_string() });
        }
        for address in &addresses {
            self.policy.judge(target, *address)?;
        }
        let addresses = addresses.into_iter().map(|address| SocketAddr::new(address, target.port));
        #[cfg(test)]
        let addresses = addresses.map(|judged| self.resolver.stand_in(judged));
        Ok(addresses.collect())
    }
}
