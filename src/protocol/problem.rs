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
        for error in &self.errors {
            if error.message != self.detail {
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
