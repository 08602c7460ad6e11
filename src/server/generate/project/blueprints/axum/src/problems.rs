//! Errors, all of them as `application/problem+json` (RFC 9457), with the field named where there is one.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::db::Conflict;
use crate::schemas::answer;

pub const MEDIA_TYPE: &str = "application/problem+json";
pub const MAX_ERRORS: usize = 50;

pub type Result<T> = std::result::Result<T, Problem>;

answer! {
    /// What is wrong with one value.
    pub struct FieldProblem as "FieldProblem" {
        /// The property or parameter, `tags.0` for the first of a list.
        pub field: String,
        pub message: String,
    }
}

/// Why a request was refused.
#[derive(Debug)]
pub struct Problem {
    pub status: StatusCode,
    pub detail: String,
    pub errors: Vec<FieldProblem>,
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), errors: Vec::new(), headers: Vec::new() }
    }

    /// One field is the reason.
    pub fn of_field(status: StatusCode, field: &str, detail: &str) -> Self {
        let errors = vec![FieldProblem { field: field.to_owned(), message: detail.to_owned() }];
        Self { errors, ..Self::new(status, detail) }
    }

    /// Values that are not as they should be.
    pub fn invalid(mut errors: Vec<FieldProblem>) -> Self {
        errors.truncate(MAX_ERRORS);
        let detail = "Something in the request is not as it should be.";
        Self { errors, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail) }
    }

    /// There is nothing at this address.
    pub fn not_found(one: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("There is no such {one}."))
    }

    /// More than `MAX_BODY_BYTES`.
    pub fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "The body is larger than what is accepted.")
    }

    /// What went wrong is the log's to know.
    pub fn internal() -> Self {
        let detail = "Something went wrong here. It was written to the log.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
    }

    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = json!({
            "type": "about:blank",
            "title": self.status.canonical_reason().unwrap_or_default(),
            "status": self.status.as_u16(),
            "detail": self.detail,
            "errors": self.errors,
        });
        let kind = [(header::CONTENT_TYPE, MEDIA_TYPE)];
        let mut response = (self.status, kind, body.to_string()).into_response();
        response.headers_mut().extend(self.headers);
        response
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        match Conflict::of(&error) {
            Some(Conflict::Unique(column)) => {
                let detail = format!("There is one with the same {column} already.");
                Self::of_field(StatusCode::CONFLICT, &column, &detail)
            }
            Some(Conflict::Reference) => {
                let detail = "Something else refers to this, or it refers to what is gone.";
                Self::new(StatusCode::CONFLICT, detail)
            }
            None => {
                tracing::error!("the database: {error}");
                Self::internal()
            }
        }
    }
}
