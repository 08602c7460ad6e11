//! Rules for all that is neither a number nor a text of people's own.

use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Datelike, SubsecRound, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::texts::Pattern;
use super::values::{Base64, Date, Instant};
use super::{Fault, Rule};

/// Each value has one spelling: bits that are left over at its end are zero.
pub const BASE64: &str =
    r"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$";
/// What a list of ids may hold.
const MOST_IDS: usize = 100;

static DATE: Pattern = Pattern::new(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$");
static INSTANT: Pattern = Pattern::new(
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9:]{8}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})$",
);

/// Yes or no.
#[derive(Debug)]
pub struct Boolean;

impl Rule for Boolean {
    type Value = bool;

    fn read(&self, value: &Value) -> Result<bool, Fault> {
        value.as_bool().ok_or_else(|| "Should be true or false".into())
    }

    fn read_text(&self, text: &str) -> Result<bool, Fault> {
        text.parse().map_err(|_| "Should be true or false".into())
    }

    fn schema(&self) -> Value {
        json!({"type": "boolean"})
    }
}

/// A date.
#[derive(Debug)]
pub struct Day;

impl Rule for Day {
    type Value = Date;

    fn read(&self, value: &Value) -> Result<Date, Fault> {
        value
            .as_str()
            .filter(|text| DATE.is_match(text))
            .and_then(|text| text.parse().ok())
            .filter(|date: &Date| date.year() >= 1)
            .ok_or_else(|| "Should be a date such as 2026-03-14".into())
    }

    fn schema(&self) -> Value {
        json!({"type": "string", "format": "date"})
    }
}

/// A moment in time, with its distance from UTC.
#[derive(Debug)]
pub struct Moment;

impl Rule for Moment {
    type Value = Instant;

    fn read(&self, value: &Value) -> Result<Instant, Fault> {
        value
            .as_str()
            .filter(|text| INSTANT.is_match(text))
            .and_then(|text| DateTime::parse_from_rfc3339(text).ok())
            .map(|instant| instant.with_timezone(&Utc).trunc_subsecs(6))
            .filter(|instant| (1..=9999).contains(&instant.year()))
            .ok_or_else(|| "Should be a moment with its offset: 2026-03-14T15:09:26Z".into())
    }

    fn schema(&self) -> Value {
        json!({"type": "string", "format": "date-time"})
    }
}

/// A UUID.
#[derive(Debug)]
pub struct Key;

impl Rule for Key {
    type Value = Uuid;

    fn read(&self, value: &Value) -> Result<Uuid, Fault> {
        value
            .as_str()
            .filter(|text| text.len() == 36)
            .and_then(|text| Uuid::try_parse(text).ok())
            .ok_or_else(|| "Should be a UUID".into())
    }

    fn schema(&self) -> Value {
        json!({"type": "string", "format": "uuid"})
    }
}

/// UUIDs of different things.
#[derive(Debug)]
pub struct Ids;

impl Rule for Ids {
    type Value = Vec<Uuid>;

    fn read(&self, value: &Value) -> Result<Vec<Uuid>, Fault> {
        let items = value.as_array().ok_or("Should be a list")?;
        if items.len() > MOST_IDS {
            return Err(format!("Should have {MOST_IDS} or fewer items").into());
        }
        let mut ids = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            ids.push(Key.read(item).map_err(|fault| Fault { item: Some(at), ..fault })?);
        }
        if ids.iter().collect::<HashSet<_>>().len() < ids.len() {
            return Err("Should not name the same thing twice".into());
        }
        Ok(ids)
    }

    fn schema(&self) -> Value {
        json!({"type": "array", "items": Key.schema(), "maxItems": MOST_IDS, "uniqueItems": true})
    }
}

/// Bytes, as base64.
#[derive(Debug)]
pub struct Bytes {
    least: usize,
    most: usize,
}

impl Bytes {
    pub const fn new(least: usize, most: usize) -> Self {
        Self { least, most }
    }

    /// Four characters are one, two or three bytes: the length alone does not say that there are enough.
    fn pattern(&self) -> String {
        const GROUP: &str = "[A-Za-z0-9+/]{4}";
        const ONE: &str = "[A-Za-z0-9+/][AQgw]==";
        const TWO: &str = "[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=";
        match (self.least / 3, self.least % 3) {
            (0, 0) | (_, 1) => BASE64.to_owned(),
            (groups, 0) => format!("^({GROUP}){{ "{{{groups},}}" }}({ONE}|{TWO})?$"),
            (groups, _) => {
                format!("^({GROUP}){{ "{{{groups}}}" }}({TWO}|({GROUP})+({ONE}|{TWO})?)$")
            }
        }
    }
}

impl Rule for Bytes {
    type Value = Base64;

    fn read(&self, value: &Value) -> Result<Base64, Fault> {
        let bytes = value.as_str().and_then(|text| STANDARD.decode(text).ok());
        let bytes = bytes.ok_or("Should be base64")?;
        if !(self.least..=self.most).contains(&bytes.len()) {
            return Err(format!("Should have from {} to {} bytes", self.least, self.most).into());
        }
        Ok(Base64(bytes))
    }

    fn schema(&self) -> Value {
        json!({
            "type": "string",
            "format": "byte",
            "pattern": self.pattern(),
            "minLength": self.least.div_ceil(3) * 4,
            "maxLength": self.most.div_ceil(3) * 4,
        })
    }
}

/// One of a few words.
#[derive(Debug)]
pub struct Word(pub &'static [&'static str]);

impl Rule for Word {
    type Value = &'static str;

    fn read(&self, value: &Value) -> Result<&'static str, Fault> {
        let text = value.as_str().unwrap_or_default();
        let found = self.0.iter().find(|word| **word == text);
        found.copied().ok_or_else(|| format!("Should be one of {}", self.0.join(", ")).into())
    }

    fn schema(&self) -> Value {
        json!({"type": "string", "enum": self.0})
    }
}
