//! A field's validations as bounds that always have a value: what the model says, within what the type can hold.

use serde_json::Number;

use super::pattern;
use crate::protocol::project::{Field, FieldType};

pub const LINE_CHARS: u32 = 255;
pub const TEXT_CHARS: u32 = 10_000;
pub const EMAIL_CHARS: u32 = 254;
pub const URL_CHARS: u32 = 2_000;
/// Of a field of bytes that names no bound.
pub const MOST_BYTES: u32 = 65_536;
/// Sixteen digits before the point: every database and language keeps them exactly.
const MOST_HUNDREDTHS: i64 = 999_999_999_999_999_999;

#[derive(Clone, Debug)]
pub struct Limits {
    pub min_length: usize,
    pub max_length: usize,
    /// For the whole value.
    pub pattern: Option<String>,
    pub min_integer: i64,
    pub max_integer: i64,
    pub min_hundredths: i64,
    pub max_hundredths: i64,
    pub min_float: Option<f64>,
    pub max_float: Option<f64>,
    pub min_bytes: usize,
    pub max_bytes: usize,
}

impl Limits {
    pub fn of(field: &Field) -> Self {
        let most = match field.kind {
            FieldType::Text => TEXT_CHARS,
            FieldType::Email => EMAIL_CHARS,
            FieldType::Url => URL_CHARS,
            _ => LINE_CHARS,
        };
        let is_text = matches!(field.kind, FieldType::String | FieldType::Text);
        // What has to be there is not empty, unless its pattern decides.
        let least = u32::from(is_text && field.required && field.pattern.is_none());
        Self {
            min_length: size(field.min_length.unwrap_or(least)),
            // These two are what their formats allow at most.
            max_length: size(if matches!(field.kind, FieldType::Email | FieldType::Url) {
                field.max_length.unwrap_or(most).min(most)
            } else {
                field.max_length.unwrap_or(most)
            }),
            pattern: field.pattern.as_deref().map(pattern::whole),
            min_integer: field.min.as_ref().map_or(i64::MIN, |number| whole(number, f64::ceil)),
            max_integer: field.max.as_ref().map_or(i64::MAX, |number| whole(number, f64::floor)),
            min_hundredths: field.min.as_ref().map_or(-MOST_HUNDREDTHS, hundredths),
            max_hundredths: field.max.as_ref().map_or(MOST_HUNDREDTHS, hundredths),
            min_float: field.min.as_ref().and_then(Number::as_f64),
            max_float: field.max.as_ref().and_then(Number::as_f64),
            min_bytes: size(field.min_bytes.unwrap_or(u32::from(field.required))),
            max_bytes: size(field.max_bytes.unwrap_or(MOST_BYTES)),
        }
    }
}

fn size(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

fn whole(number: &Number, round: fn(f64) -> f64) -> i64 {
    #[allow(clippy::cast_possible_truncation, reason = "casting saturates, which is what a bound should do")]
    let rounded = || round(number.as_f64().unwrap_or_default()) as i64;
    number.as_i64().unwrap_or_else(rounded)
}

fn hundredths(number: &Number) -> i64 {
    #[allow(clippy::cast_possible_truncation, reason = "casting saturates, and bounds have two digits after the point")]
    let rounded = || (number.as_f64().unwrap_or_default() * 100.0).round() as i64;
    let exact = number.as_i64().map_or_else(rounded, |whole| whole.saturating_mul(100));
    exact.clamp(-MOST_HUNDREDTHS, MOST_HUNDREDTHS)
}
