//! What went wrong, in the shape of RFC 9457 (`application/problem+json`), for every client alike.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One error of one field. `field` is the form's or body's field name; a description's own place is given
/// by `pointer` (RFC 6901) and, where the syntax itself is broken, by `line` and `column` (1-based).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct FieldError {
    pub field: String,
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
}

/// A problem. `kind` is stable and machine-readable, `title` is the same for all problems of a kind,
/// `detail` says what happened this time and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Problem {
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    #[serde(default)]
    pub detail: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// The numbers of a 402.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<Box<Shortage>>,
    /// Of a 429 that time cures: goes into the headers, the detail has it in words.
    #[serde(skip)]
    pub limited: Option<Limited>,
}

/// A limit that is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limited {
    /// A minute.
    pub limit: u32,
    /// In seconds.
    pub retry_after: u32,
}

/// Tokens that would be needed, and those that are there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Shortage {
    pub needed: i64,
    pub available: i64,
}

impl Problem {
    pub fn new(status: u16, kind: &str, title: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:livegen:problem:{kind}"),
            title: title.into(),
            status,
            detail: detail.into(),
            errors: Vec::new(),
            tokens: None,
            limited: None,
        }
    }

    /// 422: the request is well-formed, but a field is not acceptable.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self::new(422, "invalid-input", "The input is not acceptable", message.clone()).with_error(FieldError {
            field: field.into(),
            message,
            ..FieldError::default()
        })
    }

    /// 404. Deliberately the same for "does not exist" and "belongs to somebody else".
    pub fn not_found(what: &str) -> Self {
        Self::new(404, "not-found", "Not found", format!("There is no such {what}, or it belongs to another account."))
    }

    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(409, "conflict", "Not possible in the present state", detail)
    }

    /// 500 with a fixed text: the cause goes to the server's log, never to a client.
    pub fn internal() -> Self {
        Self::new(
            500,
            "internal",
            "Something went wrong on the server",
            "The server's log has the cause. Nothing was lost; please try again.",
        )
    }

    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(503, "unavailable", "Not available right now", detail)
    }

    #[must_use]
    pub fn with_error(mut self, error: FieldError) -> Self {
        self.errors.push(error);
        self
    }

    /// The last part of `kind`: `invalid-input`, `not-found`, …
    pub fn slug(&self) -> &str {
        self.kind.rsplit(':').next().unwrap_or_default()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.title, self.detail)?;
        // The detail says the first one, mostly after its place: neither is said again.
        let detail = self.detail.to_lowercase();
        for (index, error) in self.errors.iter().enumerate() {
            let said = if index == 0 { detail.find(&error.message.to_lowercase()) } else { None };
            if said.is_some_and(|at| at > 0) {
                continue;
            }
            if said.is_none() {
                write!(f, "\n  {}: {}", error.field, error.message)?;
            }
            if let Some(pointer) = &error.pointer {
                write!(f, "\n  at {}", if pointer.is_empty() { "the document's root" } else { pointer })?;
            }
            if let Some(line) = error.line {
                write!(f, "\n  line {line}, column {}", error.column.unwrap_or(1))?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_is_said_once_with_its_place() {
        let error = |message: &str, line| FieldError { field: "text".into(), message: message.into(), line, ..FieldError::default() };
        assert_eq!(Problem::invalid("text", "It is empty.").to_string(), "The input is not acceptable: It is empty.");
        let model = Problem::new(422, "m", "No", "Line 3, column 1: a type is expected. One more place needs mending.");
        let model = model.with_error(error("A type is expected.", Some(3))).with_error(error("A type is expected.", Some(4)));
        assert_eq!(
            model.to_string(),
            "No: Line 3, column 1: a type is expected. One more place needs mending.\n  text: A type is expected.\n  line 4, column 1"
        );
        let other = Problem::new(422, "m", "No", "It cannot be read.").with_error(error("There is no end.", Some(7)));
        assert_eq!(other.to_string(), "No: It cannot be read.\n  text: There is no end.\n  line 7, column 1");
        let whole = Problem::new(422, "m", "No", "It ends early.").with_error(error("It ends early.", Some(7)));
        assert_eq!(whole.to_string(), "No: It ends early.\n  line 7, column 1");
    }
}
