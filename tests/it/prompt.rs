//! A rough prompt sent to the server: its steps are the founding ones, its result is whole, and it is nobody else's.

use livegen::protocol::{EventBody, Kind, Problem, PromptResult, Status, TaskId, TaskSnapshot, prompt::apply};
use reqwest::{StatusCode, header};
use serde_json::{Value, json};

use crate::harness::{Browser, TestServer, assert_whole};

const ROUGH: &str = "Hi! Could you please write a short blog post about our coffee machine BrewMaster 3000 for office managers? Don't mention NespressoX. It costs $249.99, see https://brew.example/3000. Thanks!";

/// The seven steps of the founding document, word for word.
const STEPS: [(u8, &str); 7] = [
    (0, "Task queued, waiting to start..."),
    (10, "Initializing AI generation..."),
    (30, "Checking tokens..."),
    (50, "Generating enhanced prompt with AI..."),
    (70, "Waiting for AI response..."),
    (90, "Finalizing..."),
    (100, "Prompt generated successfully"),
];

async fn submit(browser: &Browser, prompt: &str) -> TaskId {
    let answer = browser.post("/api/v1/tasks").json(&json!({"kind": "prompt", "prompt": prompt})).send().await.unwrap();
    let status = answer.status();
    let body: Value = answer.json().await.unwrap();
    assert_eq!(status, StatusCode::CREATED, "{body}");
    body["task_id"].as_str().unwrap().parse().unwrap()
}

async fn finished(browser: &Browser, task: TaskId) -> Vec<livegen::protocol::Event> {
    let mut live = browser.watch(task, Some(0)).await;
    live.connection().await;
    let (events, _) = live.rest().await;
    assert_whole(task, &events);
    events
}

#[tokio::test]
async fn a_prompt_goes_through_the_seven_steps_and_comes_out_better() {
    let server = TestServer::builder().spawn().await;
    let (owner, stranger) = (server.browser(), server.browser());
    let task = submit(&owner, ROUGH).await;
    let mut steps: Vec<(u8, String)> = finished(&owner, task)
        .await
        .into_iter()
        .filter_map(|event| match event.body {
            EventBody::StatusUpdate(update) => Some((update.progress, update.message)),
            EventBody::Completion { message, .. } => Some((100, message)),
            _ => None,
        })
        // The worker's own word, at 0 as well.
        .filter(|(_, message)| message != "Started")
        .collect();
    steps.dedup();
    assert_eq!(steps, STEPS.map(|(progress, message)| (progress, message.to_owned())), "no other figures and no other words");

    let snapshot = owner.snapshot(task).await;
    assert_eq!((snapshot.kind, snapshot.status, snapshot.progress), (Kind::Prompt, Status::Completed, 100));
    assert!(snapshot.title.starts_with("Prompt: Hi! Could you please write"), "{}", snapshot.title);
    assert_eq!(snapshot.source, "English · 27 words");
    let result: PromptResult = serde_json::from_value(snapshot.result.unwrap()).unwrap();
    assert_eq!((result.original.as_str(), result.language.as_str(), result.cut), (ROUGH, "en", false));
    for kept in ["BrewMaster 3000", "Don't mention NespressoX", "$249.99", "https://brew.example/3000", "## Task"] {
        assert!(result.prompt.contains(kept), "{kept} in {}", result.prompt);
    }
    assert_eq!(apply(&result.segments, |_| true), result.prompt);
    assert_eq!(apply(&result.segments, |_| false), ROUGH);
    assert!(!result.changes.is_empty() && result.after.total > result.before.total);
    assert_eq!(result.after.marks.len(), 8);

    let files: Vec<&str> = snapshot.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(files, ["changes.md", "original.md", "prompt.md"]);
    let file = async |path: &str| owner.get(&format!("/api/v1/tasks/{task}/files/{path}")).send().await.unwrap().text().await.unwrap();
    assert_eq!(file("original.md").await, ROUGH);
    assert_eq!(file("prompt.md").await, result.prompt);
    assert!(file("changes.md").await.contains("Score after"));
    let download = owner.get(&format!("/api/v1/tasks/{task}/artifact")).send().await.unwrap();
    assert_eq!(download.headers()[header::CONTENT_TYPE], "text/markdown; charset=utf-8");
    assert_eq!(download.headers()[header::CONTENT_DISPOSITION], "attachment; filename=\"prompt.md\"");
    assert_eq!(download.text().await.unwrap(), result.prompt);

    for path in ["", "/files/prompt.md", "/artifact", "/events?after=0"] {
        let answer = stranger.get(&format!("/api/v1/tasks/{task}{path}")).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn what_is_no_prompt_is_refused_by_name() {
    let server = TestServer::builder().spawn().await;
    let browser = server.browser();
    let long = "word ".repeat(30_000);
    for prompt in ["", "  \n\t", "!?…", long.as_str()] {
        let answer = browser.post("/api/v1/tasks").json(&json!({"kind": "prompt", "prompt": prompt})).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let problem: Problem = answer.json().await.unwrap();
        assert_eq!(problem.errors[0].field, "prompt", "{problem}");
    }
    let missing = browser.post("/api/v1/tasks").json(&json!({"kind": "prompt"})).send().await.unwrap();
    assert_eq!(missing.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let wrong = browser.post("/api/v1/tasks").json(&json!({"kind": "prompt", "prompt": 7})).send().await.unwrap();
    assert_eq!(wrong.status(), StatusCode::BAD_REQUEST);
    let list: Value = browser.get("/api/v1/tasks").send().await.unwrap().json().await.unwrap();
    assert_eq!(list["tasks"].as_array().unwrap().len(), 0, "no task was made");
    server.stop().await;
}

#[tokio::test]
async fn the_longest_and_the_strangest_are_kept_whole_in_files() {
    let server = TestServer::builder().spawn().await;
    let browser = server.browser();
    let long = "Write about number 7 and never stop. ".repeat(2_700);
    let strange = "write\u{7} a \u{1b}[31mred\u{1b}[0m poem <script>alert(1)</script> </textarea> \u{202e}abc";
    for (prompt, cut) in [(long.as_str(), true), (strange, false)] {
        let task = submit(&browser, prompt).await;
        finished(&browser, task).await;
        let snapshot = browser.snapshot(task).await;
        assert_eq!(snapshot.status, Status::Completed, "{:?}", snapshot.error);
        let result: PromptResult = serde_json::from_value(snapshot.result.unwrap()).unwrap();
        assert_eq!(result.cut, cut);
        let original = browser.get(&format!("/api/v1/tasks/{task}/files/original.md")).send().await.unwrap().text().await.unwrap();
        assert_eq!(original, prompt, "byte for byte");
        // What its page shows has the texts, however long.
        let shown = browser.post("/api/fn/task").json(&json!({"id": task})).send().await.unwrap().json::<TaskSnapshot>().await.unwrap();
        let shown: PromptResult = serde_json::from_value(shown.result.unwrap()).unwrap();
        assert!(!shown.cut && shown.prompt.len() > 50 && apply(&shown.segments, |_| true) == shown.prompt);
    }
    server.stop().await;
}

#[tokio::test]
async fn versions_belong_together_and_none_is_lost() {
    let server = TestServer::builder().spawn().await;
    let (owner, stranger) = (server.browser(), server.browser());
    let first = submit(&owner, ROUGH).await;
    finished(&owner, first).await;
    let body = json!({"kind": "prompt", "prompt": "Write a song about the coffee machine.", "from": first});
    let send = async |browser: &Browser, body: &Value| {
        let answer = browser.post("/api/v1/tasks").json(body).send().await.unwrap();
        (answer.status(), answer.json::<Value>().await.unwrap())
    };
    let (status, second) = send(&owner, &body).await;
    assert_eq!(status, StatusCode::CREATED, "{second}");
    let second: TaskId = second["task_id"].as_str().unwrap().parse().unwrap();
    finished(&owner, second).await;
    assert_eq!(owner.snapshot(second).await.retry_of, Some(first));
    let runs: Value = owner.get(&format!("/api/v1/projects/{first}/runs")).send().await.unwrap().json().await.unwrap();
    let listed: Vec<_> = runs["runs"].as_array().unwrap().iter().map(|run| (run["number"].clone(), run["task_id"].clone())).collect();
    assert_eq!(listed, [(json!(2), json!(second)), (json!(1), json!(first))]);
    let old: PromptResult = serde_json::from_value(owner.snapshot(first).await.result.unwrap()).unwrap();
    assert_eq!(old.original, ROUGH);

    let suite = json!({"kind": "test_suite", "description": include_str!("../../public/samples/bookshop.yaml")});
    let (_, suite) = send(&owner, &suite).await;
    let others = [(&stranger, json!(first)), (&owner, suite["task_id"].clone()), (&owner, json!("00000000-0000-7000-8000-000000000000"))];
    for (browser, from) in others {
        let (status, problem) = send(browser, &json!({"kind": "prompt", "prompt": "Write a song.", "from": from})).await;
        assert_eq!((status, &problem["errors"][0]["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("from")), "{problem}");
    }
    server.stop().await;
}
