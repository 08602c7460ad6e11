//! The life of a task: retry, cancel, stop and resume, told through the log that people see.

use livegen::{
    protocol::{CancelPhase, Event, EventBody, Problem, Status},
    server::generate::StageError,
};
use reqwest::StatusCode;

use crate::harness::{ALL_STEPS, STEPS, Scripted, TestServer, assert_whole};

fn statuses(log: &[Event]) -> Vec<Status> {
    let mut statuses: Vec<_> = log
        .iter()
        .filter_map(|event| match &event.body {
            EventBody::StatusUpdate(update) => Some(update.status),
            EventBody::Completion { status, .. } => Some(*status),
            _ => None,
        })
        .collect();
    statuses.dedup();
    statuses
}

#[tokio::test]
async fn a_stage_that_says_retry_is_tried_again_from_its_checkpoint() {
    let script = Scripted::new();
    script.fail_next("generating", StageError::Retry("the model was busy".into()));
    script.fail_next("generating", StageError::Retry("the model was busy".into()));
    script.allow(ALL_STEPS);
    let server = TestServer::builder().generator(&script).spawn().await;
    let browser = server.browser();
    let task = browser.submit("retry").await;
    let (log, _) = browser.watch(task, Some(0)).await.rest().await;
    assert_whole(task, &log);
    assert_eq!(
        statuses(&log),
        [Status::Queued, Status::Running, Status::Queued, Status::Running, Status::Queued, Status::Running, Status::Completed]
    );
    assert_eq!(*script.begun.lock().unwrap(), ["parsing", "generating", "generating", "generating", "zipping"], "parsing was not repeated");
    assert_eq!(browser.snapshot(task).await.attempt, 3);
    server.stop().await;
}

#[tokio::test]
async fn retries_are_used_up_and_other_errors_have_none() {
    let script = Scripted::new();
    for _ in 0..3 {
        script.fail_next("parsing", StageError::Retry("no luck".into()));
    }
    let server = TestServer::builder().generator(&script).spawn().await;
    let browser = server.browser();
    let task = browser.submit("unlucky").await;
    let (log, _) = browser.watch(task, Some(0)).await.rest().await;
    assert_whole(task, &log);
    let shown = browser.snapshot(task).await;
    assert_eq!((shown.status, shown.attempt), (Status::Failed, 3));
    assert_eq!(shown.error.unwrap().slug(), "retries-used-up");

    script.fail_next("parsing", StageError::Fail(Problem::invalid("description", "It is wrong for good.")));
    let task = browser.submit("wrong").await;
    browser.watch(task, Some(0)).await.rest().await;
    let shown = browser.snapshot(task).await;
    assert_eq!((shown.status, shown.attempt, shown.progress), (Status::Failed, 1, 0));
    assert_eq!(shown.error.unwrap().errors[0].field, "description");
    let answer = browser.get(&format!("/api/v1/tasks/{task}/artifact")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CONFLICT);

    script.allow(ALL_STEPS);
    let answer = browser.post(&format!("/api/v1/tasks/{task}/retry")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    let again: serde_json::Value = answer.json().await.unwrap();
    let again = again["task_id"].as_str().unwrap().parse().unwrap();
    browser.watch(again, Some(0)).await.rest().await;
    let shown = browser.snapshot(again).await;
    assert_eq!((shown.status, shown.retry_of), (Status::Completed, Some(task)));
    server.stop().await;
}

#[tokio::test]
async fn cancelling_is_told_in_three_phases_and_nothing_follows() {
    let script = Scripted::new();
    script.allow(STEPS + 1);
    let server = TestServer::builder().generator(&script).spawn().await;
    let browser = server.browser();
    let task = browser.submit("cancel me").await;
    let mut live = browser.watch(task, Some(0)).await;
    live.connection().await;
    live.until(|event| matches!(&event.body, EventBody::StatusUpdate(update) if update.message == "generating 1/5")).await;
    for _ in 0..2 {
        // Asking twice is fine.
        assert_eq!(browser.post(&format!("/api/v1/tasks/{task}/cancel")).send().await.unwrap().status(), StatusCode::ACCEPTED);
    }
    // The stage gets to its next report, and stops there.
    script.allow(ALL_STEPS);
    live.rest().await;
    let log = browser.log(task).await;
    assert_whole(task, &log);
    let phases: Vec<_> =
        log.iter().filter_map(|event| if let EventBody::StatusUpdate(update) = &event.body { update.cancel } else { None }).collect();
    assert_eq!(phases, [CancelPhase::Requested, CancelPhase::Acknowledged]);
    assert!(matches!(log.last().unwrap().body, EventBody::Completion { status: Status::Cancelled, .. }));
    let answer = browser.post(&format!("/api/v1/tasks/{task}/cancel")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CONFLICT, "there is nothing to cancel any more");
    server.stop().await;
}

#[tokio::test]
async fn a_queued_task_is_cancelled_at_once() {
    let script = Scripted::new();
    let server = TestServer::builder().generator(&script).settings(|settings| settings.queue.workers = 1).spawn().await;
    let browser = server.browser();
    let _busy = browser.submit("busy").await;
    let task = browser.submit("waiting").await;
    browser.post(&format!("/api/v1/tasks/{task}/cancel")).send().await.unwrap().error_for_status().unwrap();
    let log = browser.log(task).await;
    assert_whole(task, &log);
    assert_eq!(statuses(&log), [Status::Queued, Status::Cancelled]);
    server.stop().await;
}

#[tokio::test]
async fn a_stopped_server_hands_its_tasks_to_the_next_one() {
    let script = Scripted::new();
    script.allow(STEPS + 2);
    let server = TestServer::builder().generator(&script).spawn().await;
    let browser = server.browser();
    let task = browser.submit("survivor").await;
    let mut live = browser.watch(task, Some(0)).await;
    live.connection().await;
    let seen = live.until(|event| matches!(&event.body, EventBody::StatusUpdate(update) if update.message == "generating 2/5")).await;
    let cookie = browser.cookie().unwrap();
    let data = server.stop().await;

    let server = TestServer::builder().generator(&script).data(data).spawn().await;
    let browser = server.browser();
    let path = format!("/api/v1/tasks/{task}/live?after={}", seen.len());
    let mut live = browser.try_watch(&path, &[("cookie", &cookie)]).await.expect("the session outlives the process");
    script.allow(ALL_STEPS);
    let (rest, code) = live.rest().await;
    let log: Vec<_> = seen.into_iter().chain(rest).collect();
    assert_whole(task, &log);
    assert_eq!(code, 1000);
    assert_eq!(*script.begun.lock().unwrap(), ["parsing", "generating", "generating", "zipping"], "parsing was not repeated");
    let snapshot = livegen::protocol::TaskSnapshot::fold(task, &log);
    assert_eq!((snapshot.status, snapshot.attempt), (Status::Completed, 2));
    server.stop().await;
}

#[tokio::test]
async fn a_generator_that_panics_fails_its_task_and_nothing_else() {
    struct Panicking;
    #[async_trait::async_trait]
    impl livegen::server::generate::Generator for Panicking {
        fn kind(&self) -> livegen::protocol::Kind {
            livegen::protocol::Kind::TestSuite
        }
        fn stages(&self) -> Vec<livegen::protocol::StagePlan> {
            vec![livegen::protocol::StagePlan::new("only", "Only", 100)]
        }
        fn completed_message(&self) -> String {
            "never".into()
        }
        fn inspect(&self, _: &livegen::protocol::TaskInput) -> Result<livegen::protocol::Inspected, Problem> {
            Ok(livegen::protocol::Inspected { title: "t".into(), source: "s".into() })
        }
        async fn run_stage(
            &self,
            _: &str,
            _: &livegen::server::generate::Work,
            _: &dyn livegen::server::generate::StageContext,
        ) -> Result<serde_json::Value, StageError> {
            panic!("a generator's bug")
        }
    }
    let server = TestServer::builder().generators(vec![std::sync::Arc::new(Panicking)]).spawn().await;
    let browser = server.browser();
    let task = browser.submit("boom").await;
    let (log, _) = browser.watch(task, Some(0)).await.rest().await;
    assert_whole(task, &log);
    let shown = browser.snapshot(task).await;
    assert_eq!(shown.status, Status::Failed);
    assert_eq!(shown.error.unwrap(), Problem::internal(), "the cause stays in the server's log");
    server.stop().await;
}
