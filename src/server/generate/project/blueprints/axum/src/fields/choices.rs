//! Enumerations: their words in JSON, in the database, and in /openapi.json.

use std::marker::PhantomData;

use serde_json::{Value, json};

use super::{Fault, Rule};

/// An enumeration.
pub trait Choice: Copy + 'static {
    const NAME: &'static str;
    const ALL: &'static [Self];

    fn as_str(self) -> &'static str;
}

pub fn find<T: Choice>(text: &str) -> Option<T> {
    T::ALL.iter().find(|choice| choice.as_str() == text).copied()
}

/// One of an enumeration's values.
#[derive(Debug)]
pub struct OneOf<T>(PhantomData<T>);

impl<T> OneOf<T> {
    pub const ANY: Self = Self(PhantomData);
}

impl<T: Choice> Rule for OneOf<T> {
    type Value = T;

    fn read(&self, value: &Value) -> Result<T, Fault> {
        value.as_str().and_then(find).ok_or_else(|| {
            let words: Vec<&str> = T::ALL.iter().map(|choice| choice.as_str()).collect();
            format!("Should be one of {}", words.join(", ")).into()
        })
    }

    fn schema(&self) -> Value {
        json!({"$ref": format!("#/components/schemas/{}", T::NAME)})
    }
}

/// Defines an enumeration: its words in JSON, in the database, and in /openapi.json.
macro_rules! choices {
    (
        $(#[doc = $about:literal])*
        pub enum $name:ident {
            $($member:ident = $word:literal,)+
        }
    ) => {
        $(#[doc = $about])*
        #[allow(non_camel_case_types)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
        pub enum $name {
            $(#[serde(rename = $word)] $member,)+
        }

        impl $crate::fields::Choice for $name {
            const NAME: &'static str = stringify!($name);
            const ALL: &'static [Self] = &[$(Self::$member),+];

            fn as_str(self) -> &'static str {
                match self {
                    $(Self::$member => $word,)+
                }
            }
        }

        impl $crate::schemas::Shown for $name {
            fn schema() -> serde_json::Value {
                $crate::schemas::named(stringify!($name))
            }

            fn define(components: &mut serde_json::Map<std::string::String, serde_json::Value>) {
                let about = concat!($($about),*).trim();
                let schema = serde_json::json!({
                    "type": "string",
                    "enum": [$($word),+],
                    "description": about,
                });
                components.insert(stringify!($name).into(), schema);
            }
        }

        impl sqlx::Type<$crate::db::Db> for $name {
            fn type_info() -> <$crate::db::Db as sqlx::Database>::TypeInfo {
                <std::string::String as sqlx::Type<$crate::db::Db>>::type_info()
            }

            fn compatible(info: &<$crate::db::Db as sqlx::Database>::TypeInfo) -> bool {
                <std::string::String as sqlx::Type<$crate::db::Db>>::compatible(info)
            }
        }

        impl<'q> sqlx::Encode<'q, $crate::db::Db> for $name {
            fn encode_by_ref(
                &self,
                buffer: &mut <$crate::db::Db as sqlx::Database>::ArgumentBuffer,
            ) -> std::result::Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
                let word = $crate::fields::Choice::as_str(*self);
                <&str as sqlx::Encode<'q, $crate::db::Db>>::encode(word, buffer)
            }
        }

        impl<'r> sqlx::Decode<'r, $crate::db::Db> for $name {
            fn decode(
                value: <$crate::db::Db as sqlx::Database>::ValueRef<'r>,
            ) -> std::result::Result<Self, sqlx::error::BoxDynError> {
                let text = <&str as sqlx::Decode<'r, $crate::db::Db>>::decode(value)?;
                $crate::fields::find(text).ok_or_else(|| format!("`{text}` is no value of it").into())
            }
        }
    };
}
pub(crate) use choices;
