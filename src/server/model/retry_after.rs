//! How long a provider asks to be left alone. Pure.
//!
//! Known ways: `retry-after` in seconds or as an HTTP date (RFC 9110), `retry-after-ms` (`OpenAI` and Azure), and Google's
//! `RetryInfo` in an error's body. What cannot be read is as if it were not there.

use std::time::{Duration, UNIX_EPOCH};

use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde_json::Value;

use crate::protocol::Timestamp;

/// Longer than any sensible wait, short enough to count with.
const MOST: Duration = Duration::from_hours(24);

pub fn of_headers(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let milliseconds = text("retry-after-ms").and_then(number).map(|ms| bounded(ms / 1000.0));
    milliseconds.or_else(|| text(RETRY_AFTER.as_str()).and_then(|text| number(text).map(bounded).or_else(|| until(text, now))))
}

/// `error.details[].retryDelay` as Google writes it: `"34s"`, `"1.5s"`.
pub fn of_body(body: &Value) -> Option<Duration> {
    let details = body.pointer("/error/details")?.as_array()?;
    let delay = details.iter().find_map(|detail| detail.get("retryDelay")?.as_str())?;
    number(delay.strip_suffix('s')?).map(bounded)
}

fn number(text: &str) -> Option<f64> {
    let plain = !text.is_empty() && text.len() <= 30 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    text.parse().ok().filter(|_| plain)
}

fn bounded(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or(MOST).min(MOST)
}

fn until(text: &str, now: Timestamp) -> Option<Duration> {
    let date = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
    let date = Timestamp::from_micros(i64::try_from(date.as_micros()).ok()?);
    Some(Duration::from_millis(u64::try_from(date.ms_since(now)).ok()?).min(MOST))
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;
    use serde_json::json;

    use super::*;

    fn parse(name: &'static str, value: &str) -> Option<Duration> {
        // 2026-01-01T00:00:00Z
        let now = Timestamp::from_micros(1_767_225_600_000_000);
        of_headers(&HeaderMap::from_iter([(name.parse().unwrap(), HeaderValue::from_str(value).unwrap())]), now)
    }

    #[test]
    fn every_way_of_saying_it_is_read() {
        let ms = |ms| Some(Duration::from_millis(ms));
        for (name, value, expected) in [
            ("retry-after", "0", ms(0)),
            ("retry-after", " 7 ", ms(7000)),
            ("retry-after", "1.5", ms(1500)),
            ("retry-after", "Thu, 01 Jan 2026 00:00:30 GMT", ms(30_000)),
            ("retry-after", "Wed, 31 Dec 2025 23:59:30 GMT", ms(0)),
            ("retry-after", "Thu, 01 Jan 2099 00:00:30 GMT", Some(MOST)),
            ("retry-after", "99999999999999999999", Some(MOST)),
            ("retry-after", "-3", None),
            ("retry-after", "soon", None),
            ("retry-after", "NaN", None),
            ("retry-after", "1e9", None),
            ("retry-after", "inf", None),
            ("retry-after", "1.2.3", None),
            ("retry-after", "", None),
            ("retry-after-ms", "1500", ms(1500)),
            ("retry-after-ms", "120000", ms(120_000)),
            ("x-other", "3", None),
        ] {
            assert_eq!(parse(name, value), expected, "{name}: {value}");
        }
    }

    #[test]
    fn google_says_it_in_the_body() {
        let body = |delay| json!({"error": {"details": [{"@type": "x"}, {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}]}});
        assert_eq!(of_body(&body("34s")), Some(Duration::from_secs(34)));
        assert_eq!(of_body(&body("34")), None);
        assert_eq!(of_body(&body("s")), None);
        assert_eq!(of_body(&json!({"error": {"details": "none"}})), None);
    }
}
