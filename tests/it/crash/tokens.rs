//! Tokens while the server is killed: what tasks hold is there for as long as they are open, what is done is paid once, and whatever
//! fails or is cancelled costs nothing. Looked at after each kill in the database that is left, and at the end.

use std::{path::Path, process::Command, time::Duration};

use livegen::{
    protocol::{AccountId, EventBody, Status, TaskFilter, TaskId, account::Posting},
    server::store::{Accounts, SqliteOptions, SqliteStore, Store},
};
use serde_json::{Value, json};

use super::{free_port, resume};
use crate::{
    harness::Browser,
    model::stub::{Stub, slowly},
    process::{self, Process},
};

/// What a prompt holds, what the model says that it used, and what there is: for four prompts at once, not for five.
const HELD: i64 = 700;
const USED: i64 = 17;
const INITIAL: i64 = 3_000;

/// An answer that keeps what has to be kept, in two halves.
fn answer() -> [String; 2] {
    let chunk =
        |delta: Value, reason: Value| format!("data: {}\n\n", json!({"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}));
    let text = "# Task\nWrite a poem about 3 cats for children.\n\n# Output format\n";
    let usage = json!({"choices": [], "usage": {"prompt_tokens": 12, "completion_tokens": 5, "total_tokens": 17}});
    [
        chunk(json!({"role": "assistant", "content": text}), Value::Null),
        chunk(json!({"content": "Plain text, 8 lines."}), Value::Null)
            + &chunk(json!({}), json!("stop"))
            + &format!("data: {usage}\n\ndata: [DONE]\n\n"),
    ]
}

fn command(data: &Path, port: u16, settings: &Path) -> Command {
    let mut command = process::serve(data, port);
    command
        .env("LIVEGEN_CONFIG", settings)
        .env("LIVEGEN_ACCOUNTS_INITIAL_TOKENS", INITIAL.to_string())
        .env("LIVEGEN_QUEUE_MAX_RETRIES", "1")
        .env("LIVEGEN_QUEUE_RETRY_BASE_SECONDS", "0")
        .env("LIVEGEN_QUEUE_STEP_DELAY_MS", "20");
    command
}

async fn submit(browser: &Browser) -> TaskId {
    let body = json!({"manual_prompt": "write a poem about 3 cats"});
    let answer = browser.post("/api/v1/web-knowledge/generate-prompt-async/").json(&body).send().await.unwrap();
    assert_eq!(answer.status(), 202);
    answer.json::<Value>().await.unwrap()["task_id"].as_str().unwrap().parse().unwrap()
}

async fn waits_for_the_model(browser: &Browser, cookie: &str, task: TaskId, attempt: u32) {
    let mut live = resume(browser, cookie, task, 0).await;
    live.until(|event| matches!(&event.body, EventBody::StatusUpdate(update) if update.attempt == attempt && update.progress == 70)).await;
}

/// The ledger of a database whose server is gone; how many tasks are in each state.
async fn judge(data: &Path, account: AccountId) -> Vec<(TaskId, Status)> {
    let options = SqliteOptions { initial_tokens: INITIAL, ..SqliteOptions::default() };
    let store = SqliteStore::open_beside(data.join("livegen.db"), options).await.unwrap();
    assert_eq!(store.ledger_error().await.unwrap(), (0, 0), "all postings add up to nothing, and the wallets are their sums");
    let tasks = store.list(account, &TaskFilter { limit: 100, ..TaskFilter::default() }).await.unwrap().tasks;
    let postings = store.postings(account, 1_000).await.unwrap();
    let sum =
        |wanted: &dyn Fn(&Posting) -> bool| postings.iter().filter(|posting| wanted(posting)).map(|posting| posting.amount).sum::<i64>();
    let (mut open, mut done) = (0, 0);
    for task in &tasks {
        let of_task = |posting: &Posting, book: &str| posting.task_id == Some(task.task_id) && posting.book == book;
        let held = sum(&|posting| of_task(posting, "held"));
        let paid = -sum(&|posting| of_task(posting, "free"));
        let settled = postings.iter().filter(|posting| of_task(posting, "held") && posting.amount < 0).count();
        let captured = postings.iter().filter(|posting| of_task(posting, "held") && posting.action == "capture").count();
        match task.status {
            Status::Queued | Status::Running => {
                open += 1;
                assert_eq!((held, paid, settled), (HELD, HELD, 0), "{task:?}");
            }
            Status::Completed => {
                done += 1;
                assert_eq!((held, paid, settled, captured), (0, USED, 1, 1), "{task:?}");
            }
            // One that was refused has held nothing that could be given back.
            Status::Failed | Status::Cancelled => assert!(held == 0 && paid == 0 && settled <= 1 && captured == 0, "{task:?}"),
        }
    }
    let tokens = store.tokens(account).await.unwrap().unwrap();
    assert_eq!((tokens.free, tokens.held), (INITIAL - open * HELD - done * USED, open * HELD));
    assert!(tokens.free >= 0);
    store.close().await;
    tasks.into_iter().map(|task| (task.task_id, task.status)).collect()
}

#[tokio::test]
async fn killed_at_several_places_no_token_is_lost_or_paid_twice() {
    let (data, port) = (tempfile::tempdir().unwrap(), free_port());
    let [first, second] = answer();
    let stub = Stub::spawn(slowly("text/event-stream", &[first.as_bytes(), second.as_bytes()], Duration::from_millis(400))).await;
    let settings = data.path().join("livegen.toml");
    let chain = format!("{{ provider = \"openai_compatible\", model = \"m-1\", base_url = \"{}\" }}", stub.base());
    std::fs::write(&settings, format!("[model]\nchain = [{chain}]\n[package.metadata.leptos]\noutput-name = \"livegen\"\n")).unwrap();
    let start = || Process::start(command(data.path(), port, &settings));

    let mut process = start();
    let browser = Browser::at(process.address);
    browser.get("/api/v1/tasks").send().await.unwrap();
    let cookie = browser.cookie().unwrap();
    let account: Value = browser.get("/api/v1/account").send().await.unwrap().json().await.unwrap();
    let account: AccountId = account["account_id"].as_str().unwrap().parse().unwrap();
    let mut tasks = Vec::new();
    for _ in 0..4 {
        tasks.push(submit(&browser).await);
    }
    let refused = submit(&browser).await;
    assert_eq!(browser.post(&format!("/api/v1/tasks/{}/cancel", tasks[3])).send().await.unwrap().status(), 202);
    let mut states = Vec::new();
    for attempt in 1..=2 {
        waits_for_the_model(&browser, &cookie, tasks[0], attempt).await;
        process.kill();
        states = judge(data.path(), account).await;
        process = start();
    }
    let state = |states: &[(TaskId, Status)], task: TaskId| states.iter().find(|(id, _)| *id == task).map(|(_, status)| *status);
    assert_eq!(state(&states, tasks[0]), Some(Status::Running), "killed while it waited for the model");
    // Now there is room again for one, which is asked for while others end.
    let last = submit(&browser).await;
    for task in tasks.iter().chain([&last]) {
        resume(&browser, &cookie, *task, 0).await.rest().await;
    }
    process.kill();
    let states = judge(data.path(), account).await;
    assert_eq!(state(&states, tasks[0]), Some(Status::Failed), "two deaths are too many");
    assert_eq!(state(&states, tasks[3]), Some(Status::Cancelled));
    assert_eq!(state(&states, refused), Some(Status::Failed));
    assert_eq!(state(&states, last), Some(Status::Completed));
    assert!(states.iter().all(|(_, status)| status.is_terminal()), "{states:?}");
}
