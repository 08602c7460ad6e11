//! What requests and answers look like. Each property says all of its rules; /openapi.json says them too.

{% for module in in_order(by_module|map(attribute="module")|list + (["auth"] if accounts else [])) %}
pub mod {{ module }};
{% endfor %}

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::fields::{BASE64, Boolean, Day, Exact, Float, Integer, Key, Moment, Text};
use crate::fields::{Base64, Date, Decimal, Instant, Rule};
use crate::requests::Properties;

/// A request: it says what it consists of, once, and is read and described by that.
pub trait Request: Sized {
    /// Its name in /openapi.json.
    const NAME: &'static str;
    const ABOUT: &'static str;

    /// None: something is missing or wrong, which the properties have noted.
    fn read(from: &mut impl Properties) -> Option<Self>;
}

/// A type of answers, as /openapi.json describes it.
pub trait Shown {
    fn schema() -> Value;

    /// Adds what the schema refers to by name.
    fn define(_components: &mut Map<String, Value>) {}
}

/// Defines an answer: what is written, and what /openapi.json says of it.
macro_rules! answer {
    (
        $(#[doc = $about:literal])*
        pub struct $name:ident as $component:literal {
            $($(#[doc = $told:literal])* pub $field:ident: $kind:ty,)*
        }
    ) => {
        $(#[doc = $about])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize)]
        pub struct $name {
            $($(#[doc = $told])* pub $field: $kind,)*
        }

        impl $crate::schemas::Shown for $name {
            fn schema() -> serde_json::Value {
                $crate::schemas::named($component)
            }

            fn define(components: &mut serde_json::Map<String, serde_json::Value>) {
                let properties = [$((
                    stringify!($field),
                    <$kind as $crate::schemas::Shown>::schema(),
                    concat!($($told),*).trim(),
                )),*];
                let about = concat!($($about),*).trim();
                components.insert($component.into(), $crate::schemas::object(about, properties));
                $(<$kind as $crate::schemas::Shown>::define(components);)*
            }
        }
    };
}
pub(crate) use answer;

/// A schema that stands elsewhere.
pub fn named(component: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{component}")})
}

/// Of an object that always has all of its properties.
pub fn object<const N: usize>(about: &str, properties: [(&str, Value, &str); N]) -> Value {
    let required = properties.each_ref().map(|(name, ..)| *name);
    let mut described = Map::new();
    for (name, mut schema, told) in properties.clone() {
        if !told.is_empty() {
            schema["description"] = told.into();
        }
        described.insert(name.to_owned(), schema);
    }
    json!({
        "type": "object",
        "description": about,
        "properties": described,
        "required": required.as_slice(),
        "additionalProperties": false,
    })
}
{% if project.has_references %}

answer! {
    /// Enough of another thing to show a link to it.
    pub struct Reference as "Reference" {
        pub id: Uuid,
        pub label: String,
    }
}
{% endif %}

impl Shown for String {
    fn schema() -> Value {
        Text::ANY.schema()
    }
}

impl Shown for i64 {
    fn schema() -> Value {
        Integer::ANY.schema()
    }
}

impl Shown for u32 {
    fn schema() -> Value {
        Integer::between(0, u32::MAX.into()).schema()
    }
}

impl Shown for f64 {
    fn schema() -> Value {
        Float::ANY.schema()
    }
}

impl Shown for bool {
    fn schema() -> Value {
        Boolean.schema()
    }
}

impl Shown for Uuid {
    fn schema() -> Value {
        Key.schema()
    }
}

impl Shown for Date {
    fn schema() -> Value {
        Day.schema()
    }
}

impl Shown for Instant {
    fn schema() -> Value {
        Moment.schema()
    }
}

impl Shown for Decimal {
    fn schema() -> Value {
        Exact::ANY.schema()
    }
}

impl Shown for Base64 {
    fn schema() -> Value {
        json!({"type": "string", "format": "byte", "pattern": BASE64})
    }
}

impl<T: Shown> Shown for Option<T> {
    fn schema() -> Value {
        json!({"anyOf": [T::schema(), {"type": "null"}]})
    }

    fn define(components: &mut Map<String, Value>) {
        T::define(components);
    }
}

impl<T: Shown> Shown for Vec<T> {
    fn schema() -> Value {
        json!({"type": "array", "items": T::schema()})
    }

    fn define(components: &mut Map<String, Value>) {
        T::define(components);
    }
}
