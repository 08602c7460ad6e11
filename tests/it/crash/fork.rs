//! A project's fork while the server is killed: what was carried over does not run at all, and what was finished not again.

use std::collections::BTreeSet;

use livegen::protocol::{Event, EventBody, Status, TaskId, TaskSnapshot};
use serde_json::{Value, json};

use super::{command, free_port, resume};
use crate::{
    fork::{MODEL, executed, fork, run},
    harness::{Browser, assert_whole},
    process::Process,
};

/// The stage that this event ends.
fn finished(event: &Event) -> Option<&str> {
    match &event.body {
        EventBody::StatusUpdate(update) if update.stage_progress == Some(100) => update.stage.as_deref(),
        _ => None,
    }
}

#[tokio::test]
async fn killed_in_the_middle_of_a_fork_nothing_finished_or_carried_runs_again() {
    let (data, port) = (tempfile::tempdir().unwrap(), free_port());
    let start = || {
        let mut command = command(data.path(), port, 20);
        command.env("LIVEGEN_PROJECT_VERIFY", "false");
        Process::start(command)
    };
    let mut process = start();
    let browser = Browser::at(process.address);
    let first = run(&browser, &json!({"kind": "project", "text": MODEL})).await;
    let cookie = browser.cookie().unwrap();
    let change = json!({"options": {"docker": false}});
    let in_peace = crate::fork::forked(&browser, first, &change).await;
    let expected = executed(&browser.snapshot(in_peace).await, &browser.log(in_peace).await);
    assert!((3..12).contains(&expected.len()), "some are carried over, some run: {expected:?}");

    let started: Value = fork(&browser, first, &change).await.json().await.unwrap();
    let task: TaskId = started["task_id"].as_str().unwrap().parse().unwrap();
    let mut seen: Vec<Event> = Vec::new();
    for enough in [2, expected.len() - 2] {
        let mut live = resume(&browser, &cookie, task, seen.len()).await;
        while seen.iter().filter_map(finished).filter(|stage| expected.iter().any(|name| name == stage)).collect::<BTreeSet<_>>().len()
            < enough
        {
            seen.push(live.next_event().await);
        }
        process.kill();
        process = start();
    }
    let mut live = resume(&browser, &cookie, task, seen.len()).await;
    seen.extend(live.rest().await.0);
    assert_whole(task, &seen);
    let snapshot = TaskSnapshot::fold(task, &seen);
    assert_eq!((snapshot.status, snapshot.attempt, snapshot.retry_of), (Status::Completed, 3, Some(first)));
    assert_eq!(executed(&snapshot, &seen), expected, "the same as when nobody is killed");
    for name in &expected {
        let ends = seen.iter().filter(|event| finished(event) == Some(name.as_str())).count();
        assert_eq!(ends, 1, "{name} was finished once");
    }
    let manifest = async |task: TaskId| crate::fork::text(&browser, task, "MANIFEST.json").await;
    assert_eq!(manifest(task).await, manifest(in_peace).await, "and it comes to the same");
}
