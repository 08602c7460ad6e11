//! A message to a webhook: its JSON, and the signature of the Standard Webhooks scheme. Pure.

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use sha2::Sha256;
use uuid::Uuid;

use crate::{
    protocol::{
        TaskSummary, Timestamp,
        webhook::{Occasion, WebhookId},
    },
    server::store::outbox::SigningKey,
};

/// How a secret begins: whoever finds one knows what it is.
const SECRET_PREFIX: &str = "whsec_";

#[derive(Serialize)]
struct Message<'a> {
    #[serde(rename = "type")]
    occasion: Occasion,
    /// When it happened; when it was sent is in the header.
    timestamp: Timestamp,
    data: Data<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Data<'a> {
    Task {
        #[serde(flatten)]
        task: &'a TaskSummary,
        url: String,
    },
    Test {
        webhook_id: WebhookId,
    },
}

/// The task as it ended, without what it was made from.
pub fn task_body(occasion: Occasion, at: Timestamp, task: &TaskSummary, url: String) -> Vec<u8> {
    body(&Message { occasion, timestamp: at, data: Data::Task { task, url } })
}

pub fn test_body(at: Timestamp, webhook_id: WebhookId) -> Vec<u8> {
    body(&Message { occasion: Occasion::Ping, timestamp: at, data: Data::Test { webhook_id } })
}

fn body(message: &Message<'_>) -> Vec<u8> {
    // Nothing in it can fail to be written.
    serde_json::to_vec(message).unwrap_or_default()
}

pub fn message_id(id: Uuid) -> String {
    format!("msg_{}", id.simple())
}

pub fn secret_text(key: &SigningKey) -> String {
    format!("{SECRET_PREFIX}{}", BASE64_STANDARD.encode(key.0))
}

/// `now` is when it is sent: receivers refuse what is old, so that nobody can send it again later.
pub fn headers(id: Uuid, now: Timestamp, body: &[u8], keys: &[SigningKey]) -> HeaderMap {
    let id = message_id(id);
    let seconds = now.as_millis().div_euclid(1000);
    let signatures: Vec<String> = keys.iter().filter_map(|key| signature(key, &id, seconds, body)).collect();
    let mut headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    for (name, value) in [("webhook-id", id), ("webhook-timestamp", seconds.to_string()), ("webhook-signature", signatures.join(" "))] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    headers
}

fn signature(key: &SigningKey, id: &str, seconds: i64, body: &[u8]) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&key.0).ok()?;
    mac.update(format!("{id}.{seconds}.").as_bytes());
    mac.update(body);
    Some(format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the Standard Webhooks specification's own libraries.
    #[test]
    fn the_signature_is_the_published_one() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let key = SigningKey(BASE64_STANDARD.decode(secret.trim_start_matches(SECRET_PREFIX)).unwrap().try_into().unwrap());
        assert_eq!(secret_text(&key), secret);
        let made = signature(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#).unwrap();
        assert_eq!(made, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn two_keys_make_two_signatures_over_the_same() {
        let (id, now) = (Uuid::from_bytes([1; 16]), Timestamp::from_micros(1_767_225_600_999_999));
        let headers = headers(id, now, b"{}", &[SigningKey([1; 24]), SigningKey([2; 24])]);
        assert_eq!(headers["webhook-id"], "msg_01010101010101010101010101010101");
        assert_eq!(headers["webhook-timestamp"], "1767225600");
        let signatures: Vec<&str> = headers["webhook-signature"].to_str().unwrap().split(' ').collect();
        assert_eq!(signatures.len(), 2);
        assert_ne!(signatures[0], signatures[1]);
    }

    #[test]
    fn a_test_says_what_it_is() {
        let body = test_body(Timestamp::from_micros(0), WebhookId(Uuid::from_bytes([1; 16])));
        assert_eq!(
            String::from_utf8(body).unwrap(),
            r#"{"type":"test.ping","timestamp":"1970-01-01T00:00:00.000000Z","data":{"webhook_id":"01010101-0101-0101-0101-010101010101"}}"#
        );
    }
}
