//! Problems on the wire: `application/problem+json` for every answer under `/api` that is no success.

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::limits;
use crate::{protocol::Problem, server::limits::Standing};

const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("application/problem+json");

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, MEDIA_TYPE)], body).into_response();
        for (name, value) in limit_headers(&self) {
            response.headers_mut().insert(name, value);
        }
        response
    }
}

/// When to come again, where that is known.
pub fn limit_headers(problem: &Problem) -> impl Iterator<Item = (HeaderName, HeaderValue)> + use<> {
    problem.limited.into_iter().flat_map(|limited| {
        let standing = Standing { limit: limited.limit, remaining: 0, reset_seconds: limited.retry_after };
        limits::headers(standing).into_iter().chain([(header::RETRY_AFTER, limited.retry_after.into())])
    })
}

/// Rejections that frameworks write as plain text (body limit, method, extractor) become problems.
pub(super) async fn dress(response: Response) -> Response {
    let status = response.status();
    let (mut response, is_error) = (response, status.is_client_error() || status.is_server_error());
    // Server functions say what every answer of theirs is; their errors are problems.
    if is_error && response.headers().get(header::CONTENT_TYPE).is_some_and(|value| value == "application/json") {
        response.headers_mut().insert(header::CONTENT_TYPE, MEDIA_TYPE);
    }
    let is_text = response.headers().get(header::CONTENT_TYPE).is_none_or(|value| value.as_bytes().starts_with(b"text/plain"));
    let bare = is_text && is_error;
    if !bare {
        return response;
    }
    let (kind, title, detail) = match status {
        StatusCode::PAYLOAD_TOO_LARGE => {
            ("too-large", "The request is too large", "At most 20 MiB are accepted, and 16 MiB for a description.")
        }
        StatusCode::METHOD_NOT_ALLOWED => {
            ("method-not-allowed", "This method is not possible here", "The Allow header names the methods that are.")
        }
        StatusCode::REQUEST_TIMEOUT => {
            ("timeout", "The request took too long", "Please try again, with a smaller body or on a faster connection.")
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            ("unsupported-media-type", "This content type is not understood", "Send application/json or multipart/form-data.")
        }
        StatusCode::NOT_FOUND => ("not-found", "Not found", "There is nothing at this address."),
        status if status.is_server_error() => {
            ("internal", "Something went wrong on the server", "The server's log has the cause. Nothing was lost; please try again.")
        }
        _ => ("bad-request", "The request is not understood", "It does not have the form that this endpoint expects."),
    };
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    let mut dressed = Problem::new(status.as_u16(), kind, title, detail).into_response();
    for (name, value) in &parts.headers {
        if name != header::CONTENT_TYPE {
            dressed.headers_mut().append(name, value.clone());
        }
    }
    dressed
}
