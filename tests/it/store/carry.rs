//! Tasks that begin with what an earlier one has done.

use livegen::{
    protocol::{Kind, Level, Status, TaskSnapshot},
    server::store::{Carry, NewTask, Outcome, Store, StoreError},
};
use serde_json::json;

use super::harness::*;

fn project(number: u8, ms: i64) -> NewTask {
    let mut new = new_task(account(number), ms);
    new.created.kind = Kind::Project;
    new
}

fn carry(from: livegen::protocol::TaskId, stages: &[&str], files: &[&str]) -> Carry {
    let stages = stages.iter().map(|name| ((*name).to_owned(), json!({"a": 1}))).collect();
    Carry { from, stages, files: files.iter().map(|path| (*path).to_owned()).collect(), note: "Carried over".into() }
}

/// A project of account 1 that has ended, with two stages and two files.
async fn ended(store: &dyn Store) -> livegen::protocol::TaskId {
    store.submit(project(1, 0)).await.unwrap();
    let lease = claim(store, 0).await.lease;
    store.put_file(lease, at(1), file("a.txt", "A")).await.unwrap();
    store.put_file(lease, at(2), file("b.txt", "BB")).await.unwrap();
    store.finish_stage(lease, at(3), "parsing", &json!({"a": 1}), vec![]).await.unwrap();
    store.finish_stage(lease, at(4), "generating", &json!([2]), vec![]).await.unwrap();
    store.finish(lease, at(5), completed()).await.unwrap();
    lease.task_id
}

pub async fn a_new_task_begins_with_what_is_carried_over(house: House) {
    let store = house.open().await;
    let from = ended(&*store).await;
    assert_eq!(
        store.checkpoints(account(1), from).await.unwrap(),
        [("parsing".into(), json!({"a": 1})), ("generating".into(), json!([2]))]
    );
    let new = project(1, 100);
    let submitted = store.submit_with(new.clone(), carry(from, &["parsing", "none"], &["a.txt", "none.txt"])).await.unwrap();
    let events = all_events(&*store, new.task_id).await;
    assert_eq!(submitted.events, events, "what is told is what is stored");
    let snapshot = TaskSnapshot::fold(new.task_id, &events);
    let summary = store.summary(account(1), new.task_id).await.unwrap();
    assert_eq!((snapshot.status, snapshot.progress, snapshot.seq), (Status::Queued, 10, summary.seq));
    assert_eq!((summary.status, summary.progress, &summary.message), (Status::Queued, 10, &snapshot.message));
    assert_eq!((snapshot.log[0].message.as_str(), snapshot.log[0].level), ("Carried over", Level::Info));
    assert_eq!(snapshot.files, store.files(new.task_id).await.unwrap());
    assert_eq!(store.file(new.task_id, "a.txt").await.unwrap().unwrap().content, b"A");
    let claim = claim(&*store, 100).await;
    assert_eq!((claim.lease.task_id, claim.progress, claim.checkpoints), (new.task_id, 10, vec![("parsing".into(), json!({"a": 1}))]));
    // The files count: the same again is nothing new, and the bounds know them.
    assert_eq!(store.put_file(claim.lease, at(101), file("a.txt", "A")).await.unwrap(), None);
    store.finish(claim.lease, at(102), Outcome::Cancelled { message: "Cancelled".into() }).await.unwrap();
    // The one that it came from is as it was.
    assert_eq!(store.files(from).await.unwrap().len(), 2);
    assert_eq!(store.checkpoints(account(1), from).await.unwrap().len(), 2);
}

pub async fn nothing_is_carried_over_of_what_is_not_ended_or_not_one_s_own(house: House) {
    let store = house.open().await;
    let from = ended(&*store).await;
    refused!(store.submit_with(project(2, 10), carry(from, &["parsing"], &["a.txt"])).await, StoreError::NotFound);
    refused!(store.checkpoints(account(2), from).await, StoreError::NotFound);
    refused!(store.submit_with(project(1, 11), carry(next_id(11), &[], &[])).await, StoreError::NotFound);
    let running = store.submit(project(1, 12)).await.unwrap().task_id;
    refused!(store.submit_with(project(1, 13), carry(running, &[], &[])).await, StoreError::Refused { .. });
    let many: Vec<String> = (0..3_000).map(|number| number.to_string()).collect();
    let too_many = Carry { files: many, ..carry(from, &[], &[]) };
    refused!(store.submit_with(project(1, 14), too_many).await, StoreError::Limit { .. });
    // Of all these no task is left.
    assert_eq!(store.list(account(2), &livegen::protocol::TaskFilter::default()).await.unwrap().tasks.len(), 0);
    assert_eq!(store.list(account(1), &livegen::protocol::TaskFilter::default()).await.unwrap().tasks.len(), 2);
    // A key that is used names the task that is there, which gets nothing twice.
    let keyed = |ms| NewTask { idempotency_key: Some("k".into()), ..project(1, ms) };
    let first = store.submit_with(keyed(20), carry(from, &["parsing"], &["a.txt"])).await.unwrap();
    let log = all_events(&*store, first.task_id).await;
    let again = store.submit_with(keyed(21), carry(from, &["parsing"], &["a.txt"])).await.unwrap();
    assert_eq!((again.task_id, again.events.len()), (first.task_id, 0));
    assert_eq!(all_events(&*store, first.task_id).await, log);
}

pub async fn other_kinds_keep_no_checkpoints(house: House) {
    let store = house.open().await;
    let lease = running(&*store, account(1), 0).await;
    store.finish_stage(lease, at(1), "parsing", &json!(1), vec![]).await.unwrap();
    store.finish(lease, at(2), completed()).await.unwrap();
    assert_eq!(store.checkpoints(account(1), lease.task_id).await.unwrap(), []);
}
