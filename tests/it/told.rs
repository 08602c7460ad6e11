//! Webhooks over real sockets: who is told what, signed how, how often, and who must not be reached; and mail, in a real conversation.

mod confirmation;
mod mail;
pub mod postbox;
mod protection;
mod receiver;
mod rules;

use livegen::{protocol::Timestamp, server::config::Settings};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use self::receiver::{Receiver, Reply};
use crate::harness::{ALL_STEPS, Browser, Scripted, TestServer, send, within};

async fn register(browser: &Browser, email: &str) {
    let credentials = json!({"email": email, "password": "correct horse battery"});
    let (status, body) = send(browser, Method::POST, "/api/v1/account", credentials).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
}

/// Loopback may be told, and waits are no longer than the poll interval.
fn near(settings: &mut Settings) {
    settings.webhooks.allow_private = true;
    settings.webhooks.retry_percent = 0;
}

/// A server whose tasks end as soon as they begin, and somebody who is registered there.
async fn server(change: impl FnOnce(&mut Settings)) -> (TestServer, Browser) {
    let generator = Scripted::new();
    generator.allow(100 * ALL_STEPS);
    let server = TestServer::builder().generator(&generator).settings(near).settings(change).spawn().await;
    let ada = server.browser();
    register(&ada, "ada@example.org").await;
    (server, ada)
}

/// Its id and its secret.
async fn add(browser: &Browser, url: &str) -> (String, String) {
    let (status, made) = send(browser, Method::POST, "/api/v1/webhooks", json!({"url": url, "description": "the chat"})).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    (made["id"].as_str().unwrap().to_owned(), made["secret"].as_str().unwrap().to_owned())
}

async fn deliveries(browser: &Browser, webhook: &str) -> Vec<Value> {
    let (status, body) = send(browser, Method::GET, &format!("/api/v1/webhooks/{webhook}/deliveries"), Value::Null).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body["deliveries"].as_array().unwrap().clone()
}

/// The newest message, once it is as wanted.
async fn newest(browser: &Browser, webhook: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    within("a message to become of something", async {
        loop {
            if let Some(first) = deliveries(browser, webhook).await.into_iter().next().filter(&wanted) {
                return first;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    })
    .await
}

fn ended(delivery: &Value) -> bool {
    delivery["state"] != "waiting"
}

fn instant(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn an_end_is_told_and_signed() {
    let (server, ada) = server(|settings| settings.server.public_url = "https://livegen.example.org".into()).await;
    let mut receiver = Receiver::start(&[Reply::Status(204)]).await;
    let (webhook, secret) = add(&ada, &receiver.url()).await;
    let task = ada.submit("x").await;
    let told = receiver.next().await;
    assert_eq!(told.signed_by(&secret), 1);
    assert_eq!(told.path, "/hooks/livegen?key=path-secret");
    assert_eq!(told.headers["content-type"], "application/json");
    assert_eq!(told.id(), format!("msg_{}", task.0.simple()));
    let seconds: i64 = told.headers["webhook-timestamp"].parse().unwrap();
    let body = told.json();
    assert!((0..20).contains(&(seconds - instant(&body["timestamp"]).as_millis() / 1000)), "the header says when it was sent");
    assert_eq!(body["type"], "task.completed");
    let data = &body["data"];
    assert_eq!((&data["task_id"], &data["status"], &data["progress"]), (&json!(task), &json!("completed"), &json!(100)));
    assert_eq!((&data["title"], &data["kind"]), (&json!("Scripted x"), &json!("test_suite")));
    assert_eq!(data["url"], format!("https://livegen.example.org/tasks/{task}"));
    assert_eq!(data["finished_at"], body["timestamp"]);
    assert!(data.get("input").is_none() && data.get("description").is_none() && data.get("account_id").is_none(), "{data}");

    let shown = newest(&ada, &webhook, ended).await;
    assert_eq!((&shown["state"], &shown["status"], &shown["attempts"]), (&json!("arrived"), &json!(204), &json!(1)));
    assert_eq!((&shown["type"], &shown["task_id"], &shown["message_id"]), (&json!("task.completed"), &json!(task), &json!(told.id())));
    let listed = send(&ada, Method::GET, "/api/v1/webhooks", Value::Null).await.1;
    assert_eq!(listed["webhooks"][0]["last"]["state"], "arrived");
    server.stop().await;
}

#[tokio::test]
async fn only_what_was_asked_for_is_told() {
    let generator = Scripted::new();
    let server = TestServer::builder().generator(&generator).settings(near).spawn().await;
    let ada = server.browser();
    register(&ada, "ada@example.org").await;
    let mut receiver = Receiver::start(&[Reply::Status(200)]).await;
    let body = json!({"url": receiver.url(), "events": ["task.cancelled"]});
    let (status, made) = send(&ada, Method::POST, "/api/v1/webhooks", body).await;
    assert_eq!((status, &made["events"]), (StatusCode::CREATED, &json!(["task.cancelled"])));
    let completed = ada.submit("one").await;
    generator.allow(ALL_STEPS);
    within("the first to complete", async { while ada.snapshot(completed).await.progress < 100 {} }).await;
    let cancelled = ada.submit("two").await;
    let (status, _) = send(&ada, Method::POST, &format!("/api/v1/tasks/{cancelled}/cancel"), Value::Null).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    generator.allow(1);
    let told = receiver.next().await.json();
    assert_eq!((&told["type"], &told["data"]["task_id"]), (&json!("task.cancelled"), &json!(cancelled)));
    assert_eq!(receiver.connections(), 1);
    server.stop().await;
}

#[tokio::test]
async fn an_end_wakes_the_sender() {
    // Whoever waited for the next look would wait for an hour.
    let rarely = |settings: &mut Settings| settings.queue.poll_ms = 3_600_000;
    let (server, ada) = server(rarely).await;
    let mut receiver = Receiver::start(&[Reply::Status(200)]).await;
    add(&ada, &receiver.url()).await;
    for name in ["one", "two"] {
        let task = ada.submit(name).await;
        assert_eq!(receiver.next().await.json()["data"]["task_id"], json!(task));
    }
    server.stop().await;

    let (server, ada) = self::server(|settings| {
        rarely(settings);
        settings.queue.workers = 0;
    })
    .await;
    add(&ada, &receiver.url()).await;
    let task = ada.submit("never begins").await;
    assert_eq!(send(&ada, Method::POST, &format!("/api/v1/tasks/{task}/cancel"), Value::Null).await.0, StatusCode::ACCEPTED);
    assert_eq!(receiver.next().await.json()["type"], "task.cancelled");
    server.stop().await;
}

#[tokio::test]
async fn what_fails_is_sent_again_under_the_same_id() {
    let (server, ada) = server(|_| ()).await;
    let mut receiver = Receiver::start(&[Reply::Status(500), Reply::Status(500), Reply::Status(200)]).await;
    let (webhook, secret) = add(&ada, &receiver.url()).await;
    ada.submit("x").await;
    let (one, two, three) = (receiver.next().await, receiver.next().await, receiver.next().await);
    for told in [&one, &two, &three] {
        assert_eq!((told.id(), told.signed_by(&secret)), (one.id(), 1));
        assert_eq!(told.body, one.body);
    }
    let shown = newest(&ada, &webhook, ended).await;
    assert_eq!((&shown["state"], &shown["attempts"], &shown["status"]), (&json!("arrived"), &json!(3), &json!(200)));
    assert_eq!(shown.get("error"), None);
    assert_eq!(receiver.connections(), 3);
    server.stop().await;
}

#[tokio::test]
async fn who_asks_to_be_left_alone_is() {
    let (server, ada) = server(|_| ()).await;
    let mut receiver = Receiver::start(&[Reply::With(429, "retry-after: 3600\r\n")]).await;
    let (webhook, _) = add(&ada, &receiver.url()).await;
    ada.submit("x").await;
    receiver.next().await;
    let shown = newest(&ada, &webhook, |delivery| delivery["status"] == 429).await;
    assert_eq!((&shown["state"], &shown["error"]), (&json!("waiting"), &json!("It answered with status 429.")));
    let wait = instant(&shown["next_at"]).ms_since(instant(&shown["created_at"]));
    assert!((3_600_000..3_630_000).contains(&wait), "{wait}");
    server.stop().await;
}

#[tokio::test]
async fn waits_are_scaled_by_the_settings() {
    let (server, ada) = server(|settings| settings.webhooks.retry_percent = 100).await;
    let mut receiver = Receiver::start(&[Reply::Status(503)]).await;
    let (webhook, _) = add(&ada, &receiver.url()).await;
    ada.submit("x").await;
    receiver.next().await;
    let shown = newest(&ada, &webhook, |delivery| delivery["status"] == 503).await;
    let wait = instant(&shown["next_at"]).ms_since(instant(&shown["created_at"]));
    assert!((5_000..16_000).contains(&wait), "{wait}");
    server.stop().await;
}

#[tokio::test]
async fn who_is_gone_is_not_told_again_until_a_test_arrives() {
    let (server, ada) = server(|_| ()).await;
    let mut receiver = Receiver::start(&[Reply::Status(410), Reply::Status(200)]).await;
    let (webhook, secret) = add(&ada, &receiver.url()).await;
    ada.submit("one").await;
    receiver.next().await;
    assert_eq!(newest(&ada, &webhook, ended).await["state"], "given_up");
    let shown = send(&ada, Method::GET, "/api/v1/webhooks", Value::Null).await.1;
    assert!(shown["webhooks"][0]["disabled_why"].as_str().unwrap().contains("410"), "{shown}");
    let second = ada.submit("two").await;
    within("the second to end", async { while ada.snapshot(second).await.progress < 100 {} }).await;
    assert_eq!(deliveries(&ada, &webhook).await.len(), 1, "nothing is written for it");

    let (status, test) = send(&ada, Method::POST, &format!("/api/v1/webhooks/{webhook}/test"), Value::Null).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    let told = receiver.next().await;
    assert_eq!((told.signed_by(&secret), told.id()), (1, test["message_id"].as_str().unwrap()));
    assert_eq!((&told.json()["type"], &told.json()["data"]), (&json!("test.ping"), &json!({"webhook_id": webhook})));
    newest(&ada, &webhook, ended).await;
    let shown = send(&ada, Method::GET, "/api/v1/webhooks", Value::Null).await.1;
    assert_eq!(shown["webhooks"][0].get("disabled_at"), None, "{shown}");
    let third = ada.submit("three").await;
    assert_eq!(receiver.next().await.json()["data"]["task_id"], json!(third));
    server.stop().await;
}

#[tokio::test]
async fn redirects_are_not_followed_and_after_ten_attempts_it_is_given_up() {
    let (server, ada) = server(|settings| settings.webhooks.disable_after_days = 0).await;
    let elsewhere = Receiver::start(&[Reply::Status(200)]).await;
    let location: &'static str = format!("location: http://{}/\r\n", elsewhere.address).leak();
    let mut receiver = Receiver::start(&[Reply::With(302, location), Reply::With(307, location)]).await;
    let (webhook, _) = add(&ada, &receiver.url()).await;
    ada.submit("x").await;
    let shown = newest(&ada, &webhook, ended).await;
    assert_eq!((&shown["state"], &shown["attempts"], &shown["status"]), (&json!("given_up"), &json!(10), &json!(307)));
    let first = receiver.next().await;
    for _ in 1..10 {
        assert_eq!(receiver.next().await.id(), first.id());
    }
    assert_eq!((receiver.connections(), elsewhere.connections()), (10, 0));
    let listed = send(&ada, Method::GET, "/api/v1/webhooks", Value::Null).await.1;
    assert!(listed["webhooks"][0]["disabled_why"].as_str().unwrap().contains("too long"), "{listed}");
    server.stop().await;
}

#[tokio::test]
async fn a_slow_one_holds_up_nobody_else() {
    let (server, ada) = server(|_| ()).await;
    let (mut slow, mut quick) = (Receiver::start(&[Reply::Silence]).await, Receiver::start(&[Reply::Status(200)]).await);
    let (sluggish, _) = add(&ada, &slow.url()).await;
    add(&ada, &quick.url()).await;
    for name in ["one", "two", "three"] {
        ada.submit(name).await;
        quick.next().await;
    }
    slow.next().await;
    assert_eq!(slow.connections(), 1, "one at a time");
    let waiting = deliveries(&ada, &sluggish).await;
    assert_eq!(waiting.iter().map(|one| one["attempts"].as_u64().unwrap()).collect::<Vec<_>>(), [0, 0, 1]);
    server.stop().await;
}

#[tokio::test]
async fn killed_before_it_was_written_down_it_is_sent_again() {
    let dir = tempfile::tempdir().unwrap();
    let start = || {
        let mut command = crate::process::serve(dir.path(), 0);
        command.env("LIVEGEN_WEBHOOKS_ALLOW_PRIVATE", "true").env("LIVEGEN_SERVER_PUBLIC_URL", "https://livegen.example.org");
        crate::process::Process::start(command)
    };
    let process = start();
    let ada = Browser::at(process.address);
    register(&ada, "ada@example.org").await;
    let mut receiver = Receiver::start(&[Reply::Silence, Reply::Status(200)]).await;
    let (webhook, secret) = add(&ada, &receiver.url()).await;
    ada.submit(include_str!("../../public/samples/bookshop.yaml")).await;
    let first = receiver.next().await;
    process.kill();
    let process = start();
    let again = receiver.next().await;
    assert_eq!((again.id(), &again.body), (first.id(), &first.body));
    assert_eq!(again.signed_by(&secret), 1);
    let ada = Browser::at(process.address).with_cookie(&ada.cookie().unwrap());
    let shown = newest(&ada, &webhook, ended).await;
    assert_eq!((&shown["state"], &shown["attempts"]), (&json!("arrived"), &json!(2)), "the attempt that was cut off counts");
}
