//! Cancelling in every state, and what wins over what.

use livegen::{
    protocol::{CancelPhase, Status, TaskSnapshot},
    server::store::{CancelAnswer, Outcome, StoreError},
};

use super::harness::*;

pub async fn a_waiting_task_is_cancelled_at_once(house: House) {
    let store = house.open().await;
    let task_id = submit(&*store, account(1), 0).await;
    let CancelAnswer::Cancelled(event) = store.request_cancel(account(1), task_id, at(5)).await.unwrap() else { panic!() };
    assert_eq!((event.seq, completion(&event)), (2, (Status::Cancelled, "Cancelled before it started")));
    assert_eq!(store.request_cancel(account(1), task_id, at(6)).await.unwrap(), CancelAnswer::Ended(Status::Cancelled));
    assert_eq!(store.next_due().await.unwrap(), None);
    claim_nothing(&*store, 10).await;
    let summary = store.summary(account(1), task_id).await.unwrap();
    assert_eq!((summary.status, summary.started_at, summary.finished_at), (Status::Cancelled, None, Some(at(5))));
    assert_eq!(all_events(&*store, task_id).await.len(), 2);
}

pub async fn a_running_one_is_asked(house: House) {
    let store = house.open().await;
    let lease = running(&*store, account(1), 0).await;
    store.append(lease, at(1), vec![step(30, "Working")]).await.unwrap();
    let CancelAnswer::Requested(event) = store.request_cancel(account(1), lease.task_id, at(2)).await.unwrap() else { panic!() };
    assert_eq!(
        (update(&event).status, update(&event).cancel, update(&event).progress),
        (Status::Running, Some(CancelPhase::Requested), 30)
    );
    // The worker may still say something, then acknowledges and stops.
    store.append(lease, at(3), vec![step(31, "Stopping")]).await.unwrap();
    let last = store.finish(lease, at(4), Outcome::Cancelled { message: "Cancelled by you".into() }).await.unwrap();
    assert_eq!(completion(&last), (Status::Cancelled, "Cancelled by you"));
    let events = all_events(&*store, lease.task_id).await;
    let snapshot = TaskSnapshot::fold(lease.task_id, &events);
    assert_eq!((snapshot.status, snapshot.cancel, snapshot.progress), (Status::Cancelled, Some(CancelPhase::Requested), 31));
}

pub async fn asking_twice_changes_nothing(house: House) {
    let store = house.open().await;
    let lease = running(&*store, account(1), 0).await;
    let answers = futures::future::join_all((0..10).map(|_| store.request_cancel(account(1), lease.task_id, at(1)))).await;
    let requested = answers.iter().filter(|answer| matches!(answer, Ok(CancelAnswer::Requested(_)))).count();
    let again = answers.iter().filter(|answer| matches!(answer, Ok(CancelAnswer::AlreadyRequested))).count();
    assert_eq!((requested, again), (1, 9));
    assert_eq!(store.head_seq(lease.task_id).await.unwrap(), 3);
}

pub async fn completion_wins_over_a_request(house: House) {
    let store = house.open().await;
    let lease = running(&*store, account(1), 0).await;
    store.request_cancel(account(1), lease.task_id, at(1)).await.unwrap();
    let last = store.finish(lease, at(2), completed()).await.unwrap();
    assert_eq!(completion(&last).0, Status::Completed);
    assert!(store.artifact(lease.task_id).await.unwrap().is_some());
}

pub async fn retry_release_and_rescue_become_cancelled(house: House) {
    let store = house.open().await;
    let outcomes =
        [Some(Outcome::Retry { run_at: at(9), message: "again".into() }), Some(Outcome::Released { message: "stopping".into() }), None];
    for outcome in outcomes {
        let lease = running(&*store, account(1), 0).await;
        store.request_cancel(account(1), lease.task_id, at(1)).await.unwrap();
        let last = match outcome {
            Some(outcome) => store.finish(lease, at(2), outcome).await.unwrap(),
            None => store.rescue(at(LEASE_MS + 1), 3).await.unwrap().events.remove(0),
        };
        assert_eq!(completion(&last).0, Status::Cancelled);
        claim_nothing(&*store, 100_000).await;
    }
}

pub async fn a_strangers_task_does_not_exist(house: House) {
    let store = house.open().await;
    let task_id = submit(&*store, account(1), 0).await;
    for (who, which) in [(account(2), task_id), (account(1), next_id(0))] {
        refused!(store.request_cancel(who, which, at(1)).await, StoreError::NotFound);
        refused!(store.summary(who, which).await, StoreError::NotFound);
        refused!(store.input(who, which).await, StoreError::NotFound);
    }
    assert!(store.list(account(2), &livegen::protocol::TaskFilter::default()).await.unwrap().tasks.is_empty());
    assert_eq!(store.head_seq(task_id).await.unwrap(), 1);
}
