//! Runs that begin from earlier ones: what is carried over, what runs again, and what becomes of edited files.

mod counting;
mod edits;

use livegen::{
    protocol::{Event, EventBody, Level, Problem, StageState, Status, TaskId, TaskSnapshot},
    server::{
        generate::{StageError, pipeline::closure, project::Project},
        store::StoreError,
    },
};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Browser, TestServer, assert_whole};
use counting::Counting;

pub const MODEL: &str = "entity Book {\n  title string required\n}\nentity Author {\n  name string required\n}\nrelationship OneToMany {\n  Author{books} to Book{author}\n}\n";

/// Starts a project and waits for its end.
pub async fn run(browser: &Browser, body: &Value) -> TaskId {
    let answer = browser.post("/api/v1/tasks").json(body).send().await.unwrap();
    ended(browser, started(answer).await).await
}

pub async fn fork(browser: &Browser, task: TaskId, body: &Value) -> reqwest::Response {
    browser.post(&format!("/api/v1/tasks/{task}/fork")).json(body).send().await.unwrap()
}

/// Forks and waits for the end.
pub async fn forked(browser: &Browser, task: TaskId, body: &Value) -> TaskId {
    ended(browser, started(fork(browser, task, body).await).await).await
}

async fn started(answer: reqwest::Response) -> TaskId {
    let status = answer.status();
    let body: Value = answer.json().await.unwrap();
    assert_eq!(status, StatusCode::CREATED, "{body}");
    body["task_id"].as_str().unwrap().parse().unwrap()
}

async fn ended(browser: &Browser, task: TaskId) -> TaskId {
    let (log, _) = browser.watch(task, Some(0)).await.rest().await;
    assert_whole(task, &log);
    task
}

pub async fn problem(answer: reqwest::Response) -> Problem {
    answer.json().await.unwrap()
}

pub async fn text(browser: &Browser, task: TaskId, path: &str) -> String {
    let answer = browser.get(&format!("/api/v1/tasks/{task}/files/{path}")).send().await.unwrap();
    answer.error_for_status().unwrap().text().await.unwrap()
}

/// The stages that said anything while the task ran, in the plan's order: those that were executed.
pub fn executed(task: &TaskSnapshot, log: &[Event]) -> Vec<String> {
    let ran = |name: &str| {
        log.iter().any(|event| {
            matches!(&event.body, EventBody::StatusUpdate(update) if update.status == Status::Running && update.stage.as_deref() == Some(name))
        })
    };
    task.stages.iter().map(|stage| stage.name.clone()).filter(|name| ran(name)).collect()
}

fn lines(log: &[Event], level: Level) -> Vec<&str> {
    let line = |event: &'_ Event| matches!(&event.body, EventBody::Log { level: this, .. } if *this == level);
    log.iter()
        .filter(|event| line(event))
        .filter_map(|event| if let EventBody::Log { message, .. } = &event.body { Some(message.as_str()) } else { None })
        .collect()
}

#[tokio::test]
async fn whatever_changes_exactly_what_depends_on_it_runs_again() {
    let counting = Counting::new();
    let server = TestServer::builder().generators(vec![counting.clone()]).spawn().await;
    let browser = server.browser();
    let first = run(&browser, &json!({"kind": "project", "brief": "x"})).await;
    assert_eq!(browser.snapshot(first).await.status, Status::Completed);
    let stages = counting::plan();
    let all: Vec<String> = stages.iter().map(|stage| stage.name.clone()).collect();
    assert_eq!(counting.take(), all, "the first run runs everything");
    for name in &all {
        let task = forked(&browser, first, &json!({"agents": [name]})).await;
        // The last always runs.
        let expected = closure(&stages, &[name.clone(), all.last().unwrap().clone()]);
        assert_eq!(counting.take(), expected, "{name}");
        let (shown, log) = (browser.snapshot(task).await, browser.log(task).await);
        assert_eq!((shown.status, shown.progress, shown.retry_of), (Status::Completed, 100, Some(first)), "{name}");
        assert_eq!(executed(&shown, &log), expected, "the log says the same");
        for stage in &shown.stages {
            let carried = !expected.contains(&stage.name);
            assert_eq!((stage.state, stage.progress), (StageState::Completed, 100), "{}", stage.name);
            assert_eq!(stage.message.starts_with("Carried over"), carried, "{}: {}", stage.name, stage.message);
            // Whatever it was that wrote it, every file is there.
            assert_eq!(text(&browser, task, &format!("{}.txt", stage.name)).await, stage.name, "{name}");
        }
        assert_eq!(shown.files_total, all.len() as u64);
        let note = lines(&log, Level::Info)[0];
        assert!(note.starts_with("Carried over from the earlier run: ") && note.contains("Runs again: "), "{note}");
        let progress: Vec<u8> = log
            .iter()
            .filter_map(|event| if let EventBody::StatusUpdate(update) = &event.body { Some(update.progress) } else { None })
            .collect();
        assert!(progress.is_sorted(), "{progress:?}");
        assert_eq!(TaskSnapshot::fold(task, &log), shown);
    }
    server.stop().await;
}

#[tokio::test]
async fn a_fork_of_a_fork_and_of_a_failed_run_carry_over_what_is_there() {
    let counting = Counting::new();
    let server = TestServer::builder().generators(vec![counting.clone()]).spawn().await;
    let browser = server.browser();
    counting.fail_next("c", StageError::Fail(Problem::invalid("x", "No.")));
    let failed = run(&browser, &json!({"kind": "project", "brief": "x"})).await;
    assert_eq!(browser.snapshot(failed).await.status, Status::Failed);
    let before = counting.take();
    assert!(before.contains(&"c".to_owned()) && !before.contains(&"e".to_owned()), "{before:?}");
    // Nothing is another: what is missing runs, and what depends on it.
    let mended = forked(&browser, failed, &json!({})).await;
    let again = counting.take();
    assert!(!again.contains(&"a".to_owned()) && again.contains(&"c".to_owned()), "{again:?}");
    assert_eq!(browser.snapshot(mended).await.status, Status::Completed);
    // From that one everything can be carried over, but for the last.
    let whole = forked(&browser, mended, &json!({})).await;
    assert_eq!(counting.take(), ["e"]);
    assert_eq!(browser.snapshot(whole).await.files_total, 5);
    server.stop().await;
}

#[tokio::test]
async fn a_failure_in_the_middle_of_a_fork_repeats_nothing_that_was_finished_or_carried() {
    let counting = Counting::new();
    let server = TestServer::builder().generators(vec![counting.clone()]).spawn().await;
    let browser = server.browser();
    let first = run(&browser, &json!({"kind": "project", "brief": "x"})).await;
    counting.take();
    counting.fail_next("d", StageError::Retry("once more".into()));
    let task = forked(&browser, first, &json!({"agents": ["b"]})).await;
    assert_eq!(browser.snapshot(task).await.status, Status::Completed);
    assert_eq!(counting.take(), ["b", "d", "d", "e"], "c does not depend on b; b was finished when d failed");
    server.stop().await;
}

#[tokio::test]
async fn what_cannot_be_forked_is_refused_in_words() {
    let counting = Counting::new();
    let server = TestServer::builder().generators(vec![counting.clone(), crate::harness::Scripted::new()]).spawn().await;
    let (browser, stranger) = (server.browser(), server.browser());
    let first = run(&browser, &json!({"kind": "project", "brief": "x"})).await;
    let cases = [
        (fork(&browser, first, &json!({"agents": ["nobody"]})).await, 422, "nobody"),
        (fork(&browser, first, &json!({"edits": [{"path": "none.txt", "content": "x"}]})).await, 422, "no file"),
        (fork(&browser, first, &json!({"edits": [{"path": "e.txt", "content": "x"}]})).await, 422, "written anew"),
        (fork(&browser, first, &json!({"unknown": 1})).await, 422, "unknown"),
        (fork(&stranger, first, &json!({})).await, 404, "no such task"),
    ];
    for (answer, status, words) in cases {
        let problem = problem(answer).await;
        assert_eq!(problem.status, status, "{problem}");
        assert!(problem.detail.contains(words), "{problem}");
    }
    let suite = browser.submit("a suite").await;
    assert_eq!(problem(fork(&browser, suite, &json!({})).await).await.status, 409, "no project");
    // While it runs.
    counting.hold();
    let running = started(browser.post("/api/v1/tasks").json(&json!({"kind": "project", "brief": "y"})).send().await.unwrap()).await;
    let refused = problem(fork(&browser, running, &json!({})).await).await;
    assert_eq!((refused.status, refused.detail.contains("Cancel it first")), (409, true), "{refused}");
    counting.release();
    ended(&browser, running).await;
    // The same key starts one.
    let with_key = async || {
        let answer =
            browser.post(&format!("/api/v1/tasks/{first}/fork")).header("idempotency-key", "once").json(&json!({})).send().await.unwrap();
        started(answer).await
    };
    assert_eq!(with_key().await, with_key().await);
    // Nobody else's work is carried over, however the store is asked.
    let input = server.state.store.checkpoints(livegen::protocol::AccountId(first.0), first).await;
    assert!(matches!(input, Err(StoreError::NotFound)));
    server.stop().await;
}

/// The real agents, which verify nothing here.
#[tokio::test]
async fn of_a_real_project_only_the_closure_runs_again() {
    let server = TestServer::builder().generators(vec![std::sync::Arc::new(Project::default())]).spawn().await;
    let browser = server.browser();
    let first = run(&browser, &json!({"kind": "project", "text": MODEL})).await;
    let shown = browser.snapshot(first).await;
    assert_eq!(shown.status, Status::Completed, "{:?}", shown.error);
    let all: Vec<String> = shown.stages.iter().map(|stage| stage.name.clone()).collect();
    let again = async |body: Value| {
        let task = forked(&browser, first, &body).await;
        let shown = browser.snapshot(task).await;
        assert_eq!(shown.status, Status::Completed, "{:?}", shown.error);
        (task, executed(&shown, &browser.log(task).await))
    };
    // Another choice: everything but what is wanted.
    let (optioned, ran) = again(json!({"options": {"docker": false}})).await;
    assert_eq!(ran, all[1..]);
    let paths = |files: Vec<livegen::protocol::FileEntry>| files.into_iter().map(|file| file.path).collect::<Vec<_>>();
    let files = paths(browser.snapshot(optioned).await.files);
    assert!(!files.contains(&"Dockerfile".to_owned()) && files.contains(&"app/main.py".to_owned()), "{files:?}");
    // Another model: everything. The same model in other words: nothing but the end.
    assert_eq!(again(json!({"text": MODEL.replace("title", "name")})).await.1, all);
    let (same, ran) = again(json!({"text": format!("{MODEL}\n\n")})).await;
    assert_eq!(ran, [all.last().unwrap().clone()]);
    // Byte for byte what a run from the beginning makes.
    let (before, now) = (browser.snapshot(first).await.files, browser.snapshot(same).await.files);
    let hashes =
        |files: &[livegen::protocol::FileEntry]| files.iter().map(|file| (file.path.clone(), file.sha256.clone())).collect::<Vec<_>>();
    assert_eq!(hashes(&before), hashes(&now));
    // An edited file: whoever wrote it, and the end.
    let readme = text(&browser, first, "README.md").await;
    let (edited, ran) = again(json!({"edits": [{"path": "README.md", "content": format!("{readme}\nOurs.\n")}]})).await;
    assert_eq!(ran, ["documentation", "review", "verification"]);
    assert!(text(&browser, edited, "README.md").await.ends_with("Ours.\n"));
    server.stop().await;
}
