//! Settings: what an operator may choose, from where each value came, and why a value is refused.
//!
//! A value comes from the environment (`LIVEGEN_<SECTION>_<KEY>`), else from `Leptos.toml`, else from the defaults in [`settings`].
//! Whatever is not known or not sensible ([`rules`]) is an error that names it: a typing mistake never falls back to a default.
//! Reading is a pure function of the file's text and the variables; [`Configuration::load`] is the edge around it.
//! What each setting means stands in `Leptos.toml`; how the site was built (`[package.metadata.leptos]`) is Leptos' to read.

mod model;
mod rules;
mod settings;
#[cfg(test)]
mod tests;

pub use model::{ChainEntry, ModelSettings, Provider};
pub use settings::{
    AccountSettings, DatabaseSettings, FetchSettings, LimitSettings, LogFormat, LogSettings, MailSettings, ProjectSettings, QueueSettings,
    RedisSettings, SandboxUse, ServerSettings, Settings, WebhookSettings,
};

use std::{
    collections::BTreeMap,
    fmt, fs, io,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use toml::{Table, Value};

use settings::masked;

use super::{model::Keys, told::relay::PASSWORD_VARIABLE};

/// Settings together with where each of them came from.
#[derive(Debug, Clone)]
pub struct Configuration {
    pub settings: Settings,
    /// By `section.key`; a key that is absent has its default.
    origins: BTreeMap<String, Origin>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Default,
    File(String),
    Variable(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(name) => f.write_str(name),
            Self::Variable(name) => write!(f, "environment, {name}"),
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read settings from {}: {source}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    /// Syntax, an unknown key or a value of the wrong type; the source names line, key and what was expected.
    #[error("settings in {file}: {source}")]
    File { file: String, source: Box<toml::de::Error> },
    #[error("environment variable {name} is no setting of Livegen; `livegen config show` lists them")]
    UnknownVariable { name: String },
    #[error("setting {key} (from {origin}): {value} is not accepted, expected {expected}")]
    Value { key: String, origin: Origin, value: String, expected: String },
}

const FILE: &str = "Leptos.toml";
const PREFIX: &str = "LIVEGEN_";
const FILE_VARIABLE: &str = "LIVEGEN_CONFIG";
/// Names that other tools use for one of our settings. Our own name for it wins; of two for the same, the later one here.
const ALIASES: [(&str, &str); 4] = [
    ("DATABASE_URL", "LIVEGEN_DATABASE_URL"),
    ("LEPTOS_SITE_ADDR", "LIVEGEN_SERVER_ADDR"),
    ("REDIS_URI", "LIVEGEN_REDIS_URL"),
    ("REDIS_URL", "LIVEGEN_REDIS_URL"),
];

impl Configuration {
    /// Reads the process' environment and `Leptos.toml` (or the file that `LIVEGEN_CONFIG` names, which then must exist).
    pub fn load() -> Result<Self, ConfigError> {
        // Only UTF-8 names and values can be ours.
        let variables =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))).collect();
        let named = std::env::var_os(FILE_VARIABLE).map(PathBuf::from);
        let path = named.as_deref().unwrap_or(Path::new(FILE));
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound && named.is_none() => String::new(),
            Err(source) => return Err(ConfigError::Unreadable { path: path.into(), source }),
        };
        Self::read(&path.display().to_string(), &text, &variables)
    }

    /// The settings that a file's text and the environment give together. `file` is only named in errors and origins.
    pub fn read(file: &str, text: &str, variables: &BTreeMap<String, String>) -> Result<Self, ConfigError> {
        let file_error = |source| ConfigError::File { file: file.into(), source: Box::new(source) };
        let mut settings: Settings = toml::from_str(text).map_err(file_error)?;
        let mut table: Table = toml::from_str(text).map_err(file_error)?;
        let mut origins = BTreeMap::new();
        for (key, _) in leaves(&table) {
            origins.insert(key, Origin::File(file.into()));
        }
        let known: BTreeMap<String, Value> = leaves(&table_of(&Settings::default())).collect();
        for (name, variable, value) in setting_variables(variables) {
            let key = name.trim_start_matches(PREFIX).to_lowercase().replacen('_', ".", 1);
            let Some(default) = known.get(&key) else {
                return Err(ConfigError::UnknownVariable { name: variable.into() });
            };
            let origin = Origin::Variable(variable.into());
            let refuse =
                |expected: String| ConfigError::Value { key: key.clone(), origin: origin.clone(), value: shown(&key, value), expected };
            let parsed = parse_like(default, value).map_err(|expected| refuse(expected.into()))?;
            put(&mut table, &key, parsed);
            settings = Settings::deserialize(table.clone()).map_err(|error| refuse(format!("another value: {}", error.message())))?;
            origins.insert(key, origin);
        }
        settings.keys = Keys::read(settings.model.key_variables().into_iter().chain([PASSWORD_VARIABLE]), variables);
        let configuration = Self { settings, origins };
        configuration.check()?;
        Ok(configuration)
    }

    /// Every setting as `section.key`, its value as TOML (secrets masked) and its origin, in the order of their names.
    pub fn entries(&self) -> Vec<(String, String, Origin)> {
        leaves(&table_of(&self.settings)).map(|(key, value)| (key.clone(), value.to_string(), self.origin(&key))).collect()
    }

    /// Every variable that may hold a provider's key or the mail server's password, and whether it is set.
    pub fn keys(&self) -> Vec<(&str, bool)> {
        let Settings { model, keys, .. } = &self.settings;
        model.key_variables().into_iter().chain([PASSWORD_VARIABLE]).map(|name| (name, keys.get(name).is_some())).collect()
    }

    /// The models that are asked, in order, as `provider/model`.
    pub fn models(&self) -> Vec<String> {
        let Settings { model, keys, .. } = &self.settings;
        model.in_force(keys).iter().map(|entry| format!("{}/{}", entry.provider, entry.model)).collect()
    }

    fn origin(&self, key: &str) -> Origin {
        self.origins.get(key).cloned().unwrap_or(Origin::Default)
    }

    fn check(&self) -> Result<(), ConfigError> {
        match self.settings.rules().into_iter().find(|rule| !rule.holds) {
            None => Ok(()),
            Some(rules::Rule { key, expected, .. }) => {
                let value = leaves(&table_of(&self.settings))
                    .find(|(name, _)| name == key)
                    .map_or_else(String::new, |(_, value)| value.to_string());
                Err(ConfigError::Value { key: key.into(), origin: self.origin(key), value, expected: expected.into() })
            }
        }
    }
}

/// `(our name, the name it was given under, value)` for every variable that is a setting.
fn setting_variables(variables: &BTreeMap<String, String>) -> impl Iterator<Item = (&str, &str, &str)> {
    let aliased = ALIASES.into_iter().filter(|(_, ours)| !variables.contains_key(*ours));
    let aliased = aliased.filter_map(|(alias, ours)| variables.get(alias).map(|value| (ours, alias, value.as_str())));
    let ours = variables.iter().filter(|(name, _)| name.starts_with(PREFIX) && *name != FILE_VARIABLE);
    aliased.chain(ours.map(|(name, value)| (name.as_str(), name.as_str(), value.as_str())))
}

fn table_of(settings: &Settings) -> Table {
    Table::try_from(settings).unwrap_or_default()
}

/// Every `section.key` of the sections that are ours.
fn leaves(table: &Table) -> impl Iterator<Item = (String, Value)> {
    let sections = table.iter().filter(|(name, _)| *name != "package").filter_map(|(name, value)| Some((name, value.as_table()?)));
    sections.flat_map(|(section, keys)| keys.iter().map(move |(key, value)| (format!("{section}.{key}"), value.clone())))
}

fn put(table: &mut Table, key: &str, value: Value) {
    if let Some((section, key)) = key.split_once('.')
        && let Value::Table(section) = table.entry(section).or_insert_with(|| Value::Table(Table::new()))
    {
        section.insert(key.into(), value);
    }
}

/// A variable's text as a value of the same type as the default; the error says what was expected.
fn parse_like(default: &Value, text: &str) -> Result<Value, &'static str> {
    match default {
        Value::Integer(_) => text.trim().parse().map(Value::Integer).map_err(|_| "a whole number"),
        Value::Boolean(_) => text.trim().parse().map(Value::Boolean).map_err(|_| "true or false"),
        Value::Array(_) => Ok(text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect::<Vec<_>>().into()),
        _ => Ok(Value::String(text.into())),
    }
}

fn shown(key: &str, value: &str) -> String {
    if matches!(key, "database.url" | "redis.url" | "mail.url") { masked(value) } else { format!("`{value}`") }
}
