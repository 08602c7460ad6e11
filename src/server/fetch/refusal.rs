//! Why a fetch did not happen, in sentences for the person who gave the address.
//!
//! A sentence names what they gave (the host), never what the server found out about its own network: no resolved address.

use crate::protocol::Problem;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("Give the address of an API description, for example https://example.com/openapi.yaml.")]
    Empty,
    #[error("This address is longer than {limit} characters.")]
    TooLong { limit: usize },
    #[error("This is not an address of the web: {reason}.")]
    Unreadable { reason: String },
    #[error("Addresses must start with http:// or https://; `{scheme}` is not supported.")]
    Scheme { scheme: String },
    #[error("Addresses with a user name or password in them are not fetched. Upload or paste the description instead.")]
    UserInfo,
    #[error(
        "Port {port} is not fetched: web servers use 80, 443 or a port from 1024 up that belongs to no other service. An operator can allow it by listing `{host}:{port}` in `fetch.allowed_hosts`."
    )]
    Port { host: String, port: u16 },
    #[error(
        "`{host}` is {what}, and this server does not fetch from its own network. Its operator can allow that with `fetch.allow_private = true`, or for this host alone by listing it in `fetch.allowed_hosts`."
    )]
    Private { host: String, what: &'static str },
    #[error("`{host}` is {what}, and those are not fetched. Its operator can allow it by listing the host in `fetch.allowed_hosts`.")]
    Never { host: String, what: &'static str },
    #[error("`{host}` leads back to this server itself, which is never fetched. Upload or paste the description instead.")]
    Ourselves { host: String },
    #[error("The host `{host}` was not found. Is the address spelled right?")]
    UnknownHost { host: String },
    #[error("Could not connect to `{host}`: {reason}.")]
    Unreachable { host: String, reason: String },
    #[error("`{host}` redirected more than {limit} times. Give the address it leads to in the end.")]
    TooManyRedirects { host: String, limit: usize },
    #[error("`{host}` redirected to somewhere unreadable.")]
    BadRedirect { host: String },
    #[error("`{host}` redirected to an address that is not fetched. {reason}")]
    Redirected { host: String, reason: Box<Refusal> },
    #[error("`{host}` answered with status {status}{}.", hint(*.status))]
    Status { host: String, status: u16 },
    #[error("The document at `{host}` is larger than {}.", mebibytes(*.limit_bytes))]
    TooLarge { host: String, limit_bytes: usize },
    #[error("`{host}` did not deliver the document within {} seconds.", std::time::Duration::from_millis(*.limit_ms).as_secs_f64())]
    TooSlow { host: String, limit_ms: u64 },
    #[error("`{host}` broke off: {reason}.")]
    Broken { host: String, reason: String },
    #[error("The document at `{host}` is not text in UTF-8{}.", .stated.as_ref().map(|charset| format!(" (the server says `{charset}`)")).unwrap_or_default())]
    NotUtf8 { host: String, stated: Option<String> },
    #[error("`{host}` answered with a web page, not with an API description. Look for its link to the raw JSON or YAML file.")]
    WebPage { host: String },
    #[error("The document at `{host}` is empty.")]
    NoContent { host: String },
    #[error("Too many descriptions are being fetched at the moment. Please try again in a few seconds.")]
    Busy,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Busy => Self::unavailable(refusal.to_string()),
            _ => Self::invalid("url", refusal.to_string()),
        }
    }
}

fn hint(status: u16) -> &'static str {
    match status {
        401 | 403 | 407 => " (it wants credentials: download the description yourself and upload it)",
        404 | 410 => " (there is no such document)",
        429 => " (too many requests: try again later)",
        500..=599 => " (the trouble is on its side)",
        _ => "",
    }
}

fn mebibytes(bytes: usize) -> String {
    const MEBIBYTE: usize = 1024 * 1024;
    if bytes >= MEBIBYTE { format!("{} MiB", bytes / MEBIBYTE) } else { format!("{bytes} bytes") }
}
