//! Sends a message to an address that somebody gave, as carefully as one is fetched from: judged, pinned, no redirect, bounded.
//!
//! Of the answer only the status counts, and when it asks to be left alone for a while; its body is thrown away.

use std::time::Duration;

use reqwest::header::HeaderMap;
use tokio::time::timeout;

use super::{
    Fetcher,
    exchange::{Exchange, cause},
    refusal::Refusal,
    target::Target,
};
use crate::{
    protocol::{Problem, Timestamp},
    server::model::retry_after,
};

/// Read and thrown away, so that a receiver that has something to say is not cut off. Then it is.
const MAX_ANSWER_BYTES: usize = 16 * 1024;
const MAX_ANSWER_TIME: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    pub status: u16,
    pub retry_after: Option<Duration>,
}

impl Fetcher {
    /// Whether messages could be sent there as things are now; sending judges again.
    ///
    /// # Errors
    /// 422 at the field `url`.
    pub async fn check_receiver(&self, url: &str) -> Result<String, Problem> {
        let refused = |refusal: Refusal| Problem::invalid("url", words(&refusal));
        let target = Target::parse(url).map_err(refused)?;
        let host = target.host.to_string();
        let judged = timeout(Duration::from_millis(self.timeout_ms) / 2, self.judged_addresses(&target)).await;
        judged.unwrap_or(Err(Refusal::UnknownHost { host })).map_err(refused)?;
        Ok(target.url.to_string())
    }

    /// # Errors
    /// In words for whoever gave the address, when there is no answer.
    ///
    /// # Cancel safety
    /// Dropping the future closes the connection; the receiver may have got the message.
    pub async fn post(&self, url: &str, headers: HeaderMap, body: Vec<u8>, now: Timestamp) -> Result<Answered, String> {
        let whole = Duration::from_millis(self.timeout_ms);
        let sent = timeout(whole, self.post_now(url, headers, body, now)).await;
        sent.unwrap_or_else(|_| Err(Refusal::TooSlow { host: String::new(), limit_ms: self.timeout_ms })).map_err(|refusal| words(&refusal))
    }

    async fn post_now(&self, url: &str, headers: HeaderMap, body: Vec<u8>, now: Timestamp) -> Result<Answered, Refusal> {
        let target = Target::parse(url)?;
        let addresses = self.judged_addresses(&target).await?;
        let exchange = Exchange { target: &target, addresses, max_bytes: MAX_ANSWER_BYTES };
        let request = exchange.client()?.post(target.url.clone()).headers(headers).body(body);
        let mut response = request.send().await.map_err(|error| exchange.unreachable(&error))?;
        let answered = Answered { status: response.status().as_u16(), retry_after: retry_after::of_headers(response.headers(), now) };
        let drain = async {
            let mut left = MAX_ANSWER_BYTES;
            while let Ok(Some(chunk)) =
                response.chunk().await.inspect_err(|error| tracing::debug!(why = cause(error), "an answer broke off"))
            {
                left = left.saturating_sub(chunk.len());
                if left == 0 {
                    return;
                }
            }
        };
        let _ = timeout(MAX_ANSWER_TIME, drain).await;
        Ok(answered)
    }
}

/// The refusals that speak of fetching, told of sending.
fn words(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Empty => "Give the address that messages are sent to, for example https://example.org/livegen.".into(),
        Refusal::UserInfo => "Addresses with a user name or password in them are not taken. Every message is signed instead.".into(),
        Refusal::Port { port, .. } => {
            format!("Nothing is sent to port {port}: web servers use 80, 443 or a port from 1024 up that belongs to no other service.")
        }
        Refusal::Private { host, what } => format!(
            "`{host}` is {what}, and this server sends nothing into its own network. Its operator can allow that with `webhooks.allow_private = true`."
        ),
        Refusal::Never { host, what } => format!("`{host}` is {what}, and nothing is sent there."),
        Refusal::Ourselves { host } => format!("`{host}` leads back to this server itself."),
        Refusal::TooSlow { limit_ms, .. } => {
            format!("There was no answer within {} seconds.", Duration::from_millis(*limit_ms).as_secs_f64())
        }
        other => other.to_string(),
    }
}
