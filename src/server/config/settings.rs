//! The settings themselves: sections, keys, types and defaults. Their meaning stands in `Leptos.toml`, their limits in `rules.rs`.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize, Serializer, de::IgnoredAny};

use super::model::ModelSettings;
use crate::server::model::Keys;

/// The settings in force.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    pub server: ServerSettings,
    pub database: DatabaseSettings,
    pub redis: RedisSettings,
    pub queue: QueueSettings,
    pub limits: LimitSettings,
    pub accounts: AccountSettings,
    pub fetch: FetchSettings,
    pub webhooks: WebhookSettings,
    pub mail: MailSettings,
    pub model: ModelSettings,
    pub project: ProjectSettings,
    pub log: LogSettings,
    /// From the environment only: no file gives them, nothing shows them.
    #[serde(skip)]
    pub keys: Keys,
    #[serde(skip_serializing)]
    pub(super) package: IgnoredAny,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerSettings {
    pub addr: SocketAddr,
    pub origins: Vec<String>,
    pub public_url: String,
    pub secure_cookies: bool,
    pub trust_forwarded_for: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DatabaseSettings {
    /// May hold a password: it is masked wherever settings are serialised.
    #[serde(serialize_with = "serialize_masked")]
    pub url: String,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RedisSettings {
    /// Empty: no Redis. Any other text is taken, for a wrong one must not keep the server from starting.
    #[serde(serialize_with = "serialize_masked")]
    pub url: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QueueSettings {
    pub workers: u32,
    pub lease_seconds: u64,
    pub heartbeat_seconds: u64,
    pub poll_ms: u64,
    pub max_retries: u32,
    pub retry_base_seconds: u64,
    pub soft_stop_seconds: u64,
    pub hard_stop_seconds: u64,
    pub step_delay_ms: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitSettings {
    pub open_tasks_per_account: u32,
    pub live_connections: u32,
    pub live_connections_per_account: u32,
    pub request_seconds: u64,
    pub requests_per_minute: u32,
    pub requests_per_minute_per_address: u32,
    pub starts_per_minute: u32,
    pub sign_ins_per_minute: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AccountSettings {
    pub registration: bool,
    pub session_days: u32,
    pub initial_tokens: i64,
    pub prompt_tokens: u32,
    pub project_tokens: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FetchSettings {
    pub allow_private: bool,
    pub timeout_seconds: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProjectSettings {
    pub verify: bool,
    pub sandbox: SandboxUse,
    pub folder: String,
    pub path: String,
}

/// When generated projects run in a sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SandboxUse {
    #[default]
    Auto,
    Required,
    Off,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookSettings {
    pub allow_private: bool,
    pub retry_percent: u32,
    pub disable_after_days: u32,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MailSettings {
    /// Without a password: that comes from the environment, and one in here is refused. Masked all the same.
    #[serde(serialize_with = "serialize_masked")]
    pub url: String,
    pub from: String,
    pub ca_file: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogSettings {
    pub format: LogFormat,
    pub filter: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            addr: SocketAddr::from(([127, 0, 0, 1], 3000)),
            origins: Vec::new(),
            public_url: String::new(),
            secure_cookies: false,
            trust_forwarded_for: false,
        }
    }
}

impl Default for DatabaseSettings {
    fn default() -> Self {
        Self { url: "sqlite://data/livegen.db".into() }
    }
}

impl Default for QueueSettings {
    fn default() -> Self {
        Self {
            workers: 2,
            lease_seconds: 30,
            heartbeat_seconds: 5,
            poll_ms: 1000,
            max_retries: 2,
            retry_base_seconds: 30,
            soft_stop_seconds: 10,
            hard_stop_seconds: 20,
            step_delay_ms: 0,
        }
    }
}

impl Default for LimitSettings {
    fn default() -> Self {
        Self {
            open_tasks_per_account: 100,
            live_connections: 20_000,
            live_connections_per_account: 200,
            request_seconds: 30,
            requests_per_minute: 1_200,
            requests_per_minute_per_address: 6_000,
            starts_per_minute: 120,
            sign_ins_per_minute: 10,
        }
    }
}

impl LimitSettings {
    /// For whoever asks faster than people: tests, and measurements.
    pub fn set_none(&mut self) {
        (self.requests_per_minute, self.requests_per_minute_per_address, self.starts_per_minute) = (0, 0, 0);
    }
}

impl Default for AccountSettings {
    fn default() -> Self {
        Self { registration: true, session_days: 30, initial_tokens: 1_000_000_000, prompt_tokens: 700, project_tokens: 60_000 }
    }
}

impl Default for FetchSettings {
    fn default() -> Self {
        Self { allow_private: false, timeout_seconds: 10 }
    }
}

impl Default for ProjectSettings {
    fn default() -> Self {
        Self { verify: true, sandbox: SandboxUse::Auto, folder: "data/workshop".into(), path: String::new() }
    }
}

impl Default for WebhookSettings {
    fn default() -> Self {
        Self { allow_private: false, retry_percent: 100, disable_after_days: 3 }
    }
}

impl Default for LogSettings {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info".into() }
    }
}

impl ServerSettings {
    /// Where people reach the server that listens at `address`, without a slash at the end: for links that leave it.
    pub fn public_url(&self, address: SocketAddr) -> String {
        let named = Some(&self.public_url).filter(|url| !url.is_empty()).or(self.origins.first());
        named.cloned().unwrap_or_else(|| format!("http://{address}"))
    }
}

impl MailSettings {
    /// Who signs in to the mail server, if anybody does.
    pub fn user(&self) -> Option<String> {
        let url = url::Url::parse(&self.url).ok()?;
        let user = percent_decode(url.username());
        (!user.is_empty()).then_some(user)
    }

    /// Whose certificate is expected.
    pub fn host(&self) -> String {
        url::Url::parse(&self.url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
    }

    /// TLS from the first byte on.
    pub fn is_wrapped(&self) -> bool {
        self.url.starts_with("smtps:")
    }

    /// Whether the conversation is protected, from its beginning or after STARTTLS.
    pub(super) fn is_protected(&self) -> bool {
        self.is_wrapped() || url::Url::parse(&self.url).is_ok_and(|url| url.query().is_some())
    }

    pub(super) fn is_server(&self) -> bool {
        let Ok(url) = url::Url::parse(&self.url) else { return self.url.is_empty() };
        let known = url.query_pairs().all(|(name, value)| name == "tls" && value == "required");
        matches!(url.scheme(), "smtp" | "smtps") && url.host_str().is_some_and(|host| !host.is_empty()) && known && url.password().is_none()
    }

    /// Whether a password would be sent for everybody on the way to read.
    pub(super) fn tells_password(&self) -> bool {
        let Ok(url) = url::Url::parse(&self.url) else { return false };
        let near = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        !url.username().is_empty() && url.scheme() == "smtp" && url.query().is_none() && !near
    }
}

fn percent_decode(text: &str) -> String {
    // A form's value, in which a plus would be a space.
    let pair = format!("u={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(pair.as_bytes()).next().map_or_else(String::new, |(_, value)| value.into_owned())
}

/// An address without its password.
pub(super) fn masked(url: &str) -> String {
    match url::Url::parse(url) {
        _ if url.is_empty() => String::new(),
        Ok(mut parsed) if parsed.password().is_some() => match parsed.set_password(Some("***")) {
            Ok(()) => parsed.into(),
            Err(()) => "***".into(),
        },
        Ok(_) => url.into(),
        // What cannot be read may hold a password anywhere.
        Err(_) => "***".into(),
    }
}

fn serialize_masked<S: Serializer>(url: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&masked(url))
}
