//! One request and its answer, to addresses that have been judged.
//!
//! A client is built for each exchange: it lives as long as the addresses that it is pinned to, so no pooled connection and no
//! cached name can outlive its judgement. That costs about a millisecond, which a fetch can spare.

use std::{
    error::Error,
    io,
    net::SocketAddr,
    sync::{Arc, Once},
    time::Duration,
};

use reqwest::{
    Client, Response, StatusCode,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{ACCEPT, CONTENT_TYPE, LOCATION},
    redirect::Policy,
};

use super::{refusal::Refusal, target::Target};

/// A host with several addresses, the first of them dead, shall still answer within the deadline.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);
const USER_AGENT: &str = concat!("Livegen/", env!("CARGO_PKG_VERSION"));
const ACCEPTED: &str = "application/yaml, application/json, text/yaml, text/plain;q=0.8, */*;q=0.5";

pub enum Answer {
    Document(String),
    /// `Location` as the server wrote it.
    Redirect(String),
}

pub struct Exchange<'a> {
    pub target: &'a Target,
    pub addresses: Vec<SocketAddr>,
    pub max_bytes: usize,
}

impl Exchange<'_> {
    pub async fn run(self) -> Result<Answer, Refusal> {
        let request = self.client()?.get(self.target.url.clone()).header(ACCEPT, ACCEPTED);
        let response = request.send().await.map_err(|error| self.unreachable(&error))?;
        match response.status() {
            StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT => self.location(&response).map(Answer::Redirect),
            status if status.is_success() => self.document(response).await.map(Answer::Document),
            status => Err(Refusal::Status { host: self.host(), status: status.as_u16() }),
        }
    }

    pub(super) fn client(&self) -> Result<Client, Refusal> {
        install_crypto();
        let pinned = Pinned { name: self.target.url.domain().unwrap_or_default().to_owned(), addresses: self.addresses.clone() };
        let mut builder = Client::builder()
            .dns_resolver(Arc::new(pinned))
            .no_proxy()
            .redirect(Policy::none())
            .referer(false)
            .http1_only()
            .pool_max_idle_per_host(0)
            .connect_timeout(CONNECT_TIMEOUT)
            .user_agent(USER_AGENT);
        if self.target.url.scheme() == "http" {
            // Without this the system's root certificates are read, and their absence is an error, for nothing.
            builder = builder.tls_certs_only([]);
        }
        builder.build().map_err(|error| Refusal::Unreachable { host: self.host(), reason: cause(&error) })
    }

    fn location(&self, response: &Response) -> Result<String, Refusal> {
        let location = response.headers().get(LOCATION).and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
        location.map(ToOwned::to_owned).ok_or_else(|| Refusal::BadRedirect { host: self.host() })
    }

    async fn document(&self, mut response: Response) -> Result<String, Refusal> {
        let too_large = || Refusal::TooLarge { host: self.host(), limit_bytes: self.max_bytes };
        let content_type =
            response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
        // Only spares the download: the length is what the server says, and says nothing of compressed bodies.
        if response.content_length().is_some_and(|length| length > self.max_bytes as u64) {
            return Err(too_large());
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| Refusal::Broken { host: self.host(), reason: cause(&error) })? {
            if chunk.len() > self.max_bytes.saturating_sub(bytes.len()) {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        let bytes = match bytes.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) => rest.to_vec(),
            None => bytes,
        };
        let stated = || {
            content_type
                .split_once("charset=")
                .map(|(_, charset)| charset.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(30).collect())
        };
        let text = String::from_utf8(bytes).map_err(|_| Refusal::NotUtf8 { host: self.host(), stated: stated() })?;
        if text.trim().is_empty() {
            return Err(Refusal::NoContent { host: self.host() });
        }
        // Some servers call YAML text/html, so the text must look like it as well.
        if content_type.starts_with("text/html") && text.trim_start().starts_with('<') {
            return Err(Refusal::WebPage { host: self.host() });
        }
        Ok(text)
    }

    pub(super) fn unreachable(&self, error: &reqwest::Error) -> Refusal {
        if error.is_connect() {
            Refusal::Unreachable { host: self.host(), reason: cause(error) }
        } else {
            Refusal::Broken { host: self.host(), reason: cause(error) }
        }
    }

    fn host(&self) -> String {
        self.target.host.to_string()
    }
}

/// Answers for one name with what was judged, and knows no other.
struct Pinned {
    name: String,
    addresses: Vec<SocketAddr>,
}

impl Resolve for Pinned {
    fn resolve(&self, name: Name) -> Resolving {
        let answer = if name.as_str() == self.name { Ok(self.addresses.clone()) } else { Err(io::Error::other("not the judged name")) };
        Box::pin(async move { Ok(Box::new(answer?.into_iter()) as Addrs) })
    }
}

/// rustls takes its cryptography from a process-wide default; reqwest panics without one.
pub fn install_crypto() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        // An error says that somebody has installed one already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

/// The innermost cause that means something to people. Addresses do not show: the client's own messages are not used.
pub(super) fn cause(error: &reqwest::Error) -> String {
    if error.is_builder() {
        return "this server has no root certificates to check it with".into();
    }
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    let mut words = if error.is_timeout() {
        "it took too long"
    } else if error.is_decode() {
        "its compressed answer is damaged"
    } else {
        "it does not answer in HTTP"
    }
    .to_owned();
    while let Some(error) = next {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return format!("no trusted TLS connection ({tls})");
        }
        let io = error.downcast_ref::<io::Error>();
        match io.map(io::Error::kind) {
            Some(io::ErrorKind::ConnectionRefused) => words = "the connection was refused".into(),
            Some(io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe) => {
                words = "the connection was closed early".into();
            }
            Some(io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable) => words = "there is no route to it".into(),
            Some(io::ErrorKind::TimedOut) => words = "it took too long".into(),
            _ => {}
        }
        // An I/O error's source is that of what it wraps, not what it wraps.
        next = match io.and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    words
}
