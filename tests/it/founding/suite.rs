//! Document 004: `POST /api/generate` (upload or URL), `WS /ws/{task_id}`, `GET /api/progress/{task_id}`, `GET /api/download/{task_id}`.

use livegen::{protocol::TaskId, server::generate::StageError};
use reqwest::{StatusCode, multipart};
use serde_json::{Value, json};

use super::{PETS, keys, refused, started};
use crate::harness::{ALL_STEPS, Browser, STEPS, Scripted, TestServer};

async fn watch(browser: &Browser, task: TaskId, query: &str) -> crate::harness::Live {
    browser.try_watch(&format!("/ws/{task}{query}"), &[]).await.unwrap()
}

async fn progress(browser: &Browser, task: TaskId) -> Value {
    browser.get(&format!("/api/progress/{task}")).send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
}

/// `stage: string, progress: number (0-100), message: string, timestamp: ISO string, endpoint_count?: number, current_endpoint?: number`.
fn assert_is_update(message: &Value) {
    assert!(["starting", "parsing", "generating", "zipping", "complete"].contains(&message["stage"].as_str().unwrap()), "{message}");
    assert!(message["progress"].as_u64().unwrap() <= 100, "{message}");
    assert!(message["message"].is_string(), "{message}");
    let timestamp = message["timestamp"].as_str().unwrap();
    assert!(timestamp.len() >= 20 && timestamp.as_bytes()[10] == b'T' && timestamp.ends_with('Z'), "{timestamp}");
    for optional in ["endpoint_count", "current_endpoint"] {
        assert!(message.get(optional).is_none_or(Value::is_u64), "{message}");
    }
    let known = ["stage", "progress", "message", "timestamp", "endpoint_count", "current_endpoint", "seq"];
    assert!(keys(message).iter().all(|key| known.contains(key)), "{message}");
}

#[tokio::test]
async fn the_example_flow_is_told_word_for_word() {
    let server = TestServer::builder().spawn().await;
    let browser = server.browser();
    let upload = multipart::Form::new().part("file", multipart::Part::text(PETS).file_name("pets.yaml"));
    let task = started(browser.post("/api/generate").multipart(upload), 202).await;
    let (messages, code) = watch(&browser, task, "").await.rest_json().await;
    assert_eq!(code, 1000, "the WebSocket disconnects by itself after the last message");
    for message in &messages {
        assert_is_update(message);
    }
    let told: Vec<(&str, &str, u64)> = messages
        .iter()
        .map(|update| (update["stage"].as_str().unwrap(), update["message"].as_str().unwrap(), update["progress"].as_u64().unwrap()))
        .collect();
    let (before, flow) = told.split_at(told.iter().position(|(stage, ..)| *stage != "starting").unwrap());
    assert!(!before.is_empty() && before.iter().all(|(_, _, progress)| *progress == 0), "Starting (0%): {before:?}");
    assert_eq!(
        flow,
        [
            ("parsing", "Parsing OpenAPI specification...", 10),
            ("parsing", "OpenAPI specification parsed successfully", 100),
            ("generating", "Generating test cases for 5 endpoints...", 20),
            ("generating", "Generating test cases for endpoint 1/5: GET /pets", 40),
            ("generating", "Generating test cases for endpoint 2/5: POST /pets", 50),
            ("generating", "Generating test cases for endpoint 3/5: GET /pets/{id}", 60),
            ("generating", "Generating test cases for endpoint 4/5: PUT /pets/{id}", 70),
            ("generating", "Generating test cases for endpoint 5/5: DELETE /pets/{id}", 80),
            ("generating", "Test cases generated successfully", 100),
            ("zipping", "Creating ZIP file...", 20),
            ("zipping", "ZIP file created successfully", 100),
            ("complete", "Generation complete! ZIP file ready for download.", 100),
        ]
    );
    let third = messages.iter().find(|update| update["current_endpoint"] == 3).unwrap();
    assert_eq!(third["endpoint_count"], 5);
    let last = messages.last().unwrap();
    assert!(last.get("endpoint_count").is_none() && last.get("current_endpoint").is_none(), "{last}");
    assert_eq!(&progress(&browser, task).await, last, "the fallback for clients without WebSockets tells the same");

    let zip = browser.get(&format!("/api/download/{task}")).send().await.unwrap();
    assert_eq!((zip.status(), zip.headers()["content-type"].to_str().unwrap()), (StatusCode::OK, "application/zip"));
    assert!(zip.bytes().await.unwrap().starts_with(b"PK"));
    server.stop().await;
}

#[tokio::test]
async fn a_generation_starts_from_a_file_a_form_s_url_or_json() {
    let server = TestServer::builder().settings(|settings| settings.fetch.allow_private = true).spawn().await;
    let browser = server.browser();
    let elsewhere = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/openapi.yaml", elsewhere.local_addr().unwrap());
    let serving = axum::Router::new().route("/openapi.yaml", axum::routing::get(|| async { PETS }));
    tokio::spawn(async move { axum::serve(elsewhere, serving).await });
    let post = || browser.post("/api/generate");
    let by_form = started(post().multipart(multipart::Form::new().text("url", address.clone())), 202).await;
    let by_json = started(post().json(&json!({ "url": address })), 202).await;
    let by_spec = started(post().json(&json!({ "spec": PETS })), 202).await;
    for task in [by_form, by_json, by_spec] {
        let (messages, _) = watch(&browser, task, "").await.rest_json().await;
        assert_eq!(messages.last().unwrap()["stage"], "complete", "{:?}", messages.last());
    }
    // Sent twice with a key it is one task.
    let twice = || started(post().header("idempotency-key", "k").json(&json!({ "spec": PETS })), 202);
    assert_eq!(twice().await, twice().await);
    server.stop().await;
}

#[tokio::test]
async fn every_client_gets_every_update_whenever_it_comes() {
    let script = Scripted::new();
    let server = TestServer::builder().generator(&script).spawn().await;
    let browser = server.browser();
    let task = browser.submit("crowd").await;
    let mut early = Vec::new();
    for _ in 0..3 {
        early.push(watch(&browser, task, "").await);
    }
    script.allow(STEPS + 2);
    let mut first = Vec::new();
    while first.last().is_none_or(|update: &Value| update["message"] != "generating 2/5") {
        first.push(early[0].next_json().await.unwrap());
    }
    assert_eq!((&first.last().unwrap()["stage"], &first.last().unwrap()["progress"]), (&json!("generating"), &json!(40)));
    let polled = progress(&browser, task).await;
    assert_eq!((&polled["stage"], &polled["progress"], &polled["message"]), (&json!("generating"), &json!(40), &json!("generating 2/5")));
    let not_yet = refused(browser.get(&format!("/api/download/{task}"))).await;
    assert_eq!(not_yet.status, 409);
    assert!(not_yet.detail.contains("when the task is completed"), "{}", not_yet.detail);

    let mut late = watch(&browser, task, "").await;
    script.allow(ALL_STEPS);
    let (rest, code) = early[0].rest_json().await;
    first.extend(rest);
    assert_eq!((first.last().unwrap()["stage"].as_str(), code), (Some("complete"), 1000));
    for other in early[1..].iter_mut().chain([&mut late]) {
        assert_eq!(other.rest_json().await, (first.clone(), 1000));
    }
    // After the end it is all there still, and from any place.
    assert_eq!(watch(&browser, task, "").await.rest_json().await.0, first);
    let middle = &first[3];
    let resumed = watch(&browser, task, &format!("?after={}", middle["seq"])).await.rest_json().await.0;
    assert_eq!(resumed.len(), first.len() - 4);
    assert_eq!(resumed.last(), first.last());
    assert_eq!(watch(&browser, task, "?after=99999").await.rest_json().await.0, first, "a cursor from another life");
    server.stop().await;
}

#[tokio::test]
async fn failure_and_cancellation_are_told_at_once() {
    let script = Scripted::new();
    let server = TestServer::builder().generator(&script).spawn().await;
    let browser = server.browser();
    let problem = livegen::protocol::Problem::invalid("description", "The model refused.");
    script.fail_next("generating", StageError::Fail(problem.clone()));
    script.allow(STEPS);
    let failing = browser.submit("failing").await;
    let (messages, code) = watch(&browser, failing, "").await.rest_json().await;
    let last = messages.last().unwrap();
    assert_eq!((last["stage"].as_str(), last["message"].as_str(), code), (Some("failed"), Some("The model refused."), 1000));
    assert_eq!(last["error"], serde_json::to_value(&problem).unwrap());
    assert_eq!(progress(&browser, failing).await["error"], last["error"]);
    let none = refused(browser.get(&format!("/api/download/{failing}"))).await;
    assert_eq!((none.status, none.detail.contains("failed")), (409, true), "{none}");

    let cancelled = browser.submit("cancelled").await;
    let mut live = watch(&browser, cancelled, "").await;
    live.next_json().await.unwrap();
    browser.post(&format!("/api/v1/tasks/{cancelled}/cancel")).send().await.unwrap().error_for_status().unwrap();
    script.allow(1);
    let (messages, code) = live.rest_json().await;
    assert_eq!((messages.last().unwrap()["stage"].as_str(), code), (Some("cancelled"), 1000));
    server.stop().await;
}

#[tokio::test]
async fn what_a_client_says_harms_nobody_and_bad_requests_are_explained() {
    let script = Scripted::new();
    let server = TestServer::builder().generator(&script).spawn().await;
    let browser = server.browser();
    let task = browser.submit("talk").await;
    let mut live = watch(&browser, task, "").await;
    // The document's clients keep their connection with whatever text they like.
    for text in ["ping", "{}", "[1]", r#"{"type":"hello"}"#, r#"{"type":"ping"}"#] {
        live.say(text).await;
    }
    while live.next_json().await.unwrap() != json!({"type": "pong"}) {}
    script.allow(ALL_STEPS);
    assert_eq!(live.rest_json().await.1, 1000);

    assert_eq!(refused(browser.get(&format!("/ws/{task}"))).await.status, 426);
    assert_eq!(refused(browser.get(&format!("/ws/{task}?after=x"))).await.status, 422);
    for path in ["/ws/nothing", "/api/progress/nothing", "/api/download/01890a5d-ac96-774b-bcce-b302099a8057"] {
        assert_eq!(refused(browser.get(path)).await.status, 404, "{path}");
    }
    let evil = [("origin", "http://evil.example")];
    assert_eq!(browser.try_watch(&format!("/ws/{task}"), &evil).await.err(), Some(403));
    let post = || browser.post("/api/generate");
    for (request, status, field) in [
        (post().json(&json!({})), 422, "spec"),
        (post().json(&json!({"spec": "bad"})), 422, "description"),
        (post().json(&json!({"spec": 7})), 422, "spec"),
        (post().json(&json!({"url": "http://127.0.0.1:1/x"})), 422, "url"),
        (post().multipart(multipart::Form::new().text("other", "x")), 422, "description"),
        (post().json(&json!([])), 400, ""),
        (post().body("{"), 415, ""),
        (post().header("content-type", "application/json").body("{"), 400, ""),
        (browser.get("/api/generate"), 405, ""),
    ] {
        let problem = refused(request).await;
        let named = problem.errors.first().map_or("", |error| &error.field);
        assert_eq!((problem.status, named), (status, field), "{problem}");
    }
    server.stop().await;
}
