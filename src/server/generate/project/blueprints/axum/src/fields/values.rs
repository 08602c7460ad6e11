//! Values that JSON, Rust and databases have no common type for.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Serialize, Serializer};

pub type Date = NaiveDate;
pub type Instant = DateTime<Utc>;

/// Sixteen digits before the point: every database and language keeps them exactly.
const MOST_DIGITS: usize = 16;

/// An exact number with two digits after the point. It is kept as a whole number of hundredths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, sqlx::Type)]
#[sqlx(transparent)]
pub struct Decimal(i64);

impl Decimal {
    pub const fn hundredths(count: i64) -> Self {
        Self(count)
    }

    /// `12`, `12.5` or `12.50`, with `-` before it or not.
    pub fn parse(text: &str) -> Option<Self> {
        let (is_negative, size) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, part) = match size.split_once('.') {
            Some((_, "")) => return None,
            Some((whole, part)) => (whole, part),
            None => (size, ""),
        };
        let are_digits = [whole, part].iter().all(|text| text.bytes().all(|b| b.is_ascii_digit()));
        let has_leading_zero = whole.len() > 1 && whole.starts_with('0');
        let fits = (1..=MOST_DIGITS).contains(&whole.len()) && part.len() <= 2;
        if !are_digits || has_leading_zero || !fits {
            return None;
        }
        let count: i64 = format!("{whole}{part:0<2}").parse().ok()?;
        Some(Self(if is_negative { -count } else { count }))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let size = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", size / 100, size % 100)
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Bytes, in JSON as base64.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(transparent)]
pub struct Base64(pub Vec<u8>);

impl Serialize for Base64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_exactly() {
        for (text, shown) in [
            ("0", "0.00"),
            ("-0.05", "-0.05"),
            ("12.5", "12.50"),
            ("9999999999999999.99", "9999999999999999.99"),
        ] {
            assert_eq!(Decimal::parse(text).map(|value| value.to_string()), Some(shown.into()));
        }
        for text in ["", "-", ".5", "1.", "01", "1.234", "1e3", "+1", " 1", "1,5", "1.2.3", "٣"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }
}
