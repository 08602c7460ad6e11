//! Document 000: `POST /api/project-generation/generate/async` and `WS /api/project-generation/ws/tasks/{task_id}`.
//! Its Redis is in `feed`.

use livegen::{protocol::Problem, server::generate::StageError};
use serde_json::{Value, json};

use super::{PETS, keys, refused, started};
use crate::harness::{ALL_STEPS, Browser, Live, STEPS, Scripted, TestServer};

const ENQUEUE: &str = "/api/project-generation/generate/async";

async fn watch(browser: &Browser, task: livegen::protocol::TaskId, query: &str) -> Live {
    browser.try_watch(&format!("/api/project-generation/ws/tasks/{task}{query}"), &[]).await.unwrap()
}

fn assert_are_messages(messages: &[Value], task: livegen::protocol::TaskId) {
    for message in messages {
        assert_is_message(message, task);
    }
}

/// `{"task_id": "...", "status": "queued|running|completed|failed", "result": {…}, "error": null}`.
fn assert_is_message(message: &Value, task: livegen::protocol::TaskId) {
    assert_eq!(message["task_id"], task.to_string());
    assert!(["queued", "running", "completed", "failed"].contains(&message["status"].as_str().unwrap_or_default()), "{message}");
    assert!(["result", "error"].iter().all(|key| keys(message).contains(key)), "{message}");
    match message["status"].as_str() {
        Some("completed") => assert!(message["result"].is_object() && message["error"].is_null(), "{message}"),
        Some("failed") => assert!(message["result"].is_null() && message["error"]["title"].is_string(), "{message}"),
        _ => assert!(message["result"].is_null() && message["error"].is_null(), "{message}"),
    }
}

fn statuses(messages: &[Value]) -> Vec<&str> {
    let mut statuses: Vec<&str> = messages.iter().map(|message| message["status"].as_str().unwrap()).collect();
    statuses.dedup();
    statuses
}

#[tokio::test]
async fn a_queued_generation_is_watched_to_its_result() {
    let server = TestServer::builder().spawn().await;
    let browser = server.browser();
    let task = started(browser.post(ENQUEUE).json(&json!({ "name": "Pets", "openapi": PETS })), 202).await;
    let (messages, code) = watch(&browser, task, "").await.rest_json().await;
    assert_eq!(code, 1000);
    assert_are_messages(&messages, task);
    assert_eq!(statuses(&messages), ["queued", "running", "completed"]);
    let result = &messages.last().unwrap()["result"];
    assert_eq!((result["operations"].as_u64(), result["artifact"]["name"].is_string()), (Some(5), true), "{result}");
    // "On status completed the client can request the generated artifact".
    let artifact = browser.get(&format!("/api/v1/tasks/{task}/artifact")).send().await.unwrap().error_for_status().unwrap();
    assert_eq!(artifact.bytes().await.unwrap().len() as u64, result["artifact"]["bytes"].as_u64().unwrap());
    server.stop().await;
}

#[tokio::test]
async fn late_and_returning_clients_miss_nothing() {
    let script = Scripted::new();
    let server = TestServer::builder().generator(&script).spawn().await;
    let browser = server.browser();
    let task = started(browser.post(ENQUEUE).json(&json!({"spec": "anything"})), 202).await;
    script.allow(STEPS);
    let mut early = watch(&browser, task, "").await;
    let mut seen = Vec::new();
    while seen.last().is_none_or(|message: &Value| message["message"] != "parsing 5/5") {
        seen.push(early.next_json().await.unwrap());
    }
    let cursor = seen.last().unwrap()["seq"].as_u64().unwrap();
    drop(early);
    script.allow(ALL_STEPS);
    let (rest, _) = watch(&browser, task, &format!("?after={cursor}")).await.rest_json().await;
    seen.extend(rest);
    let (whole, code) = watch(&browser, task, "").await.rest_json().await;
    assert_eq!((&seen, code), (&whole, 1000));
    assert_are_messages(&whole, task);
    server.stop().await;
}

#[tokio::test]
async fn failures_and_cancellations_are_failed_with_a_reason() {
    let script = Scripted::new();
    let server = TestServer::builder().generator(&script).spawn().await;
    let browser = server.browser();
    let problem = Problem::invalid("description", "The model refused.");
    script.fail_next("parsing", StageError::Fail(problem.clone()));
    let failing = browser.submit("failing").await;
    let (messages, _) = watch(&browser, failing, "").await.rest_json().await;
    assert_are_messages(&messages, failing);
    assert_eq!(statuses(&messages).last(), Some(&"failed"));
    assert_eq!(messages.last().unwrap()["error"], serde_json::to_value(problem).unwrap());

    let cancelled = browser.submit("cancelled").await;
    let mut live = watch(&browser, cancelled, "").await;
    live.next_json().await.unwrap();
    browser.post(&format!("/api/v1/tasks/{cancelled}/cancel")).send().await.unwrap().error_for_status().unwrap();
    script.allow(1);
    let (messages, code) = live.rest_json().await;
    assert_are_messages(&messages, cancelled);
    let last = messages.last().unwrap();
    assert_eq!((last["status"].as_str(), last["error"]["title"].as_str(), code), (Some("failed"), Some("The task was cancelled"), 1000));
    server.stop().await;
}

/// A brief, in the words that clients would try.
#[tokio::test]
async fn a_brief_is_queued_and_becomes_a_project() {
    let server = TestServer::builder().settings(|settings| settings.project.verify = false).spawn().await;
    let browser = server.browser();
    let brief = json!({"name": "Town library", "description": "books with title, ISBN and year, authors", "language": "python", "user": 7});
    let answer = browser.post(ENQUEUE).json(&brief).send().await.unwrap();
    let body: Value = answer.json().await.unwrap();
    assert_eq!(keys(&body), ["status", "task_id"], "{body}");
    let task = body["task_id"].as_str().unwrap().parse().unwrap();
    let (messages, code) = watch(&browser, task, "").await.rest_json().await;
    assert_eq!(code, 1000);
    assert_are_messages(&messages, task);
    assert_eq!(statuses(&messages), ["queued", "running", "completed"]);
    let result = &messages.last().unwrap()["result"];
    assert_eq!((&result["name"], &result["download"]), (&json!("Town library"), &json!("town-library.zip")), "{result}");
    let artifact = browser.get(&format!("/api/download/{task}")).send().await.unwrap().error_for_status().unwrap();
    assert!(artifact.bytes().await.unwrap().starts_with(b"PK"));
    let entities = browser.get(&format!("/api/v1/tasks/{task}/files/app/models/book.py")).send().await.unwrap().error_for_status().unwrap();
    assert!(entities.text().await.unwrap().contains("isbn"));
    server.stop().await;
}

/// Each of them is a project or a suite, and says so in its task.
#[tokio::test]
async fn what_is_generated_is_what_the_body_asks_for() {
    let server = TestServer::builder().settings(|settings| settings.project.verify = false).spawn().await;
    let browser = server.browser();
    let entities = json!([{"name": "Book", "fields": [{"name": "title", "type": "string"}]}]);
    for (body, kind) in [
        (json!({"prompt": "a shop: books with title and price"}), "project"),
        (json!({"name": "a shop"}), "project"),
        (json!({"name": "Shop", "entities": entities, "options": {"front_end": false}}), "project"),
        (json!({"model": {"name": "Shop", "entities": entities}, "seed": 3}), "project"),
        (json!({"text": "project \"Shop\"\nentity Book { title string }"}), "project"),
        (json!({"kind": "project", "openapi": include_str!("../../fixtures/library-3.1.yaml")}), "project"),
        (json!({"openapi": PETS, "description": "our pets"}), "test_suite"),
    ] {
        let task = started(browser.post(ENQUEUE).json(&body), 202).await;
        let shown: Value = browser.get(&format!("/api/v1/tasks/{task}")).send().await.unwrap().json().await.unwrap();
        assert_eq!(shown["kind"], kind, "{body}");
    }
    // Sent twice with one key, it is one.
    let twice = async || started(browser.post(ENQUEUE).header("idempotency-key", "once").json(&json!({"brief": "a shop"})), 202).await;
    assert_eq!(twice().await, twice().await);
    server.stop().await;
}

#[tokio::test]
async fn what_nothing_can_be_made_of_is_named_and_makes_no_task() {
    let server = TestServer::builder().spawn().await;
    let browser = server.browser();
    for (body, field) in [
        (json!({}), "brief"),
        (json!({"brief": "a".repeat(20_001)}), "brief"),
        (json!({"openapi": 3}), "openapi"),
        (json!({"brief": "a shop", "openapi": PETS}), "brief"),
        (json!({"brief": "a shop", "framework": "rails"}), "framework"),
        (
            json!({"model": {"name": "Shop", "entities": [{"name": "Book", "fields": [{"name": "a", "type": "string", "min": 1}]}]}}),
            "entities.Book.fields.a.min",
        ),
    ] {
        let problem = refused(browser.post(ENQUEUE).json(&body)).await;
        assert_eq!((problem.status, problem.errors[0].field.as_str()), (422, field), "{}", problem.detail);
    }
    for (request, status) in [
        (browser.post(ENQUEUE).json(&json!({"openapi": "openapi: 3.1.0\ninfo: ["})), 422),
        (browser.post(ENQUEUE).json(&json!("text")), 400),
        (browser.post(ENQUEUE).body("name=shop"), 415),
        (browser.get("/api/project-generation/ws/tasks/nothing"), 404),
    ] {
        assert_eq!(refused(request).await.status, status);
    }
    let list: Value = browser.get("/api/v1/tasks").send().await.unwrap().json().await.unwrap();
    assert_eq!(list["tasks"], json!([]));
    server.stop().await;
}
