//! Schemas as an arena: ids instead of nesting, so that cycles and a thousand references to one node cost nothing.
//!
//! Each schema exists as it was written (`written`) and with its `allOf` merged in (`get`).

use indexmap::{IndexMap, IndexSet};
use serde_json::Number;

use super::json::Json;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchemaId(pub u32);

/// A set of JSON Schema types; empty means any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Types(u8);

pub const TYPE_NAMES: [&str; 7] = ["null", "boolean", "integer", "number", "string", "array", "object"];

impl Types {
    pub fn insert(&mut self, name: &str) -> bool {
        let bit = TYPE_NAMES.iter().position(|known| *known == name);
        if let Some(bit) = bit {
            self.0 |= 1 << bit;
        }
        bit.is_some()
    }

    pub fn is_any(self) -> bool {
        self.0 == 0
    }

    pub fn has(self, name: &str) -> bool {
        TYPE_NAMES.iter().position(|known| *known == name).is_some_and(|bit| self.0 & (1 << bit) != 0)
    }

    pub fn names(self) -> impl Iterator<Item = &'static str> {
        TYPE_NAMES.into_iter().filter(move |name| self.has(name))
    }

    /// The only type besides `null`.
    pub fn single(self) -> Option<&'static str> {
        let mut names = self.names().filter(|name| *name != "null");
        names.next().filter(|_| names.next().is_none())
    }

    /// What both allow; `None` where nothing is left.
    pub fn both(self, other: Self) -> Option<Self> {
        if self.is_any() || other.is_any() {
            return Some(Self(self.0 | other.0));
        }
        // A number that is an integer in the other set stays an integer.
        let widen = |types: Self| if types.has("number") { types.0 | (1 << 2) } else { types.0 };
        let common = widen(self) & widen(other) & (self.0 | other.0);
        (common != 0).then_some(Self(common))
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    pub value: Number,
    pub exclusive: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Additional {
    #[default]
    Allowed,
    Forbidden,
    Typed(SchemaId),
}

/// `oneOf` or `anyOf`.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    pub exactly_one: bool,
    pub branches: Vec<SchemaId>,
}

#[derive(Clone, Debug, Default, PartialEq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a keyword of its own")]
pub struct Schema {
    /// Its name among the description's components.
    pub name: Option<String>,
    pub types: Types,
    /// `enum`, and `const` as an enum of one.
    pub values: Option<Vec<Json>>,
    pub format: Option<String>,
    pub pattern: Option<String>,
    pub min_length: Option<u64>,
    pub max_length: Option<u64>,
    pub minimum: Option<Bound>,
    pub maximum: Option<Bound>,
    pub multiple_of: Option<Number>,
    pub items: Option<SchemaId>,
    pub min_items: Option<u64>,
    pub max_items: Option<u64>,
    pub unique_items: bool,
    pub properties: IndexMap<String, SchemaId>,
    pub required: IndexSet<String>,
    pub additional: Additional,
    pub min_properties: Option<u64>,
    pub max_properties: Option<u64>,
    pub all_of: Vec<SchemaId>,
    pub choices: Vec<Choice>,
    /// `false`, or an `allOf` that contradicts itself.
    pub never: bool,
    pub read_only: bool,
    pub write_only: bool,
    pub default: Option<Json>,
    pub examples: Vec<Json>,
    /// Keywords that may forbid more than this structure knows (`not`, `if`, `patternProperties`, …).
    pub unmodelled: Vec<String>,
}

impl Schema {
    pub fn is_nullable(&self) -> bool {
        self.types.has("null") || self.values.as_ref().is_some_and(|values| values.contains(&Json::Null))
    }

    pub fn is_object(&self) -> bool {
        self.types.single() == Some("object") || (self.types.is_any() && !self.properties.is_empty())
    }
}

#[derive(Clone, Debug, Default)]
pub struct Schemas {
    written: Vec<Schema>,
    merged: Vec<Schema>,
}

impl Schemas {
    /// Takes schemas as written; `merge::merge_all` fills in the other half.
    pub fn new(written: Vec<Schema>, merged: Vec<Schema>) -> Self {
        Self { written, merged }
    }

    /// With `allOf` merged in. Ids come from this arena only, so a miss cannot happen; the empty schema is its answer.
    pub fn get(&self, id: SchemaId) -> &Schema {
        static ANY: std::sync::OnceLock<Schema> = std::sync::OnceLock::new();
        self.merged.get(id.0 as usize).unwrap_or_else(|| ANY.get_or_init(Schema::default))
    }

    /// As the description has it.
    pub fn written(&self, id: SchemaId) -> Option<&Schema> {
        self.written.get(id.0 as usize)
    }

    pub fn len(&self) -> usize {
        self.written.len()
    }

    pub fn is_empty(&self) -> bool {
        self.written.is_empty()
    }
}
