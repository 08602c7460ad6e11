//! JSON pointer → line and column, by reading the text a second time along the pointer only.
//!
//! The seed gives up on purpose when it arrives: both readers then say where they are.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::syntax::{self, Syntax};

const ARRIVED: &str = "arrived at the place";

/// The place of a node; `None` where the pointer leads nowhere.
pub fn locate(text: &str, syntax: Syntax, pointer: &str) -> Option<(u64, u64)> {
    // The root is everywhere.
    if pointer.is_empty() {
        return None;
    }
    let tokens: Vec<String> = pointer.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~")).collect();
    match syntax::read(syntax::without_bom(text), syntax, Seek { tokens: &tokens }) {
        Err((message, Some(line), column)) if message.contains(ARRIVED) => Some((line, column.unwrap_or(1))),
        _ => None,
    }
}

#[derive(Clone, Copy)]
struct Seek<'a> {
    tokens: &'a [String],
}

impl<'de> DeserializeSeed<'de> for Seek<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seek<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(ARRIVED)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let Some((wanted, rest)) = self.tokens.split_first() else {
            return Err(A::Error::custom(ARRIVED));
        };
        while let Some(key) = entries.next_key::<String>()? {
            if key == *wanted {
                entries.next_value_seed(Seek { tokens: rest })?;
            } else {
                entries.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Some((wanted, rest)) = self.tokens.split_first() else {
            return Err(A::Error::custom(ARRIVED));
        };
        let wanted: Option<usize> = wanted.parse().ok();
        let mut index = 0;
        loop {
            let more = if Some(index) == wanted {
                items.next_element_seed(Seek { tokens: rest })?.is_some()
            } else {
                items.next_element::<IgnoredAny>()?.is_some()
            };
            if !more {
                return Ok(());
            }
            index += 1;
        }
    }
    // Scalars fall to serde's "invalid type …, expected arrived at the place": found as well.
}
