//! The section `model`: which language models are asked, in which order, and for how long. Keys are not in it: see [`Keys`].

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{IgnoredAny, MapAccess, Visitor, value::MapAccessDeserializer},
};
use url::{Host, Url};

use crate::server::model::Keys;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelSettings {
    pub chain: Vec<ChainEntry>,
    pub from_keys: bool,
    pub total_seconds: u64,
    pub circuit_failures: u32,
    pub circuit_seconds: u64,
}

impl Default for ModelSettings {
    fn default() -> Self {
        Self { chain: Vec::new(), from_keys: true, total_seconds: 180, circuit_failures: 3, circuit_seconds: 60 }
    }
}

/// One model that is asked. Written as a table or, where the defaults will do, as `"provider/model"`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChainEntry {
    pub provider: Provider,
    pub model: String,
    /// What may be secret in it is not shown.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "serialize_shown")]
    pub base_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_variable: Option<String>,
    pub timeout_seconds: u64,
    /// Output tokens that one answer may have.
    pub budget_tokens: u32,
    /// Per million tokens, in whatever currency the operator counts in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_in: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_out: Option<f64>,
    /// Somebody wrote a key into the file: seen, so that it can be refused without being repeated.
    #[serde(skip)]
    key_in_file: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    Gemini,
    Groq,
    #[serde(rename = "openai")]
    OpenAi,
    Anthropic,
    Ollama,
    #[serde(rename = "openai_compatible")]
    OpenAiCompatible,
}

impl Provider {
    pub const ALL: [Self; 6] = [Self::Gemini, Self::Groq, Self::OpenAi, Self::Anthropic, Self::Ollama, Self::OpenAiCompatible];

    pub fn name(self) -> &'static str {
        match self {
            Self::Gemini => "gemini",
            Self::Groq => "groq",
            Self::OpenAi => "openai",
            Self::Anthropic => "anthropic",
            Self::Ollama => "ollama",
            Self::OpenAiCompatible => "openai_compatible",
        }
    }

    /// The variables that may hold its key; the first that is set counts.
    pub fn key_variables(self) -> &'static [&'static str] {
        match self {
            Self::Gemini => &["GEMINI_API_KEY", "GOOGLE_API_KEY"],
            Self::Groq => &["GROQ_API_KEY"],
            Self::OpenAi => &["OPENAI_API_KEY"],
            Self::Anthropic => &["ANTHROPIC_API_KEY"],
            Self::Ollama | Self::OpenAiCompatible => &[],
        }
    }

    /// Where it answers, if there is one such place.
    pub fn base_url(self) -> Option<&'static str> {
        match self {
            Self::Gemini => Some("https://generativelanguage.googleapis.com/v1beta"),
            Self::Groq => Some("https://api.groq.com/openai/v1"),
            Self::OpenAi => Some("https://api.openai.com/v1"),
            Self::Anthropic => Some("https://api.anthropic.com/v1"),
            Self::Ollama => Some("http://localhost:11434"),
            Self::OpenAiCompatible => None,
        }
    }

    /// What is asked when a key is there and nobody said which model.
    fn usual_model(self) -> Option<&'static str> {
        match self {
            Self::Gemini => Some("gemini-2.5-flash"),
            Self::Groq => Some("llama-3.3-70b-versatile"),
            Self::OpenAi => Some("gpt-4.1-mini"),
            Self::Anthropic => Some("claude-haiku-4-5"),
            Self::Ollama | Self::OpenAiCompatible => None,
        }
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl ModelSettings {
    /// The entries that are asked: the chain, or without one the usual model of every provider whose key is there.
    pub fn in_force(&self, keys: &Keys) -> Vec<ChainEntry> {
        if !self.chain.is_empty() || !self.from_keys {
            return self.chain.clone();
        }
        let with_key = Provider::ALL.into_iter().filter(|provider| keys.first(provider.key_variables()).is_some());
        with_key.filter_map(|provider| Some(ChainEntry::new(provider, provider.usual_model()?))).collect()
    }

    /// Every variable that may hold a key, in the order of the providers, then of the chain.
    pub fn key_variables(&self) -> Vec<&str> {
        let usual = Provider::ALL.into_iter().flat_map(|provider| provider.key_variables().iter().copied());
        let own = self.chain.iter().filter_map(|entry| entry.key_variable.as_deref());
        let mut names = Vec::new();
        for name in usual.chain(own) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// The first thing that is wrong with the chain, as what was expected instead.
    pub(super) fn fault(&self) -> Option<String> {
        if self.chain.len() > 16 {
            return Some("at most 16 entries".into());
        }
        let faults = self.chain.iter().enumerate();
        faults.map(|(index, entry)| (index, entry.fault())).find_map(|(index, fault)| Some(format!("in entry {} {}", index + 1, fault?)))
    }
}

impl ChainEntry {
    pub fn new(provider: Provider, model: &str) -> Self {
        Self {
            provider,
            model: model.into(),
            base_url: None,
            key_variable: None,
            timeout_seconds: 60,
            budget_tokens: 8192,
            price_in: None,
            price_out: None,
            key_in_file: false,
        }
    }

    fn fault(&self) -> Option<Cow<'static, str>> {
        let model_ok = (1..=200).contains(&self.model.len())
            && !self.model.contains("..")
            && self.model.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:/@+".contains(c));
        let price_ok = |price: Option<f64>| price.is_none_or(|price| price.is_finite() && (0.0..=100_000.0).contains(&price));
        if self.key_in_file {
            let names = self.provider.key_variables().first().copied().unwrap_or("the one that key_variable names");
            return Some(format!("no key: keys are read from the environment only (variable {names})").into());
        }
        match &self.base_url {
            None if self.provider.base_url().is_none() => return Some("a base_url such as \"http://localhost:8000/v1\"".into()),
            Some(text) => {
                if let Some(fault) = address_fault(text, self.provider) {
                    return Some(fault.into());
                }
            }
            None => {}
        }
        let checks = [
            (model_ok, "a model: letters, digits and -_.:/@+, at most 200 of them"),
            (
                self.key_variable.as_deref().is_none_or(is_variable),
                "a key_variable of capital letters, digits and _ that does not begin with LIVEGEN_",
            ),
            ((1..=600).contains(&self.timeout_seconds), "timeout_seconds of 1 to 600"),
            ((1..=200_000).contains(&self.budget_tokens), "budget_tokens of 1 to 200000"),
            (price_ok(self.price_in) && price_ok(self.price_out), "price_in and price_out of 0 to 100000 per million tokens"),
        ];
        checks.into_iter().find(|(holds, _)| !holds).map(|(_, expected)| expected.into())
    }
}

fn address_fault(text: &str, provider: Provider) -> Option<&'static str> {
    let Some(url) = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some()) else {
        return Some("a base_url that starts with http:// or https://");
    };
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        return Some("a base_url without user name, password, query or fragment");
    }
    let near = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    // Their keys cost money: they do not travel in the clear.
    (url.scheme() == "http" && !near && !provider.key_variables().is_empty())
        .then_some("a base_url that starts with https://, since a key is sent to it")
}

fn is_variable(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 100
        && !name.starts_with("LIVEGEN_")
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

#[expect(clippy::ref_option, reason = "serde calls it so")]
fn serialize_shown<S: Serializer>(url: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
    let parsed = url.as_deref().and_then(|url| Url::parse(url).ok());
    let shown = parsed.map_or_else(|| "***".into(), |url| format!("{}{}", url.origin().ascii_serialization(), url.path()));
    serializer.serialize_str(&shown)
}

impl<'de> Deserialize<'de> for ChainEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Entry)
    }
}

/// As it is written in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    provider: Provider,
    model: String,
    base_url: Option<String>,
    key_variable: Option<String>,
    timeout_seconds: Option<u64>,
    budget_tokens: Option<u32>,
    price_in: Option<f64>,
    price_out: Option<f64>,
    #[serde(alias = "key")]
    api_key: Option<IgnoredAny>,
}

struct Entry;

impl<'de> Visitor<'de> for Entry {
    type Value = ChainEntry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"provider/model\" or a table with provider and model")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<ChainEntry, E> {
        let (provider, model) = text.split_once('/').ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))?;
        let provider = Provider::deserialize(serde::de::value::StrDeserializer::<E>::new(provider))?;
        Ok(ChainEntry::new(provider, model))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ChainEntry, A::Error> {
        let written = Written::deserialize(MapAccessDeserializer::new(map))?;
        let usual = ChainEntry::new(written.provider, &written.model);
        Ok(ChainEntry {
            base_url: written.base_url,
            key_variable: written.key_variable,
            timeout_seconds: written.timeout_seconds.unwrap_or(usual.timeout_seconds),
            budget_tokens: written.budget_tokens.unwrap_or(usual.budget_tokens),
            price_in: written.price_in,
            price_out: written.price_out,
            key_in_file: written.api_key.is_some(),
            ..usual
        })
    }
}
