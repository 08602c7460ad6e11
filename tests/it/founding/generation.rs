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

#[tokio::test]
async fn a_project_s_brief_is_told_what_is_possible_and_makes_no_task() {
    let server = TestServer::builder().spawn().await;
    let browser = server.browser();
    for brief in [json!({}), json!({"name": "shop", "description": "A web shop for used books", "language": "python"})] {
        let problem = refused(browser.post(ENQUEUE).json(&brief)).await;
        assert_eq!((problem.status, problem.slug()), (422, "projects-not-available"));
        assert!(problem.detail.contains("OpenAPI description"), "{}", problem.detail);
    }
    for (request, status) in [
        (browser.post(ENQUEUE).json(&json!({"openapi": "openapi: 3.1.0\ninfo: ["})), 422),
        (browser.post(ENQUEUE).json(&json!({"openapi": 3})), 422),
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
