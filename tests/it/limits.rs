//! How often somebody may ask: what is told about it, who is counted together, and that what is refused does nothing.
//!
//! Time stands still here until the test moves it.

use std::sync::Arc;

use livegen::{
    protocol::Problem,
    server::{clock::ManualClock, config::LimitSettings},
};
use reqwest::{Response, StatusCode, multipart};
use serde_json::{Value, json};

use crate::harness::{Browser, Scripted, TestServer, live_path};

struct Limited {
    server: TestServer,
    clock: Arc<ManualClock>,
}

/// A server with these limits and no other.
async fn server(change: impl FnOnce(&mut LimitSettings)) -> Limited {
    trusting(false, change).await
}

async fn trusting(trust: bool, change: impl FnOnce(&mut LimitSettings)) -> Limited {
    let clock = Arc::new(ManualClock::default());
    let builder = TestServer::builder().generator(&Scripted::new()).clock(&clock).settings(|settings| {
        settings.server.trust_forwarded_for = trust;
        change(&mut settings.limits);
    });
    Limited { server: builder.spawn().await, clock }
}

async fn ask(browser: &Browser) -> Response {
    browser.get("/api/v1/tasks").send().await.unwrap()
}

fn header(answer: &Response, name: &str) -> Option<u32> {
    answer.headers().get(name).map(|value| value.to_str().unwrap().parse().unwrap())
}

/// Limit, remaining, reset.
fn told(answer: &Response) -> [Option<u32>; 3] {
    ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"].map(|name| header(answer, name))
}

/// Refused in the right way; the seconds to wait.
async fn refused(answer: Response) -> u32 {
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let seconds = header(&answer, "retry-after").expect("a wait");
    assert_eq!(told(&answer)[1..], [Some(0), Some(seconds)]);
    let problem: Problem = answer.json().await.unwrap();
    assert!(problem.detail.contains(&format!("{seconds} second")), "{problem}");
    seconds
}

async fn start(browser: &Browser) -> Response {
    browser.post("/api/v1/tasks").json(&json!({"kind": "test_suite", "description": "one"})).send().await.unwrap()
}

async fn tasks(browser: &Browser) -> usize {
    let list: Value = ask(browser).await.json().await.unwrap();
    list["tasks"].as_array().unwrap().len()
}

#[tokio::test]
async fn an_account_is_told_what_is_left_and_waiting_as_told_works() {
    let Limited { server, clock } = server(|limits| (limits.requests_per_minute, limits.requests_per_minute_per_address) = (4, 100)).await;
    let ada = server.browser();
    let first = ask(&ada).await;
    assert_eq!(told(&first), [Some(100), Some(99), Some(1)], "who comes for the first time is known by the address only");
    assert_eq!(first.headers()["ratelimit-policy"], "4;w=60;comment=\"account\", 100;w=60;comment=\"address\"");
    for (remaining, reset) in [(3, 15), (2, 30), (1, 45), (0, 60)] {
        let answer = ask(&ada).await;
        assert_eq!((answer.status(), told(&answer)), (StatusCode::OK, [Some(4), Some(remaining), Some(reset)]));
    }
    for _ in 0..5 {
        assert_eq!(refused(ask(&ada).await).await, 15, "who is refused waits no longer for asking again");
    }
    clock.advance_ms(14_999);
    let seconds = refused(ask(&ada).await).await;
    clock.advance_ms(i64::from(seconds) * 1000);
    assert_eq!(ask(&ada).await.status(), StatusCode::OK);
    refused(ask(&ada).await).await;

    let bob = server.browser();
    for _ in 0..5 {
        assert_eq!(ask(&bob).await.status(), StatusCode::OK, "another account has its own");
    }
    refused(ask(&bob).await).await;
    // Server functions, founding endpoints and sockets count the same; pages, health and files do not count.
    refused(bob.post("/api/fn/tasks").json(&json!({"filter": {}})).send().await.unwrap()).await;
    refused(bob.get("/api/progress/x").send().await.unwrap()).await;
    let nobodys = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
    for path in [live_path(nobodys, None), format!("/ws/{nobodys}")] {
        assert_eq!(bob.try_watch(&path, &[]).await.err(), Some(429), "{path}");
    }
    for path in ["/readyz", "/account", "/favicon.svg"] {
        let answer = bob.get(path).send().await.unwrap();
        assert!(answer.status() != StatusCode::TOO_MANY_REQUESTS && told(&answer) == [None; 3], "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn many_guests_at_one_address_are_bounded_together_before_anybody_is_looked_up() {
    let Limited { server, .. } = server(|limits| limits.requests_per_minute_per_address = 10).await;
    for n in 0..10 {
        assert_eq!(ask(&server.browser()).await.status(), StatusCode::OK, "{n}");
    }
    let stranger = server.browser();
    assert_eq!(refused(ask(&stranger).await).await, 6);
    assert_eq!(stranger.cookie(), None, "nobody was made");
    let wrong_key = stranger.get("/api/v1/tasks").bearer_auth("lg_0000").send().await.unwrap();
    assert_eq!(wrong_key.status(), StatusCode::TOO_MANY_REQUESTS, "and no key was looked up");
    server.stop().await;
}

#[tokio::test]
async fn what_is_refused_does_nothing() {
    let Limited { server, clock } = server(|limits| (limits.requests_per_minute, limits.starts_per_minute) = (6, 2)).await;
    let ada = server.browser();
    ask(&ada).await;
    for _ in 0..2 {
        assert_eq!(start(&ada).await.status(), StatusCode::CREATED);
    }
    let answer = start(&ada).await;
    assert_eq!(told(&answer)[0], Some(2), "the limit that was met");
    assert_eq!(refused(answer).await, 30);
    let form = ada.post("/new/test-suite").multipart(multipart::Form::new().text("description", "one")).send().await.unwrap();
    assert_eq!(form.status(), StatusCode::TOO_MANY_REQUESTS, "a plain form starts one too");
    assert!(form.text().await.unwrap().contains("Too many generations were started"));
    let function = json!({"input": {"kind": "test_suite", "description": "one"}, "idempotency_key": ""});
    assert_eq!(refused(ada.post("/api/fn/submit").json(&function).send().await.unwrap()).await, 30);
    assert_eq!(tasks(&ada).await, 2);
    assert_eq!(ask(&ada).await.status(), StatusCode::OK);
    refused(start(&ada).await).await;
    // All of a guest's requests are used up now, so that is what is told; later there are two tasks still.
    clock.advance_ms(120_000);
    assert_eq!(tasks(&ada).await, 2);
    assert_eq!(start(&ada).await.status(), StatusCode::CREATED);
    server.stop().await;
}

#[tokio::test]
async fn a_new_guest_for_every_generation_helps_nobody() {
    let Limited { server, .. } = server(|limits| limits.starts_per_minute = 3).await;
    for _ in 0..3 {
        assert_eq!(start(&server.browser()).await.status(), StatusCode::CREATED);
    }
    assert_eq!(refused(start(&server.browser()).await).await, 20);
    let ada = server.browser();
    let registered = ada.post("/api/v1/account").json(&json!({"email": "ada@example.org", "password": "correct horse battery"}));
    assert_eq!(registered.send().await.unwrap().status(), StatusCode::CREATED);
    for _ in 0..3 {
        assert_eq!(start(&ada).await.status(), StatusCode::CREATED, "an account has its own");
    }
    refused(start(&ada).await).await;
    server.stop().await;
}

/// As if it came from there.
async fn from(server: &TestServer, addresses: &str) -> StatusCode {
    server.browser().get("/api/v1/tasks").header("x-forwarded-for", addresses).send().await.unwrap().status()
}

#[tokio::test]
async fn where_a_request_comes_from_is_the_word_of_our_own_proxy_only() {
    let (fine, refused) = (StatusCode::OK, StatusCode::TOO_MANY_REQUESTS);
    let Limited { server, .. } = trusting(true, |limits| limits.requests_per_minute_per_address = 2).await;
    for (addresses, status) in [
        ("203.0.113.7", fine),
        ("1.1.1.1, 203.0.113.7", fine),
        // What stands before the last one anybody could have written.
        ("2.2.2.2, 203.0.113.7", refused),
        ("203.0.113.8", fine),
        ("2001:db8:1:2::1", fine),
        ("2001:db8:1:2::2", fine),
        ("2001:db8:1:2:ffff::3", refused),
        ("2001:db8:1:3::1", fine),
        // No address: it is the proxy's own.
        ("unknown", fine),
        ("127.0.0.1", fine),
        ("", refused),
    ] {
        assert_eq!(from(&server, addresses).await, status, "{addresses}");
    }
    let before = server.state.limits.addresses.remembered();
    for n in 0..500 {
        assert_eq!(from(&server, &format!("2001:db8::{n:x}")).await == fine, n < 2, "one network, however many addresses");
    }
    assert_eq!(server.state.limits.addresses.remembered(), before + 1);
    server.stop().await;

    let Limited { server, .. } = trusting(false, |limits| limits.requests_per_minute_per_address = 2).await;
    for (n, status) in [fine, fine, refused, refused].into_iter().enumerate() {
        assert_eq!(from(&server, &format!("203.0.113.{n}")).await, status, "without a proxy the header is anybody's");
    }
    server.stop().await;
}

#[tokio::test]
async fn without_limits_nothing_is_said() {
    let Limited { server, .. } = server(|_| {}).await;
    let browser = server.browser();
    for _ in 0..20 {
        let answer = ask(&browser).await;
        assert_eq!((answer.status(), told(&answer)), (StatusCode::OK, [None; 3]));
        assert!(!answer.headers().contains_key("ratelimit-policy"));
    }
    server.stop().await;
}
