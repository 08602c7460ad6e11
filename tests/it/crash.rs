//! The real binary, killed in the middle of a run and started again on the same data.
//!
//! What was seen before the kill is in the log afterwards, byte for byte; the run goes on from its last checkpoint; every
//! seq is there once. Also the orderly ways out: SIGTERM, a second server on the same data, a port that is taken.

mod fork;
mod tokens;

use std::{net::TcpListener, path::Path, process::Command};

use livegen::protocol::{Event, EventBody, Status, TaskId, TaskSnapshot};

use crate::{
    harness::{Browser, assert_whole, within},
    process::{self, Process, livegen},
};

const DESCRIPTION: &str = include_str!("../../public/samples/bookshop.yaml");

fn command(data: &Path, port: u16, step_delay_ms: u32) -> Command {
    let mut command = process::serve(data, port);
    command.env("LIVEGEN_QUEUE_STEP_DELAY_MS", step_delay_ms.to_string());
    command
}

fn start(data: &Path, port: u16, step_delay_ms: u32) -> Process {
    Process::start(command(data, port, step_delay_ms))
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn is_generating(event: &Event, endpoint: u32) -> bool {
    matches!(&event.body, EventBody::StatusUpdate(update) if update.current_endpoint == Some(endpoint))
}

async fn resume(browser: &Browser, cookie: &str, task: TaskId, after: usize) -> crate::harness::Live {
    let path = format!("/api/v1/tasks/{task}/live?after={after}");
    let mut live = browser.try_watch(&path, &[("cookie", cookie)]).await.expect("the session outlives the process");
    live.connection().await;
    live
}

#[tokio::test]
async fn killed_at_several_places_the_run_goes_on_and_nothing_is_lost_or_twice() {
    let dir = tempfile::tempdir().unwrap();
    let port = free_port();
    let mut process = start(dir.path(), port, 40);
    let browser = Browser::at(process.address);
    let task = browser.submit(DESCRIPTION).await;
    let cookie = browser.cookie().unwrap();
    let mut seen: Vec<Event> = Vec::new();
    for endpoint in [2, 5] {
        let mut live = resume(&browser, &cookie, task, seen.len()).await;
        seen.extend(live.until(|event| is_generating(event, endpoint)).await);
        process.kill();
        process = start(dir.path(), port, 40);
    }
    let mut live = resume(&browser, &cookie, task, seen.len()).await;
    let (rest, code) = live.rest().await;
    seen.extend(rest);
    assert_eq!(code, 1000);
    assert_whole(task, &seen);
    let stored = Browser::at(process.address).with_cookie(&cookie).log(task).await;
    assert_eq!(seen, stored, "what was seen live is what was stored, across all lives of the server");
    let snapshot = TaskSnapshot::fold(task, &seen);
    assert_eq!((snapshot.status, snapshot.progress), (Status::Completed, 100));
    assert_eq!(snapshot.attempt, 3, "each life of the server is an attempt");
    let parsed = seen.iter().filter(|event| matches!(&event.body, EventBody::StatusUpdate(update) if update.stage.as_deref() == Some("parsing") && update.stage_progress == Some(100))).count();
    assert_eq!(parsed, 1, "the first stage ran once");
    let mut paths: Vec<_> =
        seen.iter().filter_map(|event| if let EventBody::File { path, .. } = &event.body { Some(path) } else { None }).collect();
    let files = paths.len();
    paths.sort();
    paths.dedup();
    assert_eq!(paths.len(), files, "each file was announced once");
}

#[tokio::test]
async fn sigterm_hands_the_task_over_without_using_up_an_attempt() {
    let dir = tempfile::tempdir().unwrap();
    let port = free_port();
    let mut process = start(dir.path(), port, 40);
    let browser = Browser::at(process.address);
    let task = browser.submit(DESCRIPTION).await;
    let cookie = browser.cookie().unwrap();
    let mut live = resume(&browser, &cookie, task, 0).await;
    let mut seen = live.until(|event| is_generating(event, 2)).await;
    process.signal("-TERM");
    let (more, code) = live.rest().await;
    seen.extend(more);
    assert_eq!(code, 4000, "watchers are told to come back");
    let status = within("the process to end", async {
        loop {
            if let Some(status) = process.child.try_wait().unwrap() {
                return status;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert!(status.success(), "{status}");
    let process = start(dir.path(), port, 0);
    let mut live = resume(&browser, &cookie, task, seen.len()).await;
    seen.extend(live.rest().await.0);
    assert_whole(task, &seen);
    assert_eq!(TaskSnapshot::fold(task, &seen).status, Status::Completed);
    drop(process);
}

#[tokio::test]
async fn a_second_server_on_the_same_data_and_a_taken_port_are_refused_in_words() {
    let dir = tempfile::tempdir().unwrap();
    let process = start(dir.path(), 0, 0);
    let other = tempfile::tempdir().unwrap();
    for (data, port, expected) in [(dir.path(), 0, "lock"), (other.path(), process.address.port(), "LIVEGEN_SERVER_ADDR")] {
        let output = command(data, port, 0).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(6), "{said}");
        assert!(said.contains(expected), "{said}");
    }
}

#[tokio::test]
async fn the_command_line_generates_without_a_server_and_says_what_is_wrong() {
    let dir = tempfile::tempdir().unwrap();
    let spec = dir.path().join("bookshop.yaml");
    std::fs::write(&spec, DESCRIPTION).unwrap();
    let livegen = |args: &[&str]| livegen().args(args).current_dir(dir.path()).output().unwrap();
    let first = livegen(&["generate", "test-suite", "bookshop.yaml", "-o", "one.zip", "--json"]);
    assert!(first.status.success(), "{}", String::from_utf8_lossy(&first.stderr));
    let result: serde_json::Value = serde_json::from_slice(&first.stdout).unwrap();
    assert!(result["cases"].as_u64().unwrap() > 20, "{result}");
    assert!(livegen(&["generate", "test-suite", "bookshop.yaml", "-o", "two.zip", "-q"]).status.success());
    let read = |name: &str| std::fs::read(dir.path().join(name)).unwrap();
    assert_eq!(read("one.zip"), read("two.zip"), "the same input gives the same bytes");
    std::fs::write(dir.path().join("bad.yaml"), "openapi: 3.1.0\ninfo: [unclosed\n").unwrap();
    for (args, code, expected) in [
        (["generate", "test-suite", "bad.yaml", "-o", "x.zip"].as_slice(), 5, "Line 2, column"),
        (&["generate", "test-suite", "missing.yaml", "-o", "x.zip"], 6, "missing.yaml"),
        (&["generate", "spaceship"], 2, "spaceship"),
    ] {
        let output = livegen(args);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains(expected), "{said}");
    }
    assert!(!dir.path().join("x.zip").exists());
    let shown = livegen(&["config", "show"]);
    assert!(String::from_utf8_lossy(&shown.stdout).contains("queue.workers = 2"), "{shown:?}");
    let unknown = process::livegen().args(["config", "show"]).env("LIVEGEN_QUEUE_WORKRES", "4").output().unwrap();
    assert_eq!(unknown.status.code(), Some(2));
}
