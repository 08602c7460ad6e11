//! What a provider's refusal means: from status, headers and error body to a [`ModelError`]. Pure.
//!
//! The body is read for its codes only. Its sentences never get out: they may repeat the question, and some repeat the key.

use std::time::Duration;

use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::{
    protocol::Timestamp,
    server::model::{ModelError, TooLong, retry_after},
};

/// An answer that is not 200.
pub fn of_status(status: u16, headers: &HeaderMap, body: &Value, now: Timestamp) -> ModelError {
    let wait = retry_after::of_headers(headers, now).or_else(|| retry_after::of_body(body));
    with_wait(of_body(Some(status), body), wait)
}

/// An error's body, with the status if it came as an answer's own, without when it came in the middle of one.
pub fn of_body(status: Option<u16>, body: &Value) -> ModelError {
    let codes = codes(body);
    let says = |words: &[&str]| codes.iter().any(|code| words.iter().any(|word| code.contains(word)));
    // The number that Google and some proxies write into the error.
    let inner = body.pointer("/error/code").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok());
    let known = status.or(inner);
    if says(&["content_filter", "content_policy", "safety"]) {
        return ModelError::Refused;
    }
    if says(&["context_length", "request_too_large", "string_above_max_length", "exceed_context"]) || is_length_sentence(body) {
        return ModelError::TooLong(TooLong::Question);
    }
    if says(&["invalid_api_key", "api_key_invalid", "authentication_error", "permission_error", "unauthenticated", "permission_denied"]) {
        return ModelError::Unauthorized;
    }
    match known {
        Some(401 | 403) => ModelError::Unauthorized,
        Some(413) => ModelError::TooLong(TooLong::Question),
        Some(429) => ModelError::RateLimited { retry_after: retry_after::of_body(body) },
        Some(408 | 504) => ModelError::TimedOut,
        _ if says(&["rate_limit", "resource_exhausted", "insufficient_quota", "too_many_requests"]) => {
            ModelError::RateLimited { retry_after: retry_after::of_body(body) }
        }
        Some(404) => ModelError::unavailable("it does not know this model or this address (status 404)"),
        Some(status @ 300..400) => ModelError::unavailable(format!("it answers with a redirect (status {status}), which is not followed")),
        Some(status @ 400..500) => ModelError::unavailable(format!("it does not take the question (status {status})")),
        Some(status @ 500..600) => ModelError::unavailable(format!("the trouble is on its side (status {status})")),
        _ if says(&["overloaded"]) => ModelError::unavailable("it is overloaded"),
        _ => ModelError::unavailable("it reports an error"),
    }
}

fn with_wait(error: ModelError, wait: Option<Duration>) -> ModelError {
    match error {
        ModelError::RateLimited { retry_after } => ModelError::RateLimited { retry_after: wait.or(retry_after) },
        ModelError::Unavailable { what, retry_after } => ModelError::Unavailable { what, retry_after: wait.or(retry_after) },
        other => other,
    }
}

/// The words for machines, in lower case: type, code, status, reasons.
fn codes(body: &Value) -> Vec<String> {
    let places = ["/error/type", "/error/code", "/error/status", "/error/innererror/code", "/type", "/code"];
    let plain = places.iter().filter_map(|place| body.pointer(place)?.as_str());
    let details = body.pointer("/error/details").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    plain.chain(details.iter().filter_map(|detail| detail.get("reason")?.as_str())).map(str::to_ascii_lowercase).collect()
}

/// Anthropic and Google have no code for it.
fn is_length_sentence(body: &Value) -> bool {
    let sentence = body.pointer("/error/message").and_then(Value::as_str).unwrap_or_default();
    sentence.contains("prompt is too long") || (sentence.contains("input token count") && sentence.contains("exceeds"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_refusal_has_its_class() {
        let error = |value: Value| json!({"error": value});
        for (status, body, kind) in [
            (401, error(json!({"message": "Incorrect API key provided: sk-123", "code": "invalid_api_key"})), "unauthorized"),
            (400, error(json!({"code": 400, "status": "INVALID_ARGUMENT", "details": [{"reason": "API_KEY_INVALID"}]})), "unauthorized"),
            (403, Value::Null, "unauthorized"),
            (429, error(json!({"type": "insufficient_quota"})), "rate-limited"),
            (429, Value::Null, "rate-limited"),
            (400, error(json!({"code": "context_length_exceeded"})), "too-long"),
            (
                400,
                error(json!({"type": "invalid_request_error", "message": "prompt is too long: 210000 tokens > 200000 maximum"})),
                "too-long",
            ),
            (413, error(json!({"type": "request_too_large"})), "too-long"),
            (400, error(json!({"code": "content_filter", "innererror": {"code": "ResponsibleAIPolicyViolation"}})), "refused"),
            (400, error(json!({"type": "invalid_request_error"})), "unavailable"),
            (404, Value::Null, "unavailable"),
            (408, Value::Null, "timed-out"),
            (504, Value::Null, "timed-out"),
            (500, json!("a sentence"), "unavailable"),
            (529, error(json!({"type": "overloaded_error"})), "unavailable"),
            (302, Value::Null, "unavailable"),
        ] {
            let got = of_body(Some(status), &body);
            assert_eq!(got.kind(), kind, "{status} {body}: {got}");
            assert!(!got.to_string().contains("sk-123") && !got.to_string().contains("tokens >"), "{got}");
        }
        for (body, kind) in [
            (error(json!({"type": "overloaded_error", "message": "Overloaded"})), "unavailable"),
            (error(json!({"type": "rate_limit_error"})), "rate-limited"),
            (error(json!({"code": 503, "status": "UNAVAILABLE"})), "unavailable"),
            (error(json!("model runner has unexpectedly stopped")), "unavailable"),
        ] {
            assert_eq!(of_body(None, &body).kind(), kind, "{body}");
        }
    }

    #[test]
    fn a_wait_is_kept_where_it_matters() {
        let headers = HeaderMap::from_iter([(reqwest::header::RETRY_AFTER, "3".parse().unwrap())]);
        let now = Timestamp::from_micros(0);
        let wait = Some(Duration::from_secs(3));
        assert_eq!(of_status(429, &headers, &Value::Null, now), ModelError::RateLimited { retry_after: wait });
        assert!(matches!(of_status(503, &headers, &Value::Null, now), ModelError::Unavailable { retry_after, .. } if retry_after == wait));
        assert_eq!(of_status(401, &headers, &Value::Null, now), ModelError::Unauthorized);
        let google = json!({"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "details": [{"retryDelay": "30s"}]}});
        let expected = ModelError::RateLimited { retry_after: Some(Duration::from_secs(30)) };
        assert_eq!(of_status(429, &HeaderMap::new(), &google, now), expected);
    }
}
