//! A task's life from submit to download, with retries, releases and reopened databases.

use livegen::{
    protocol::{Problem, Status, TaskSnapshot},
    server::store::{CancelAnswer, Outcome, StoreError},
};
use serde_json::{Value, json};

use super::harness::*;

pub async fn a_task_from_submit_to_download(house: House) {
    let store = house.open().await;
    let owner = account(1);
    let new = new_task(owner, 0);
    let task_id = new.task_id;
    let submitted = store.submit(new.clone()).await.unwrap();
    let first = submitted.events.into_iter().next().expect("event 1");
    assert_eq!((first.seq, first.timestamp, update(&first).status), (1, at(0), Status::Queued));
    assert_eq!(update(&first).created.as_ref(), Some(&new.created));

    let summary = store.summary(owner, task_id).await.unwrap();
    assert_eq!((summary.status, summary.seq, summary.progress, summary.attempt), (Status::Queued, 1, 0, 0));
    assert_eq!((summary.title.as_str(), summary.created_at, summary.started_at), (new.created.title.as_str(), at(0), None));
    assert_eq!(store.input(owner, task_id).await.unwrap(), new.input);
    assert_eq!(store.next_due().await.unwrap(), Some(at(0)));

    let claim = claim(&*store, 1000).await;
    assert_eq!((claim.lease.task_id, claim.lease.attempt, claim.account_id, claim.failures), (task_id, 1, owner, 0));
    assert_eq!((&claim.input, claim.created_at, claim.progress, claim.checkpoints.as_slice()), (&new.input, at(0), 0, [].as_slice()));
    assert_eq!((update(&claim.event).status, update(&claim.event).attempt, claim.event.seq), (Status::Running, 1, 2));
    assert_eq!(store.next_due().await.unwrap(), None);

    let stepped = store.append(claim.lease, at(2000), vec![step(40, "Generating 1/5"), log("GET /pets")]).await.unwrap();
    assert_eq!(stepped.iter().map(|event| event.seq).collect::<Vec<_>>(), [3, 4]);
    let stored = store.put_file(claim.lease, at(2100), file("tests/test_pets.py", "import httpx")).await.unwrap().expect("an event");
    let staged = store.finish_stage(claim.lease, at(2200), "generating", &json!({"files": 1}), vec![step(90, "Generated")]).await.unwrap();
    let last = store.finish(claim.lease, at(3000), completed()).await.unwrap();
    assert_eq!((last.seq, completion(&last)), (7, (Status::Completed, "Done")));

    let expect = [first, claim.event.clone()].into_iter().chain(stepped).chain([stored]).chain(staged).chain([last]).collect::<Vec<_>>();
    let events = all_events(&*store, task_id).await;
    assert_eq!(events, expect);
    let snapshot = TaskSnapshot::fold(task_id, &events);
    let summary = store.summary(owner, task_id).await.unwrap();
    assert_eq!((summary.status, summary.progress, summary.seq, summary.message.as_str()), (Status::Completed, 100, 7, "Done"));
    assert_eq!((summary.started_at, summary.finished_at), (Some(at(1000)), Some(at(3000))));
    assert_eq!(
        (snapshot.status, snapshot.progress, snapshot.started_at, snapshot.files.as_slice()),
        (summary.status, 100, summary.started_at, store.files(task_id).await.unwrap().as_slice())
    );
    assert_eq!(snapshot.result, Some(json!({"cases": 42})));

    assert_eq!(store.file(task_id, "tests/test_pets.py").await.unwrap().unwrap().content, b"import httpx");
    assert_eq!(store.file(task_id, "tests/none.py").await.unwrap(), None);
    assert_eq!(store.artifact(task_id).await.unwrap().unwrap().content, [0, 159, 146, 150]);
    refused!(store.finish(claim.lease, at(4000), completed()).await, StoreError::StaleAttempt);
    refused!(store.append(claim.lease, at(4000), vec![log("late")]).await, StoreError::StaleAttempt);
    claim_nothing(&*store, 5000).await;
}

pub async fn what_was_acknowledged_is_there_after_reopening(house: House) {
    let store = house.open().await;
    let lease = running(&*store, account(1), 0).await;
    store.append(lease, at(1), vec![step(20, "Twenty")]).await.unwrap();
    store.put_file(lease, at(2), file("a.txt", "content")).await.unwrap();
    store.finish_stage(lease, at(3), "parsing", &json!([1, 2]), vec![log("parsed")]).await.unwrap();
    let before = all_events(&*store, lease.task_id).await;
    store.close().await;
    refused!(store.append(lease, at(4), vec![log("after close")]).await, StoreError::Database(_));
    refused!(store.summary(account(1), lease.task_id).await, StoreError::Database(_));

    let store = house.open().await;
    assert_eq!(all_events(&*store, lease.task_id).await, before);
    assert_eq!(store.file(lease.task_id, "a.txt").await.unwrap().unwrap().content, b"content");
    // The attempt is still the present one: nobody rescued it yet.
    store.append(lease, at(5), vec![step(30, "Thirty")]).await.unwrap();
    assert_eq!(store.summary(account(1), lease.task_id).await.unwrap().progress, 30);
    store.close().await;
    house.open().await.check().await.unwrap();
}

pub async fn a_retry_counts_and_waits(house: House) {
    let store = house.open().await;
    let lease = running(&*store, account(1), 0).await;
    store.append(lease, at(1), vec![step(55, "Half")]).await.unwrap();
    let event = store.finish(lease, at(100), Outcome::Retry { run_at: at(30_000), message: "Will try again".into() }).await.unwrap();
    assert_eq!((update(&event).status, update(&event).run_at, update(&event).progress), (Status::Queued, Some(at(30_000)), 55));
    assert_eq!(store.next_due().await.unwrap(), Some(at(30_000)));
    claim_nothing(&*store, 29_999).await;
    let summary = store.summary(account(1), lease.task_id).await.unwrap();
    assert_eq!((summary.status, summary.progress, summary.message.as_str()), (Status::Queued, 55, "Will try again"));

    let second = claim(&*store, 30_000).await;
    assert_eq!((second.lease.attempt, second.failures, second.progress), (2, 1, 55));
    assert_eq!(update(&second.event).message, "Attempt 2 started");
    refused!(store.append(lease, at(30_001), vec![log("zombie")]).await, StoreError::StaleAttempt);
    let last =
        store.finish(second.lease, at(31_000), Outcome::Failed { problem: Problem::unavailable("The model is gone.") }).await.unwrap();
    assert_eq!(completion(&last), (Status::Failed, "The model is gone."));
    let summary = store.summary(account(1), lease.task_id).await.unwrap();
    assert_eq!((summary.status, summary.progress, summary.attempt), (Status::Failed, 55, 2));
    assert_eq!((summary.started_at, summary.finished_at), (Some(at(0)), Some(at(31_000))));
}

pub async fn a_release_does_not_count(house: House) {
    let store = house.open().await;
    let mut lease = running(&*store, account(1), 0).await;
    for round in 2..6 {
        let event = store.finish(lease, at(round * 100), Outcome::Released { message: "The server is stopping".into() }).await.unwrap();
        assert_eq!((update(&event).status, update(&event).run_at), (Status::Queued, Some(at(round * 100))));
        let next = claim(&*store, round * 100).await;
        assert_eq!((i64::from(next.lease.attempt), next.failures), (round, 0));
        lease = next.lease;
    }
}

pub async fn checkpoints_survive_attempts(house: House) {
    let store = house.open().await;
    let lease = running(&*store, account(1), 0).await;
    let deep: Value = json!({"text": "ü\u{0}\n\"", "numbers": [1, -2.5, u64::MAX], "nothing": null});
    store.finish_stage(lease, at(1), "zipping", &json!("first although last in the plan"), vec![]).await.unwrap();
    store.finish_stage(lease, at(2), "parsing", &json!(1), vec![step(10, "Parsed")]).await.unwrap();
    // The same stage again replaces its output and keeps its place.
    store.finish_stage(lease, at(3), "zipping", &deep, vec![]).await.unwrap();
    store.finish(lease, at(4), Outcome::Retry { run_at: at(4), message: "again".into() }).await.unwrap();
    let expect = vec![("zipping".to_owned(), deep), ("parsing".to_owned(), json!(1))];
    let second = claim(&*store, 4).await;
    assert_eq!(second.checkpoints, expect);
    assert_eq!(update(&second.event).message, "Attempt 2 started, continuing after stage Parsing");
    refused!(store.finish_stage(lease, at(5), "generating", &json!(0), vec![]).await, StoreError::StaleAttempt);
    store.rescue_all(at(6), 9).await.unwrap();
    assert_eq!(claim(&*store, 6).await.checkpoints, expect);
}

pub async fn an_outcome_too_large_is_refused_and_can_be_mended(house: House) {
    let store = house.open().await;
    let lease = running(&*store, account(1), 0).await;
    let result = json!({"text": "x".repeat(70_000)});
    refused!(
        store.finish(lease, at(1), Outcome::Completed { message: "Done".into(), result, artifact: None, tokens: 0 }).await,
        StoreError::Limit { .. }
    );
    assert_eq!(store.summary(account(1), lease.task_id).await.unwrap().status, Status::Running);
    let mut problem = Problem::invalid("description", "y".repeat(200_000));
    problem.errors = vec![problem.errors[0].clone(); 300];
    let last = store.finish(lease, at(2), Outcome::Failed { problem }).await.unwrap();
    assert_eq!((last.seq, completion(&last).0), (3, Status::Failed));
    assert_eq!(store.request_cancel(account(1), lease.task_id, at(3)).await.unwrap(), CancelAnswer::Ended(Status::Failed));
}

pub async fn secrets_are_made_once(house: House) {
    let store = house.open().await;
    assert_eq!(store.secret("cookie", b"first").await.unwrap(), b"first");
    assert_eq!(store.secret("cookie", b"second").await.unwrap(), b"first");
    assert_eq!(store.secret("ticket", b"third").await.unwrap(), b"third");
    store.close().await;
    assert_eq!(house.open().await.secret("cookie", b"fourth").await.unwrap(), b"first");
}

pub async fn the_house_is_well_until_closed(house: House) {
    let store = house.open().await;
    store.check().await.unwrap();
    store.check().await.unwrap();
    store.close().await;
    store.close().await;
    refused!(store.check().await, StoreError::Database(_));
}
