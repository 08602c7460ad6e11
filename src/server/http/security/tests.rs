//! Which headers go out with which answer, and whose requests are taken.

use axum::{Router, body::Body, middleware::from_fn, middleware::from_fn_with_state, routing::any};
use tower::ServiceExt;

use super::*;

fn site(bound_to: &str, origins: &[&str]) -> Site {
    let origins: Vec<String> = origins.iter().map(|origin| (*origin).to_owned()).collect();
    Site::new(bound_to.parse().unwrap(), &origins).unwrap()
}

fn asks<'a>(intent: Intent, host: &'a str, origins: &[&'a str]) -> Asker<'a> {
    Asker { intent, host: Some(host), origins: origins.to_vec(), fetch_site: None, is_browser: false, has_proof: false }
}

#[track_caller]
fn check(site: &Site, host: &str, cases: &[(&[&str], bool)]) {
    for (origins, passes) in cases {
        for intent in [Intent::Change, Intent::Upgrade] {
            let verdict = site.judge(&asks(intent, host, origins));
            assert_eq!(verdict.is_ok(), *passes, "{intent:?} {host} {origins:?}: {verdict:?}");
        }
        assert!(site.judge(&asks(Intent::Read, host, origins)).is_ok());
    }
}

#[test]
fn behind_a_proxy_only_the_exact_origin_passes() {
    let site = site("127.0.0.1:3000", &["https://app.example"]);
    check(
        &site,
        "app.example",
        &[
            (&["https://app.example"], true),
            (&["null"], false),
            (&[""], false),
            (&["unreadable"], false),
            (&["http://app.example"], false),
            (&["https://app.example:443"], false),
            (&["https://app.example:8443"], false),
            (&["https://app.example:3000"], false),
            (&["https://www.app.example"], false),
            (&["https://evil-app.example"], false),
            (&["https://app.example.evil"], false),
            (&["https://app.examp1e"], false),
            (&["https://APP.example"], false),
            (&["HTTPS://app.example"], false),
            (&["https://app.example."], false),
            (&["https://app.example/"], false),
            (&["https://app.example#"], false),
            (&["https://аpp.example"], false),
            (&["https://xn--pp-7cd.example"], false),
            (&["https://user@app.example"], false),
            (&["https://app.example@evil.example"], false),
            (&["https://app.example", "https://evil.example"], false),
            (&["https://app.example", "https://app.example"], false),
            (&["https://app.example https://evil.example"], false),
            (&["https://app.example,https://evil.example"], false),
            (&["//app.example"], false),
            (&["app.example"], false),
            (&["ws://app.example"], false),
            (&["file://"], false),
            (&["chrome-extension://abcdefgh"], false),
            (&["http://127.0.0.1:3000"], false),
            (&["https://evil.example"], false),
        ],
    );
    // A proxy that puts its own name for us into Host.
    check(
        &site,
        "127.0.0.1:3000",
        &[(&["https://app.example"], true), (&["http://127.0.0.1:3000"], true), (&["https://127.0.0.1:3000"], false)],
    );
}

#[test]
fn without_a_proxy_the_origin_is_the_host() {
    let local = site("127.0.0.1:3000", &[]);
    check(
        &local,
        "127.0.0.1:3000",
        &[
            (&["http://127.0.0.1:3000"], true),
            (&["https://127.0.0.1:3000"], false),
            (&["http://127.0.0.1"], false),
            (&["http://127.0.0.1:3001"], false),
            (&["http://localhost:3000"], false),
            (&["http://[::1]:3000"], false),
            (&["http://127.1:3000"], false),
            (&["http://2130706433:3000"], false),
            (&["http://evil.example:3000"], false),
        ],
    );
    check(&local, "localhost:3000", &[(&["http://localhost:3000"], true), (&["http://127.0.0.1:3000"], false)]);
    check(&local, "LOCALHOST:3000", &[(&["http://localhost:3000"], true)]);
    check(&local, "[::1]:3000", &[(&["http://[::1]:3000"], true), (&["http://[0::1]:3000"], false)]);
    check(&local, "localhost", &[(&["http://localhost"], true), (&["http://localhost:80"], false)]);

    let open = site("0.0.0.0:3000", &[]);
    check(
        &open,
        "studio.lan:3000",
        &[
            (&["http://studio.lan:3000"], true),
            (&["https://studio.lan:3000"], true),
            (&["http://studio.lan"], false),
            (&["http://other.lan:3000"], false),
            (&["null"], false),
        ],
    );
    check(&open, "studio.lan", &[(&["https://studio.lan"], true), (&["http://studio.lan"], true)]);
    let configured = site("0.0.0.0:3000", &["http://bücher.example:8080/", "HTTPS://App.Example:443"]);
    check(
        &configured,
        "xn--bcher-kva.example:8080",
        &[(&["http://xn--bcher-kva.example:8080"], true), (&["http://bücher.example:8080"], false)],
    );
    check(&configured, "app.example", &[(&["https://app.example"], true), (&["http://app.example"], false)]);
}

#[test]
fn foreign_hosts_are_turned_away_whatever_they_want() {
    let local = ("127.0.0.1:3000", &[] as &[&str]);
    let proxied = ("127.0.0.1:3000", &["https://app.example"] as &[&str]);
    let public = ("0.0.0.0:3000", &["https://app.example"] as &[&str]);
    let lan = ("192.168.1.5:3000", &["https://app.example"] as &[&str]);
    let open = ("0.0.0.0:3000", &[] as &[&str]);
    for ((bound_to, origins), host, passes) in [
        (local, "127.0.0.1:3000", true),
        (local, "127.9.9.9", true),
        (local, "localhost:9999", true),
        (local, "studio.localhost:3000", true),
        (local, "[::1]:3000", true),
        (local, "rebind.example:3000", false),
        (local, "localhost.evil.example", false),
        (local, "evillocalhost", false),
        (local, "192.168.1.5:3000", false),
        (local, "0.0.0.0:3000", false),
        (local, "", false),
        (local, "a@localhost", false),
        (local, "localhost/x", false),
        (local, "localhost:x", false),
        (local, "localhost evil", false),
        (proxied, "app.example", true),
        (proxied, "APP.example:443", true),
        (proxied, "app.example:80", false),
        (proxied, "other.example", false),
        (public, "app.example", true),
        (public, "203.0.113.7:3000", false),
        (lan, "192.168.1.5:3000", true),
        (lan, "192.168.1.6:3000", false),
        (open, "anything.example", true),
        (open, "", false),
    ] {
        for intent in [Intent::Read, Intent::Change, Intent::Upgrade] {
            assert_eq!(site(bound_to, origins).judge(&asks(intent, host, &[])).is_ok(), passes, "{bound_to} {origins:?} {host} {intent:?}");
        }
    }
    let nameless = Asker { host: None, ..asks(Intent::Read, "", &[]) };
    assert!(site("0.0.0.0:3000", &[]).judge(&nameless).is_err());
}

#[test]
fn without_an_origin_a_browser_must_say_same_origin() {
    let site = site("127.0.0.1:3000", &[]);
    for (intent, fetch_site, is_browser, passes) in [
        (Intent::Change, None, false, true),
        (Intent::Change, None, true, true),
        (Intent::Change, Some("same-origin"), true, true),
        (Intent::Change, Some("none"), true, true),
        (Intent::Change, Some("same-site"), true, false),
        (Intent::Change, Some("cross-site"), true, false),
        (Intent::Change, Some("Same-Origin"), true, false),
        (Intent::Change, Some(""), true, false),
        (Intent::Upgrade, None, false, true),
        (Intent::Upgrade, None, true, false),
        (Intent::Upgrade, Some("same-origin"), true, false),
        (Intent::Upgrade, Some("cross-site"), true, false),
        (Intent::Read, Some("cross-site"), true, true),
    ] {
        let asker = Asker { fetch_site, is_browser, ..asks(intent, "localhost:3000", &[]) };
        assert_eq!(site.judge(&asker).is_ok(), passes, "{asker:?}");
    }
}

#[test]
fn a_socket_with_its_own_proof_needs_no_origin_but_a_stated_one_must_be_ours() {
    let site = site("127.0.0.1:3000", &["https://livegen.example"]);
    for (intent, origins, has_proof, passes) in [
        (Intent::Upgrade, [].as_slice(), false, false),
        (Intent::Upgrade, &[], true, true),
        (Intent::Upgrade, &["http://localhost:3000"], true, true),
        (Intent::Upgrade, &["https://livegen.example"], true, true),
        (Intent::Upgrade, &["https://evil.example"], true, false),
        (Intent::Upgrade, &["null"], true, false),
        (Intent::Upgrade, &["http://localhost:3000", "https://evil.example"], true, false),
        (Intent::Change, &["https://evil.example"], true, false),
    ] {
        let asker = Asker { is_browser: true, has_proof, ..asks(intent, "localhost:3000", origins) };
        assert_eq!(site.judge(&asker).is_ok(), passes, "{asker:?}");
    }
    let cross_site = Asker { fetch_site: Some("cross-site"), has_proof: true, ..asks(Intent::Change, "localhost:3000", &[]) };
    assert!(site.judge(&cross_site).is_err(), "a change is no socket");
    let elsewhere = Asker { has_proof: true, ..asks(Intent::Upgrade, "evil.example", &[]) };
    assert!(site.judge(&elsewhere).is_err(), "the host must be ours all the same");
}

#[test]
fn settings_that_are_no_origins_are_errors() {
    for text in [
        "",
        "app.example",
        "ftp://app.example",
        "https://",
        "https://a/b",
        "https://u@a",
        "https://a?b",
        "https://a:b",
        "*",
        "https://*.example/x",
        "null",
    ] {
        assert!(Site::new("127.0.0.1:1".parse().unwrap(), &[text.into()]).is_err(), "{text}");
    }
}

fn router() -> Router {
    let site = Arc::new(site("127.0.0.1:3000", &["https://app.example"]));
    Router::new()
        .route("/page", any(|| async { ([("content-security-policy", content_security_policy("abc"))], "page") }))
        .fallback(|| async { "reached" })
        .layer(from_fn_with_state(site, guard_origin))
        .layer(from_fn(fixed_headers))
}

async fn send(method: &str, uri: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    router().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

#[tokio::test]
async fn requests_are_judged_by_all_their_headers() {
    let host = ("host", "app.example");
    let ours = ("origin", "https://app.example");
    let evil = ("origin", "https://evil.example");
    let socket = [host, ("connection", "Upgrade"), ("upgrade", "websocket")];
    let events = ("accept", "text/event-stream");
    for (method, uri, headers, status) in [
        ("GET", "/", vec![host, evil], 200),
        ("HEAD", "/", vec![host, evil], 200),
        ("OPTIONS", "/", vec![host, evil], 200),
        ("GET", "/", vec![("host", "evil.example")], 421),
        ("GET", "/", vec![], 421),
        ("GET", "/", vec![host, host], 421),
        ("GET", "/livez", vec![("host", "10.0.0.9:3000")], 200),
        ("GET", "/readyz", vec![], 200),
        ("GET", "/readyz/x", vec![], 421),
        ("GET", "https://app.example/", vec![], 200),
        ("GET", "https://app.example/", vec![host], 200),
        ("GET", "https://app.example/", vec![("host", "evil.example")], 421),
        ("GET", "https://evil.example/", vec![host], 421),
        ("POST", "/", vec![host], 200),
        ("POST", "/", vec![host, ours], 200),
        ("POST", "/", vec![host, evil], 403),
        ("POST", "/", vec![host, ours, evil], 403),
        ("POST", "/", vec![host, evil, ours], 403),
        ("POST", "/", vec![host, ("origin", "null")], 403),
        ("POST", "/", vec![host, ("origin", "https://äpp.example")], 403),
        ("POST", "/", vec![host, ("sec-fetch-site", "cross-site")], 403),
        ("CONNECT", "https://app.example/", vec![("sec-fetch-mode", "websocket")], 403),
        ("CONNECT", "https://app.example/", vec![ours, ("sec-fetch-mode", "websocket")], 200),
        ("PUT", "/", vec![host, evil], 403),
        ("PATCH", "/", vec![host, evil], 403),
        ("DELETE", "/", vec![host, evil], 403),
        ("PURGE", "/", vec![host, evil], 403),
        ("GET", "/", vec![host, events], 200),
        ("GET", "/", vec![host, events, ("sec-fetch-site", "same-origin")], 200),
        ("GET", "/", vec![host, events, evil], 403),
        ("GET", "/", vec![host, events, ("sec-fetch-site", "same-site")], 403),
        ("GET", "/", socket.to_vec(), 200),
        ("GET", "/", [&socket[..], &[ours]].concat(), 200),
        ("GET", "/", [&socket[..], &[evil]].concat(), 403),
        ("GET", "/", [&socket[..], &[("sec-fetch-mode", "websocket")]].concat(), 403),
        ("GET", "/", [&socket[..], &[ours, ("sec-fetch-mode", "websocket")]].concat(), 200),
    ] {
        let response = send(method, uri, &headers).await;
        assert_eq!(response.status(), status, "{method} {uri} {headers:?}");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        if status >= 400 {
            assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
            let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
            let problem: Problem = serde_json::from_slice(&body).unwrap();
            assert!(problem.status == status && problem.detail.contains("server.origins"), "{problem}");
        }
    }
}

#[tokio::test]
async fn pages_keep_their_policy_and_the_rest_gets_the_strictest() {
    let page = send("GET", "/page", &[("host", "localhost")]).await;
    assert_eq!(page.headers()["content-security-policy"], content_security_policy("abc").as_str());
    let other = send("GET", "/", &[("host", "localhost")]).await;
    assert!(other.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
    for response in [page, other] {
        assert_eq!(response.headers()["referrer-policy"], "same-origin");
        assert_eq!(response.headers()["x-frame-options"], "DENY");
        assert_eq!(response.headers()["cross-origin-opener-policy"], "same-origin");
        assert_eq!(response.headers()["cross-origin-resource-policy"], "same-origin");
    }
}

#[test]
fn a_nonce_adds_no_directive() {
    let policy = content_security_policy("x'; script-src * 'unsafe-inline");
    assert_eq!(policy.matches("script-src").count(), 2, "{policy}");
    assert!(
        policy.contains("'nonce-xscript-srcunsafe-inline'") && !policy.contains('*') && !policy.contains("'unsafe-inline'"),
        "{policy}"
    );
    assert!(HeaderValue::from_str(&policy).is_ok());
    let policy = with_live_reload(&policy, 3001);
    assert!(policy.contains("; connect-src 'self' ws://127.0.0.1:3001 ws://localhost:3001; "), "{policy}");
}
