//! What differs between one installation and the next: all of it from the environment, or from `.env`.

use std::env;
use std::fmt::Display;
use std::str::FromStr;

use anyhow::anyhow;

/// Each setting is an environment variable of the same name in capitals.
#[derive(Clone, Debug)]
pub struct Settings {
    pub database_url: String,
    pub host: String,
    pub port: u16,
    /// Larger requests are refused before they are read.
    pub max_body_bytes: usize,
{% if accounts %}
    pub token_hours: u32,
    /// Wrong passwords within a quarter of an hour: for one account from one address.
    pub guesses_per_account: u32,
    /// The same for all accounts from one address.
    pub guesses_per_address: u32,
{% endif %}
}

impl Default for Settings {
    fn default() -> Self {
        Self {
{% if postgres %}
            database_url: "postgres://postgres:postgres@localhost:5432/{{ project.snake }}".into(),
{% else %}
            database_url: "sqlite://data/{{ project.slug }}.db".into(),
{% endif %}
            host: "127.0.0.1".into(),
            port: 8000,
            max_body_bytes: {{ project.max_body_bytes|integer }},
{% if accounts %}
            token_hours: 12,
            guesses_per_account: 10,
            guesses_per_address: 100,
{% endif %}
        }
    }
}

impl Settings {
    pub fn from_environment() -> anyhow::Result<Self> {
        let usual = Self::default();
        Ok(Self {
            database_url: read("DATABASE_URL", usual.database_url)?,
            host: read("HOST", usual.host)?,
            port: read("PORT", usual.port)?,
            max_body_bytes: read("MAX_BODY_BYTES", usual.max_body_bytes)?,
{% if accounts %}
            token_hours: read("TOKEN_HOURS", usual.token_hours)?,
            guesses_per_account: read("GUESSES_PER_ACCOUNT", usual.guesses_per_account)?,
            guesses_per_address: read("GUESSES_PER_ADDRESS", usual.guesses_per_address)?,
{% endif %}
        })
    }
}

/// A variable that is set has to make sense; one that is not leaves what is usual.
fn read<T>(name: &str, usual: T) -> anyhow::Result<T>
where
    T: FromStr,
    T::Err: Display,
{
    match env::var(name) {
        Ok(text) => text.parse().map_err(|error| anyhow!("{name}={text}: {error}")),
        Err(_) => Ok(usual),
    }
}
