//! Models behind HTTP. One client for four wire formats ([`wire`]) over bounded messages ([`lines`]); refusals are read in [`faults`].
//!
//! Guarantees: no redirect is followed and no proxy asked, so a key goes to the one address that the operator chose and stands in
//! one header, marked as sensitive; what is read is bounded in bytes (a message, an answer, an error's body) and in silence
//! between two pieces; a stream that breaks off is an error, also when what came looks like an answer. The chain bounds the
//! whole in time. Dropping the future closes the connection.
//!
//! Leaves out `fetch/`'s guard against private addresses: the address comes from the operator's settings, and Ollama is at home.

mod faults;
mod lines;
mod wire;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use reqwest::{
    Client, Response,
    header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
    redirect,
};
use serde_json::Value;
use tokio::time::timeout;

use self::{lines::Messages, wire::Wire};
use super::{Ask, Draft, Keys, Listener, Model, ModelError, ModelName, Reply, Secret, chain::Entry};
use crate::server::{
    clock::Clock,
    config::{ChainEntry, Provider},
    fetch,
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Between two pieces of an answer. Before the first a model may think for as long as the entry's time lasts.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// For what may follow a finished text: the counts.
const TAIL_TIMEOUT: Duration = Duration::from_secs(2);
const MAX_ERROR_BYTES: usize = 64 * 1024;
const USER_AGENT: &str = concat!("Livegen/", env!("CARGO_PKG_VERSION"));

/// What the settings say about a model, ready to be asked.
pub fn entry(settings: &ChainEntry, keys: &Keys, clock: &Arc<dyn Clock>) -> Entry {
    let model = HttpModel::new(settings, keys, Arc::clone(clock));
    let prices = settings.price_in.is_some() || settings.price_out.is_some();
    Entry {
        circuit: format!("{} at {}", settings.provider, model.host),
        model: Arc::new(model),
        timeout: Duration::from_secs(settings.timeout_seconds),
        budget_tokens: settings.budget_tokens,
        prices: prices.then(|| (settings.price_in.unwrap_or(0.0), settings.price_out.unwrap_or(0.0))),
    }
}

/// A model at an address.
pub struct HttpModel {
    name: ModelName,
    provider: Provider,
    base: String,
    host: String,
    key: Key,
    /// Absent when this machine has no root certificates.
    client: Option<Client>,
    clock: Arc<dyn Clock>,
    idle: Duration,
}

enum Key {
    NotNeeded,
    Missing,
    Header(HeaderName, HeaderValue),
}

impl HttpModel {
    pub fn new(settings: &ChainEntry, keys: &Keys, clock: Arc<dyn Clock>) -> Self {
        let provider = settings.provider;
        let base = settings.base_url.as_deref().or(provider.base_url()).unwrap_or_default().trim_end_matches('/').to_owned();
        let host = url::Url::parse(&base).map_or_else(|_| String::new(), |url| url.origin().ascii_serialization());
        let secret = match &settings.key_variable {
            Some(variable) => keys.get(variable),
            None => keys.first(provider.key_variables()),
        };
        let needed = settings.key_variable.is_some() || !provider.key_variables().is_empty();
        let key = match secret {
            Some(secret) => header(provider, secret).map_or(Key::Missing, |(name, value)| Key::Header(name, value)),
            None if needed => Key::Missing,
            None => Key::NotNeeded,
        };
        let name = ModelName { provider: provider.name().into(), model: settings.model.clone() };
        if matches!(key, Key::Missing) {
            tracing::warn!(model = %name, "no usable key for this language model in the environment; it will be skipped");
        }
        let client = client(&base);
        if client.is_none() {
            tracing::warn!(model = %name, "no root certificates on this machine: this language model cannot be asked");
        }
        Self { name, provider, base, host, key, client, clock, idle: IDLE_TIMEOUT }
    }

    /// Another time between two pieces.
    #[must_use]
    pub fn with_idle(self, idle: Duration) -> Self {
        Self { idle, ..self }
    }

    async fn send(&self, ask: &Ask) -> Result<Response, ModelError> {
        let wire = Wire::of(self.provider);
        let mut headers = HeaderMap::from_iter([
            (CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (ACCEPT, HeaderValue::from_static("text/event-stream, application/x-ndjson, application/json;q=0.5")),
        ]);
        match &self.key {
            Key::NotNeeded => {}
            Key::Missing => return Err(ModelError::Unauthorized),
            Key::Header(name, value) => {
                headers.insert(name, value.clone());
            }
        }
        if self.provider == Provider::Anthropic {
            headers.insert("anthropic-version", HeaderValue::from_static("2023-06-01"));
        }
        let client =
            self.client.as_ref().ok_or_else(|| ModelError::unavailable("this server has no root certificates to check it with"))?;
        let body = wire.body(self.provider, &self.name.model, ask).to_string();
        let request = client.post(format!("{}{}", self.base, wire.path(&self.name.model))).headers(headers).body(body);
        let response = request.send().await.map_err(|error| broken(&error))?;
        if response.status().as_u16() == 200 { Ok(response) } else { Err(self.refusal(response).await) }
    }

    async fn refusal(&self, response: Response) -> ModelError {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        // A body that breaks off or is too long is no body: the status says enough.
        let body = timeout(self.idle, error_body(response)).await.unwrap_or(Value::Null);
        faults::of_status(status, &headers, &body, self.clock.now())
    }

    async fn read(&self, mut response: Response, mut draft: Draft<'_>) -> Result<Reply, ModelError> {
        let wire = Wire::of(self.provider);
        let mut messages = Messages::new(wire.framing());
        let (mut tokens_in, mut tokens_out, mut finished, mut heard) = (None, None, false, false);
        loop {
            let chunk = match (finished, heard) {
                (true, _) => match timeout(TAIL_TIMEOUT.min(self.idle), response.chunk()).await {
                    Ok(Ok(Some(chunk))) => chunk,
                    // The text is whole; only counts can be missing.
                    _ => break,
                },
                (false, true) => piece(timeout(self.idle, response.chunk()).await.map_err(|_| ModelError::TimedOut)?)?,
                (false, false) => piece(response.chunk().await)?,
            };
            for message in messages.push(&chunk).map_err(|fault| ModelError::unavailable(fault.to_string()))? {
                let said = wire.read(&message)?;
                heard |= !said.text.is_empty();
                draft.push(&said.text).await?;
                tokens_in = said.tokens_in.or(tokens_in);
                tokens_out = said.tokens_out.or(tokens_out);
                finished |= said.finished;
                if said.done {
                    return draft.finish(tokens_in, tokens_out);
                }
            }
        }
        draft.finish(tokens_in, tokens_out)
    }
}

#[async_trait]
impl Model for HttpModel {
    fn name(&self) -> &ModelName {
        &self.name
    }

    async fn ask(&self, ask: &Ask, listener: &dyn Listener) -> Result<Reply, ModelError> {
        let response = self.send(ask).await?;
        let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let expected: &[&str] = match Wire::of(self.provider) {
            Wire::Ollama => &["application/x-ndjson", "application/json"],
            _ => &["text/event-stream"],
        };
        if !expected.contains(&media_type.as_str()) {
            // Some say 200 and then what went wrong.
            let body = if media_type == "application/json" { timeout(self.idle, error_body(response)).await.ok() } else { None };
            let body = body.map(|body| body.as_array().and_then(|items| items.first()).cloned().unwrap_or(body));
            return Err(match body {
                Some(body) if body.get("error").is_some() => faults::of_body(None, &body),
                _ => ModelError::unavailable("what it answers is not a stream of text"),
            });
        }
        self.read(response, Draft::new(ask, listener)).await
    }
}

fn header(provider: Provider, secret: &Secret) -> Option<(HeaderName, HeaderValue)> {
    let (name, text) = match provider {
        Provider::Gemini => ("x-goog-api-key", secret.reveal().to_owned()),
        Provider::Anthropic => ("x-api-key", secret.reveal().to_owned()),
        _ => ("authorization", format!("Bearer {}", secret.reveal())),
    };
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some((HeaderName::from_static(name), value))
}

fn client(base: &str) -> Option<Client> {
    fetch::install_crypto();
    let mut builder = Client::builder()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .referer(false)
        // A connection per question: closing it is what cancels, and none that has died while idle counts as a failure.
        .http1_only()
        .pool_max_idle_per_host(0)
        // Compression would hold back the pieces.
        .no_gzip()
        .no_brotli()
        .connect_timeout(CONNECT_TIMEOUT)
        .user_agent(USER_AGENT);
    if base.starts_with("http://") {
        // Without this the system's root certificates are read, and their absence is an error, for nothing.
        builder = builder.tls_certs_only([]);
    }
    builder.build().ok()
}

/// A piece of the stream; its end is an error here, since the text is not finished.
fn piece(chunk: reqwest::Result<Option<bytes::Bytes>>) -> Result<bytes::Bytes, ModelError> {
    chunk.map_err(|error| broken(&error))?.ok_or_else(|| ModelError::unavailable("its answer broke off"))
}

async fn error_body(mut response: Response) -> Value {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        if chunk.len() > MAX_ERROR_BYTES - bytes.len() {
            return Value::Null;
        }
        bytes.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&bytes).unwrap_or(Value::Null)
}

/// The client's own words are not used: they name addresses.
fn broken(error: &reqwest::Error) -> ModelError {
    if error.is_timeout() {
        ModelError::TimedOut
    } else if error.is_connect() {
        ModelError::unavailable("there is no connection to it")
    } else if error.is_body() || error.is_decode() {
        ModelError::unavailable("its answer broke off")
    } else {
        ModelError::unavailable("it does not answer in HTTP")
    }
}
