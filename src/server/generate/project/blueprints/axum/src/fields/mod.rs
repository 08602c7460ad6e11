//! How values look in JSON. The rules are strict: `"1"` is no number, and what is refused is said in /openapi.json.
//!
//! Whole numbers have 64 bits, decimals are texts so that nothing is lost on the way, instants name
//! their distance from UTC, and no text holds a NUL character, which databases do not keep.

{% if project.enums %}
mod choices;
{% endif %}
mod numbers;
mod others;
mod texts;
mod values;

use serde_json::Value;

{% if project.enums %}
pub(crate) use choices::choices;
pub use choices::{Choice, OneOf, find};
{% endif %}
pub use numbers::{Count, Exact, Float, Integer};
pub use others::{BASE64, Boolean, Bytes, Day, Ids, Key, Moment, Word};
pub use texts::{Email, Pattern, Text, Url};
pub use values::{Base64, Date, Decimal, Instant};

/// Why a value is refused; for a list, at which of its items.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    pub item: Option<usize>,
    pub message: String,
}

impl<T: Into<String>> From<T> for Fault {
    fn from(message: T) -> Self {
        Self { item: None, message: message.into() }
    }
}

/// What a value has to be: it reads one, and it describes itself for /openapi.json.
pub trait Rule {
    type Value;

    fn read(&self, value: &Value) -> Result<Self::Value, Fault>;

    /// The same in an address, where everything is text.
    fn read_text(&self, text: &str) -> Result<Self::Value, Fault> {
        self.read(&Value::from(text))
    }

    /// In JSON Schema.
    fn schema(&self) -> Value;
}
