//! JSON as descriptions and requests hold it: objects keep the order of their keys, and a value may stand for
//! something that is known only when the suite runs.
//!
//! Values are at most `MAX_DEPTH` deep (the parsers and the sampler see to it), so recursive functions over
//! them, `Drop` included, are safe on a small stack.

use indexmap::IndexMap;
use serde_json::Number;

/// Nesting that a description or a made value may have; `serde_json` has the same limit.
pub const MAX_DEPTH: usize = 128;

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Json {
    #[default]
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Self>),
    Map(IndexMap<String, Self>),
    /// What the fixture of this name hands over when the suite runs, for example the id of a created book.
    Made(String),
}

impl Json {
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(map) => map.get(key),
            _ => None,
        }
    }

    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn list(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    /// The JSON Schema name of the value's type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::Text(_) => "string",
            Self::List(_) => "array",
            Self::Map(_) => "object",
            Self::Made(_) => "made",
        }
    }

    /// A copy in which the value at `path` is replaced, or removed by `None`. Unknown paths change nothing.
    #[must_use]
    pub fn with(&self, path: &[Step], value: Option<Self>) -> Self {
        let mut copy = self.clone();
        copy.set(path, value);
        copy
    }

    fn set(&mut self, path: &[Step], value: Option<Self>) {
        match (path, value) {
            ([], Some(value)) => *self = value,
            ([Step::Key(key)], None) => {
                if let Self::Map(map) = self {
                    map.shift_remove(key);
                }
            }
            ([Step::Key(key)], Some(value)) => {
                if let Self::Map(map) = self {
                    map.insert(key.clone(), value);
                }
            }
            ([first, rest @ ..], value) => {
                let child = match (first, self) {
                    (Step::Key(key), Self::Map(map)) => map.get_mut(key),
                    (Step::Index(index), Self::List(items)) => items.get_mut(*index),
                    _ => None,
                };
                if let Some(child) = child {
                    child.set(rest, value);
                }
            }
            ([], None) => {}
        }
    }

    /// Compact JSON text. Values known only at run time are written as `{{name}}`.
    pub fn to_value(&self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(value) => (*value).into(),
            Self::Number(value) => serde_json::Value::Number(value.clone()),
            Self::Text(value) => value.as_str().into(),
            Self::List(items) => items.iter().map(Self::to_value).collect(),
            Self::Map(map) => map.iter().map(|(key, value)| (key.clone(), value.to_value())).collect(),
            Self::Made(name) => format!("{{{{{name}}}}}").into(),
        }
    }
}

/// One step from a value to a part of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    Key(String),
    Index(usize),
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for Json {
    fn from(value: i64) -> Self {
        Self::Number(value.into())
    }
}

impl From<f64> for Json {
    /// Whole numbers become integers, so that they read as people write them.
    fn from(value: f64) -> Self {
        #[allow(clippy::cast_possible_truncation, reason = "checked: whole and within the exact range of f64")]
        if value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0 {
            return Self::from(value as i64);
        }
        Number::from_f64(value).map_or(Self::Null, Self::Number)
    }
}
