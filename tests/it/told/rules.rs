//! Where messages must not go, who may see what, and what must not leak.

use livegen::protocol::{Problem, Timestamp};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{
    add, deliveries, ended, near, newest,
    receiver::{Receiver, Reply},
    register, send, server,
};
use crate::harness::{ALL_STEPS, Captured, Scripted, TestServer};

#[tokio::test]
async fn nothing_is_sent_into_the_servers_own_network() {
    let receiver = Receiver::start(&[Reply::Status(200)]).await;
    let port = receiver.address.port();
    let (lax, ada) = server(|_| ()).await;
    let by_name = add(&ada, &format!("http://localhost:{port}/")).await.0;
    let by_number = add(&ada, &format!("http://127.0.0.1:{port}/")).await.0;
    let own = send(&ada, Method::POST, "/api/v1/webhooks", json!({"url": lax.browser().url("/api/v1/tasks")})).await;
    assert_eq!(own.0, StatusCode::UNPROCESSABLE_ENTITY, "{}", own.1);
    assert!(own.1["detail"].as_str().unwrap().contains("this server itself"), "{}", own.1);
    let cookie = ada.cookie().unwrap();
    let dir = lax.stop().await;

    let generator = Scripted::new();
    generator.allow(ALL_STEPS);
    let strict =
        TestServer::builder().generator(&generator).data(dir).settings(|settings| settings.webhooks.retry_percent = 0).spawn().await;
    let ada = strict.browser().with_cookie(&cookie);
    for url in [
        format!("http://127.0.0.1:{port}/"),
        format!("http://localhost:{port}/"),
        format!("http://0x7f.1:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        "http://169.254.169.254/latest/meta-data/".into(),
        "http://10.0.0.1/".into(),
        "http://user:secret@example.org/".into(),
        "ftp://example.org/".into(),
        "http://example.org:22/".into(),
        "example.org".into(),
        String::new(),
    ] {
        let answer = ada.post("/api/v1/webhooks").json(&json!({"url": url})).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{url}");
        let problem: Problem = answer.json().await.unwrap();
        assert_eq!(problem.errors[0].field, "url", "{problem}");
        assert!(!problem.detail.contains("fetch"), "{problem}");
    }
    // What was let in before is judged again when it is sent.
    ada.submit("x").await;
    for webhook in [by_name, by_number] {
        let shown = newest(&ada, &webhook, ended).await;
        assert_eq!((&shown["state"], shown.get("status")), (&json!("given_up"), None));
        assert!(shown["error"].as_str().unwrap().contains("webhooks.allow_private"), "{shown}");
    }
    assert_eq!(receiver.connections(), 0);
    strict.stop().await;
}

#[tokio::test]
async fn a_strangers_webhook_does_not_exist_and_a_guest_has_none() {
    let (server, ada) = server(|_| ()).await;
    let receiver = Receiver::start(&[Reply::Status(200)]).await;
    let (webhook, _) = add(&ada, &receiver.url()).await;
    let (bob, guest) = (server.browser(), server.browser());
    register(&bob, "bob@example.org").await;
    let unknown = "00000000-0000-7000-8000-000000000000";
    let routes = |id: &str| {
        [
            (Method::DELETE, format!("/api/v1/webhooks/{id}")),
            (Method::POST, format!("/api/v1/webhooks/{id}/test")),
            (Method::POST, format!("/api/v1/webhooks/{id}/secret")),
            (Method::GET, format!("/api/v1/webhooks/{id}/deliveries")),
        ]
    };
    for ((method, path), (_, random)) in routes(&webhook).into_iter().zip(routes(unknown)) {
        let strange = send(&bob, method.clone(), &path, Value::Null).await;
        assert_eq!(strange.0, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(strange, send(&bob, method.clone(), &random, Value::Null).await, "as if it were not there");
        assert_eq!(send(&guest, method.clone(), &path, Value::Null).await.0, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(send(&bob, method, &path.replace(&webhook, "nonsense"), Value::Null).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    for other in [&bob, &guest] {
        assert_eq!(send(other, Method::GET, "/api/v1/webhooks", Value::Null).await.1, json!({"webhooks": []}));
    }
    let refused = send(&guest, Method::POST, "/api/v1/webhooks", json!({"url": receiver.url()})).await;
    assert_eq!((refused.0, &refused.1["type"]), (StatusCode::FORBIDDEN, &json!("urn:livegen:problem:guest")));
    assert_eq!(deliveries(&ada, &webhook).await, Vec::<Value>::new(), "nobody's test was written");

    let key = send(&ada, Method::POST, "/api/v1/keys", json!({"name": "ci", "scopes": ["tasks:read", "tasks:write"]})).await.1;
    let with_key = server.browser();
    let answer = with_key.get("/api/v1/webhooks").bearer_auth(key["key"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN, "webhooks need the scope of the account");
    for (body, field) in [
        (json!({"url": receiver.url(), "events": ["task.exploded"]}), "events"),
        (json!({"url": receiver.url(), "events": ["test.ping"]}), "events"),
        (json!({"url": receiver.url(), "events": []}), "events"),
        (json!({"events": []}), ""),
    ] {
        let (status, problem) = send(&ada, Method::POST, "/api/v1/webhooks", body).await;
        assert_eq!((status, problem["errors"][0]["field"].as_str().unwrap_or("")), (StatusCode::UNPROCESSABLE_ENTITY, field), "{problem}");
    }
    for _ in 1..20 {
        add(&ada, &receiver.url()).await;
    }
    assert_eq!(send(&ada, Method::POST, "/api/v1/webhooks", json!({"url": receiver.url()})).await.0, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(send(&ada, Method::DELETE, &format!("/api/v1/webhooks/{webhook}"), Value::Null).await.0, StatusCode::NO_CONTENT);
    assert_eq!(send(&ada, Method::GET, &format!("/api/v1/webhooks/{webhook}/deliveries"), Value::Null).await.0, StatusCode::NOT_FOUND);
    let audit = send(&ada, Method::GET, "/api/v1/account/audit", Value::Null).await.1.to_string();
    assert!(audit.contains("webhook made") && audit.contains("webhook removed") && audit.contains("127.0.0.1"), "{audit}");
    assert!(!audit.contains("path-secret"), "{audit}");
    assert_eq!(receiver.connections(), 0);
    server.stop().await;
}

#[tokio::test]
async fn without_webhooks_and_mail_nothing_is_written() {
    let (server, ada) = server(|_| ()).await;
    for browser in [&ada, &server.browser()] {
        let task = browser.submit("x").await;
        crate::harness::within("the end", async { while browser.snapshot(task).await.progress < 100 {} }).await;
    }
    let late = Timestamp::from_micros(i64::MAX / 2);
    assert_eq!(server.state.store.claim_deliveries(late, 1000, 100).await.unwrap(), []);
    server.stop().await;
}

/// One thread, so that everything that happens is captured.
#[tokio::test]
async fn a_secret_is_shown_once_and_nowhere_else() {
    let captured = Captured::begin();
    let generator = Scripted::new();
    generator.allow(10 * ALL_STEPS);
    let server = TestServer::builder().generator(&generator).settings(near).spawn().await;
    let ada = server.browser();
    register(&ada, "ada@example.org").await;
    let mut receiver = Receiver::start(&[Reply::Status(500), Reply::Status(200)]).await;
    let (webhook, first) = add(&ada, &receiver.url()).await;
    ada.submit("one").await;
    receiver.next().await;
    assert_eq!(receiver.next().await.signed_by(&first), 1);
    newest(&ada, &webhook, ended).await;

    let (status, changed) = send(&ada, Method::POST, &format!("/api/v1/webhooks/{webhook}/secret"), Value::Null).await;
    assert_eq!(status, StatusCode::OK, "{changed}");
    let second = changed["secret"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    ada.submit("two").await;
    let told = receiver.next().await;
    assert_eq!((told.signed_by(&second), told.signed_by(&first)), (1, 1), "for a day both sign");
    newest(&ada, &webhook, ended).await;

    let mut shown = String::new();
    for path in ["/api/v1/webhooks", &format!("/api/v1/webhooks/{webhook}/deliveries"), "/api/v1/account/audit", "/account"] {
        shown += &ada.get(path).send().await.unwrap().text().await.unwrap();
    }
    let dir = server.stop().await;
    let logged = captured.text();
    assert!(logged.contains("livegen::server::told: told"), "the sender was heard");
    let stored: Vec<u8> = std::fs::read_dir(dir.path()).unwrap().flat_map(|entry| std::fs::read(entry.unwrap().path()).unwrap()).collect();
    assert!(stored.windows(18).any(|window| window == b"hooks/livegen?key="), "the file that is searched is the one it is in");
    for secret in [&first, &second] {
        let bare = secret.trim_start_matches("whsec_");
        assert!(!shown.contains(bare) && !logged.contains(bare));
        assert!(!stored.windows(bare.len()).any(|window| window == bare.as_bytes()), "stored as bytes in their column, not as text");
    }
    assert!(!logged.contains("path-secret"), "addresses hold secrets too");
}

#[tokio::test]
async fn the_accounts_page_does_it_without_script() {
    let (server, ada) = server(|_| ()).await;
    let mut receiver = Receiver::start(&[Reply::Status(500), Reply::Status(200)]).await;
    let post = async |path: &str, form: &[(&str, &str)]| {
        let body = form.iter().fold(url::form_urlencoded::Serializer::new(String::new()), |mut form, (name, value)| {
            form.append_pair(name, value);
            form
        });
        let answer =
            ada.post(path).header("content-type", "application/x-www-form-urlencoded").body({ body }.finish()).send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    };
    let (status, page) = post("/account/webhooks", &[("url", "http://169.254.1.1/"), ("task.failed", "on")]).await;
    assert!(
        status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("nothing is sent there") && page.contains("http://169.254.1.1/"),
        "{page}"
    );
    let (status, page) =
        post("/account/webhooks", &[("url", &receiver.url()), ("description", "<b>chat</b>"), ("task.failed", "on")]).await;
    assert!(status == StatusCode::OK && page.contains("whsec_") && page.contains("&lt;b&gt;chat&lt;/b&gt;"), "{page}");
    let show = async || ada.get("/account").send().await.unwrap().text().await.unwrap();
    assert!(!show().await.contains("whsec_"), "once");
    let listed = send(&ada, Method::GET, "/api/v1/webhooks", Value::Null).await.1;
    assert_eq!(listed["webhooks"][0]["events"], json!(["task.failed"]));
    let id = listed["webhooks"][0]["id"].as_str().unwrap().to_owned();
    for expected in ["test.ping, did not arrive. It answered with status 500.", "test.ping, arrived"] {
        assert_eq!(post(&format!("/account/webhooks/{id}/test"), &[]).await.0, StatusCode::SEE_OTHER);
        receiver.next().await;
        assert!(show().await.contains(expected), "the page waited for it: {expected}");
    }
    assert!(post(&format!("/account/webhooks/{id}/secret"), &[]).await.1.contains("whsec_"));
    let (bob, path) = (server.browser(), format!("/account/webhooks/{id}/remove"));
    register(&bob, "bob@example.org").await;
    bob.post(&path).send().await.unwrap();
    assert!(show().await.contains("chat"), "not bob's to remove");
    assert_eq!(post(&path, &[]).await.0, StatusCode::SEE_OTHER);
    assert!(show().await.contains("There are no webhooks."));
    server.stop().await;
}
