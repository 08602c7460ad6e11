//! Document 001: asynchronous, status, synchronous; Bearer; too few tokens and an ended subscription.

use std::sync::Arc;

use livegen::{
    protocol::EventBody,
    server::{
        clock::SystemClock,
        model::{Model, Models, scripted::Act, scripted::ScriptedModel},
        store::accounts::AccountChange,
    },
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Browser, TestServer, send, within};

const BASE: &str = "/api/v1/web-knowledge";
const ROUGH: &str =
    "please write something about our coffee machine BrewMaster 3000, don't mention NespressoX, see https://brew.example/3000";

async fn enqueue(browser: &Browser) -> String {
    let (status, body) = send(browser, Method::POST, &format!("{BASE}/generate-prompt-async/"), json!({"manual_prompt": ROUGH})).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{body}");
    assert_eq!((&body["status"], &body["message"]), (&json!("queued"), &json!("Task queued, waiting to start...")));
    let url = body["status_url"].as_str().unwrap().to_owned();
    assert_eq!(url, format!("{BASE}/generate-prompt-async/status/{}/", body["task_id"].as_str().unwrap()));
    url
}

/// Asks every moment, as the document's clients do, until it is over.
async fn poll(browser: &Browser, url: &str) -> Value {
    let mut last = 0;
    within("the prompt", async {
        loop {
            let (status, body) = send(browser, Method::GET, url, Value::Null).await;
            assert_eq!(status, StatusCode::OK);
            let progress = body["progress"].as_u64().unwrap();
            assert!(progress >= last && [0, 10, 30, 50, 70, 90, 100].contains(&progress), "{body}");
            last = progress;
            match body["status"].as_str().unwrap() {
                "queued" | "processing" => assert_eq!((&body["prompt"], &body["error"]), (&Value::Null, &Value::Null)),
                "completed" | "failed" => return body,
                other => panic!("{other} is no word of the document"),
            }
        }
    })
    .await
}

#[tokio::test]
async fn queued_asked_after_and_done() {
    let server = TestServer::builder().spawn().await;
    let browser = server.browser();
    let url = enqueue(&browser).await;
    let done = poll(&browser, &url).await;
    assert_eq!(
        (&done["status"], &done["progress"], &done["message"]),
        (&json!("completed"), &json!(100), &json!("Prompt generated successfully"))
    );
    for kept in ["BrewMaster 3000", "NespressoX", "https://brew.example/3000"] {
        assert!(done["prompt"].as_str().unwrap().contains(kept), "{done}");
    }
    assert_eq!(send(&browser, Method::GET, url.trim_end_matches('/'), Value::Null).await.0, StatusCode::OK, "without the slash");
    assert_eq!(send(&server.browser(), Method::GET, &url, Value::Null).await.0, StatusCode::NOT_FOUND, "somebody else");

    let (status, body) = send(&browser, Method::POST, &format!("{BASE}/generate-prompt/"), json!({"manual_prompt": ROUGH})).await;
    assert_eq!((status, &body["prompt"]), (StatusCode::OK, &done["prompt"]), "waited for");
    for (body, status) in
        [(json!({}), 422), (json!({"manual_prompt": "  "}), 422), (json!({"manual_prompt": 7}), 422), (json!(["manual_prompt"]), 400)]
    {
        for path in ["generate-prompt-async/", "generate-prompt/"] {
            let (got, problem) = send(&browser, Method::POST, &format!("{BASE}/{path}"), body.clone()).await;
            assert_eq!(got, status, "{body}: {problem}");
            if status == 422 {
                assert_eq!(problem["errors"][0]["field"], "manual_prompt", "{problem}");
            }
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn a_bearer_of_a_key_is_its_account() {
    let server = TestServer::builder().spawn().await;
    let ada = server.browser();
    let registered = json!({"email": "ada@example.org", "password": "correct horse battery"});
    assert_eq!(send(&ada, Method::POST, "/api/v1/account", registered).await.0, StatusCode::CREATED);
    let made = send(&ada, Method::POST, "/api/v1/keys", json!({"name": "001", "scopes": ["tasks:read", "tasks:write"]})).await.1;
    let program = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = ada.url(&format!("{BASE}/generate-prompt-async/"));
    let ask = |key: &str| program.post(&url).bearer_auth(key).json(&json!({"manual_prompt": "Test prompt"}));
    let answer: Value = ask(made["key"].as_str().unwrap()).send().await.unwrap().json().await.unwrap();
    let done = poll(&ada, answer["status_url"].as_str().unwrap()).await;
    assert_eq!(done["status"], "completed", "the account's own browser sees it too");
    let refused = ask("lg_wrong").send().await.unwrap();
    assert_eq!((refused.status(), refused.headers().contains_key("www-authenticate")), (StatusCode::UNAUTHORIZED, true));
    server.stop().await;
}

#[tokio::test]
async fn too_few_tokens_fail_in_the_status_and_cost_nothing() {
    let server = TestServer::builder().settings(|settings| settings.accounts.initial_tokens = 699).spawn().await;
    let browser = server.browser();
    let url = enqueue(&browser).await;
    let failed = poll(&browser, &url).await;
    assert_eq!(failed["status"], "failed");
    assert!(failed["error"].as_str().unwrap().starts_with("Insufficient tokens"), "{failed}");
    assert_eq!(failed["problem"]["tokens"], json!({"needed": 700, "available": 699}));
    for (path, body) in [
        (format!("{BASE}/generate-prompt/"), json!({"manual_prompt": ROUGH})),
        ("/api/v1/tasks".to_owned(), json!({"kind": "prompt", "prompt": ROUGH})),
    ] {
        let (status, problem) = send(&browser, Method::POST, &path, body).await;
        assert_eq!((status, &problem["tokens"]), (StatusCode::PAYMENT_REQUIRED, &json!({"needed": 700, "available": 699})));
    }
    let tokens = send(&browser, Method::GET, "/api/v1/account", Value::Null).await.1["tokens"].clone();
    assert_eq!(tokens, json!({"free": 699, "held": 0}));
    server.stop().await;
}

#[tokio::test]
async fn an_ended_subscription_fails_in_the_status() {
    let server = TestServer::builder().spawn().await;
    let ada = server.browser();
    let registered = json!({"email": "ada@example.org", "password": "correct horse battery"});
    send(&ada, Method::POST, "/api/v1/account", registered).await;
    let store = &server.state.store;
    let account = store.account_by_email("ada@example.org").await.unwrap().unwrap();
    let ended = AccountChange { subscribed_until: Some(Some(account.created_at)), ..AccountChange::default() };
    store.change_account(account.account_id, ended, account.created_at).await.unwrap();
    let url = enqueue(&ada).await;
    let failed = poll(&ada, &url).await;
    assert_eq!(failed["status"], "failed");
    assert!(failed["error"].as_str().unwrap().contains("subscription expired"), "{failed}");
    server.stop().await;
}

async fn with_model(act: Act) -> (Value, Value, String) {
    let models: Vec<Arc<dyn Model>> = vec![Arc::new(ScriptedModel::new("scripted", [act]))];
    let server = TestServer::builder().models(Models::of(models, Arc::new(SystemClock))).spawn().await;
    let browser = server.browser();
    let url = enqueue(&browser).await;
    let done = poll(&browser, &url).await;
    let tokens = send(&browser, Method::GET, "/api/v1/account", Value::Null).await.1["tokens"].clone();
    let task = done["task_id"].as_str().unwrap().to_owned();
    let log = browser.get(&format!("/api/v1/tasks/{task}/log.txt")).send().await.unwrap().text().await.unwrap();
    server.stop().await;
    (done, tokens, log)
}

#[tokio::test]
async fn a_model_is_asked_first_and_paid_for_what_it_took() {
    let better = "# Task\nWrite a post about our coffee machine BrewMaster 3000. Don't mention NespressoX. See https://brew.example/3000";
    let act = Act::Counted { pieces: vec![better[..20].into(), better[20..].into()], tokens_in: 120, tokens_out: 60 };
    let (done, tokens, log) = with_model(act).await;
    assert_eq!((&done["status"], &done["prompt"]), (&json!("completed"), &json!(better)));
    assert_eq!(tokens["held"], 0);
    let spent = 1_000_000_000 - tokens["free"].as_i64().unwrap();
    assert!((1..=700).contains(&spent), "{spent}: at most what was held");
    assert!(log.contains("scripted"), "{log}");
}

#[tokio::test]
async fn a_model_that_loses_something_or_breaks_off_is_not_believed() {
    for act in [
        Act::Answer(vec!["# Task\nWrite a post about a coffee machine.".into()]),
        Act::Refuses,
        Act::BreaksOff(vec!["# Task\nWrite".into()]),
    ] {
        let (done, tokens, log) = with_model(act).await;
        assert_eq!(done["status"], "completed");
        for kept in ["BrewMaster 3000", "NespressoX", "https://brew.example/3000"] {
            assert!(done["prompt"].as_str().unwrap().contains(kept), "{done}");
        }
        assert_eq!(tokens, json!({"free": 1_000_000_000, "held": 0}), "the rules cost nothing");
        assert!(log.contains("the rules do it"), "{log}");
    }
}

#[tokio::test]
async fn a_task_that_is_cancelled_while_a_model_speaks_tells_whom_it_asked() {
    let act = Act::Slowly { pieces: vec!["# Task\n".into(), "Write".into()], pause: std::time::Duration::from_mins(1) };
    let models: Vec<Arc<dyn Model>> = vec![Arc::new(ScriptedModel::new("scripted", [act]))];
    let server = TestServer::builder().models(Models::of(models, Arc::new(SystemClock))).spawn().await;
    let browser = server.browser();
    let url = enqueue(&browser).await;
    let task = send(&browser, Method::GET, &url, Value::Null).await.1["task_id"].as_str().unwrap().parse().unwrap();
    let told = async || {
        browser
            .log(task)
            .await
            .iter()
            .any(|event| matches!(&event.body, EventBody::Log { message, .. } if message.starts_with("Asking scripted/")))
    };
    within("the question", async {
        while !told().await {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
    assert!(browser.post(&format!("/api/v1/tasks/{task}/cancel")).send().await.unwrap().status().is_success());
    assert_eq!(poll(&browser, &url).await["status"], "failed");
    assert!(told().await);
    server.stop().await;
}

#[tokio::test]
async fn what_a_model_says_is_seen_while_it_goes_on() {
    let words = "# Task\nWrite a post about our coffee machine BrewMaster 3000. Don't mention NespressoX. See https://brew.example/3000";
    let pieces: Vec<String> = words.split_inclusive(' ').map(str::to_owned).collect();
    let count = pieces.len();
    let act = Act::Slowly { pieces, pause: std::time::Duration::from_millis(3_000 / count as u64) };
    let models: Vec<Arc<dyn Model>> = vec![Arc::new(ScriptedModel::new("scripted", [act]))];
    let server = TestServer::builder().models(Models::of(models, Arc::new(SystemClock))).spawn().await;
    let browser = server.browser();
    let url = enqueue(&browser).await;
    let done = poll(&browser, &url).await;
    assert_eq!((&done["status"], &done["prompt"]), (&json!("completed"), &json!(words)));
    let task = done["task_id"].as_str().unwrap().parse().unwrap();
    let drafts: Vec<String> = browser
        .log(task)
        .await
        .into_iter()
        .filter_map(|event| match event.body {
            EventBody::File { path, preview, .. } if path == "prompt.md" => preview,
            _ => None,
        })
        .collect();
    assert!((3..=6).contains(&drafts.len()), "about once a second, and the whole: {drafts:?}");
    assert!(drafts.iter().all(|draft| words.starts_with(draft.as_str())) && drafts.is_sorted_by_key(String::len), "{drafts:?}");
    server.stop().await;
}
