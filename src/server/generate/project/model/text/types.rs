//! The words for types: one's own, and JHipster's.

use crate::protocol::project::FieldType;

pub enum TypeWord {
    Known(FieldType),
    /// JHipster knows it; what to use instead.
    Instead(&'static str),
    /// Perhaps an enumeration.
    Other,
}

pub fn type_of(word: &str) -> TypeWord {
    let plain: String = word.chars().filter(|c| *c != '_').map(|c| c.to_ascii_lowercase()).collect();
    TypeWord::Known(match plain.as_str() {
        "string" => FieldType::String,
        "text" | "textblob" => FieldType::Text,
        "integer" | "int" | "long" => FieldType::Integer,
        "decimal" | "bigdecimal" => FieldType::Decimal,
        "float" | "double" => FieldType::Float,
        "boolean" | "bool" => FieldType::Boolean,
        "date" | "localdate" => FieldType::Date,
        "datetime" | "instant" | "zoneddatetime" | "offsetdatetime" => FieldType::DateTime,
        "uuid" => FieldType::Uuid,
        "email" => FieldType::Email,
        "url" => FieldType::Url,
        "bytes" | "blob" | "anyblob" | "imageblob" => FieldType::Bytes,
        "duration" => return TypeWord::Instead("`integer`, and say in the name of what: `duration_minutes`"),
        "time" | "localtime" => return TypeWord::Instead("`string` with `pattern(/[0-2][0-9]:[0-5][0-9]/)`, or `date_time`"),
        "enum" => return TypeWord::Instead("the enumeration's name"),
        _ => return TypeWord::Other,
    })
}

/// For errors.
pub const TYPES: &str =
    "`string`, `text`, `integer`, `decimal`, `float`, `boolean`, `date`, `date_time`, `uuid`, `email`, `url`, `bytes` or an enumeration";
