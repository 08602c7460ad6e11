//! Claim, lease, fence, rescue.

use livegen::{
    protocol::{EventBody, Status},
    server::store::{CancelAnswer, Lease, Outcome, StoreError},
};
use serde_json::json;

use super::harness::*;

pub async fn nothing_is_claimed_before_it_is_due(house: House) {
    let store = house.open().await;
    claim_nothing(&*store, 0).await;
    assert_eq!(store.next_due().await.unwrap(), None);
    let later = submit(&*store, account(1), 5000).await;
    let sooner = submit(&*store, account(2), 3000).await;
    assert_eq!(store.next_due().await.unwrap(), Some(at(3000)));
    claim_nothing(&*store, 2999).await;
    assert_eq!(claim(&*store, 3000).await.lease.task_id, sooner);
    claim_nothing(&*store, 4999).await;
    assert_eq!(claim(&*store, 9000).await.lease.task_id, later);
}

pub async fn oldest_first_within_an_account(house: House) {
    let store = house.open().await;
    let mut expect = Vec::new();
    for ms in 0..5 {
        expect.push(submit(&*store, account(1), ms / 2).await);
    }
    for task_id in expect {
        assert_eq!(claim(&*store, 100).await.lease.task_id, task_id);
    }
    claim_nothing(&*store, 100).await;
}

pub async fn the_least_busy_account_goes_first(house: House) {
    let store = house.open().await;
    let (greedy, modest, late) = (account(1), account(2), account(3));
    for ms in 0..6 {
        submit(&*store, greedy, ms).await;
    }
    submit(&*store, modest, 10).await;
    submit(&*store, modest, 11).await;
    let mut order = Vec::new();
    let mut leases = Vec::new();
    for turn in 0..9 {
        if turn == 5 {
            submit(&*store, late, 20).await;
        }
        let claim = claim(&*store, 100).await;
        order.push(claim.account_id);
        leases.push(claim.lease);
    }
    assert_eq!(order, [greedy, modest, greedy, modest, greedy, late, greedy, greedy, greedy]);
    // Somebody whose tasks have ended is not busy any more.
    for lease in &leases {
        store.finish(*lease, at(200), completed()).await.unwrap();
    }
    submit(&*store, modest, 300).await;
    submit(&*store, greedy, 301).await;
    assert_eq!(claim(&*store, 400).await.account_id, modest);
}

pub async fn a_stale_attempt_changes_nothing(house: House) {
    let store = house.open().await;
    let zombie = running(&*store, account(1), 0).await;
    store.append(zombie, at(1), vec![step(10, "alive")]).await.unwrap();
    store.rescue(at(LEASE_MS + 1), 3).await.unwrap();
    let between = all_events(&*store, zombie.task_id).await;
    let heir = |attempt| Lease { task_id: zombie.task_id, attempt };
    // Queued again, running again, ended: in none of them may the old attempt write.
    for phase in 0..3 {
        if phase == 1 {
            assert_eq!(claim(&*store, 40_000).await.lease, heir(2));
        } else if phase == 2 {
            store.finish(heir(2), at(41_000), completed()).await.unwrap();
        }
        let head = store.head_seq(zombie.task_id).await.unwrap();
        refused!(store.heartbeat(zombie, at(50_000), LEASE_MS).await, StoreError::StaleAttempt);
        refused!(store.append(zombie, at(50_000), vec![log("zombie")]).await, StoreError::StaleAttempt);
        refused!(store.append(zombie, at(50_000), vec![]).await, StoreError::StaleAttempt);
        refused!(store.put_file(zombie, at(50_000), file("zombie.txt", "z")).await, StoreError::StaleAttempt);
        refused!(store.finish_stage(zombie, at(50_000), "parsing", &json!("z"), vec![]).await, StoreError::StaleAttempt);
        refused!(store.finish(zombie, at(50_000), completed()).await, StoreError::StaleAttempt);
        refused!(store.append(heir(3), at(50_000), vec![log("from the future")]).await, StoreError::StaleAttempt);
        assert_eq!(store.head_seq(zombie.task_id).await.unwrap(), head);
    }
    assert_eq!(store.files(zombie.task_id).await.unwrap(), []);
    assert_eq!(all_events(&*store, zombie.task_id).await[..between.len()], between);
    refused!(store.append(Lease { task_id: next_id(0), attempt: 1 }, at(0), vec![log("nowhere")]).await, StoreError::NotFound);
}

pub async fn heartbeats_extend_leases(house: House) {
    let store = house.open().await;
    let lease = running(&*store, account(1), 0).await;
    assert!(!store.heartbeat(lease, at(20_000), LEASE_MS).await.unwrap().cancel_requested);
    // One that was delayed on its way shortens nothing.
    store.heartbeat(lease, at(5_000), LEASE_MS).await.unwrap();
    assert_eq!(store.rescue(at(50_000), 3).await.unwrap().events, []);
    assert!(matches!(store.request_cancel(account(1), lease.task_id, at(1)).await.unwrap(), CancelAnswer::Requested(_)));
    assert!(store.heartbeat(lease, at(21_000), LEASE_MS).await.unwrap().cancel_requested);
    assert_eq!(store.rescue(at(51_001), 3).await.unwrap().events.len(), 1);
}

pub async fn dead_workers_tasks_are_rescued(house: House) {
    let store = house.open().await;
    let lease = running(&*store, account(1), 0).await;
    store.finish_stage(lease, at(1), "parsing", &json!({"ok": true}), vec![step(10, "Parsed")]).await.unwrap();
    assert_eq!(store.rescue(at(LEASE_MS), 2).await.unwrap().events, []);
    let events = store.rescue(at(LEASE_MS + 1), 2).await.unwrap().events;
    assert_eq!(events.len(), 1);
    let told = update(&events[0]);
    assert_eq!((told.status, told.progress, told.run_at), (Status::Queued, 10, Some(at(LEASE_MS + 1))));
    assert_eq!(store.rescue(at(LEASE_MS + 2), 2).await.unwrap().events, []);
    let second = claim(&*store, LEASE_MS + 1).await;
    assert_eq!((second.lease.attempt, second.failures, second.checkpoints.len()), (2, 1, 1));
    assert_eq!(second.event.seq, events[0].seq + 1);
}

pub async fn too_many_deaths_fail_for_good(house: House) {
    let store = house.open().await;
    let task_id = submit(&*store, account(1), 0).await;
    for death in 1..=3 {
        claim(&*store, death * 100_000).await;
        let events = store.rescue(at(death * 100_000 + LEASE_MS + 1), 2).await.unwrap().events;
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].body.is_terminal(), death == 3, "{events:?}");
    }
    let events = all_events(&*store, task_id).await;
    let EventBody::Completion { status, error: Some(problem), .. } = &events[events.len() - 1].body else { panic!("{events:?}") };
    assert_eq!((*status, problem.slug()), (Status::Failed, "worker-died"));
    assert!(problem.detail.contains("3 times"), "{}", problem.detail);
    claim_nothing(&*store, 900_000).await;
}

pub async fn rescue_takes_a_hundred_at_a_time(house: House) {
    let store = house.open_with(1000).await;
    for _ in 0..150 {
        submit(&*store, account(1), 0).await;
        claim(&*store, 0).await;
    }
    let first = store.rescue(at(60_000), 3).await.unwrap().events;
    let second = store.rescue(at(60_000), 3).await.unwrap().events;
    assert_eq!((first.len(), second.len()), (100, 50));
    assert_eq!(store.rescue(at(60_000), 3).await.unwrap().events, []);
}

pub async fn a_restart_rescues_everything(house: House) {
    let store = house.open_with(1000).await;
    for _ in 0..130 {
        submit(&*store, account(1), 0).await;
        claim(&*store, 0).await;
    }
    let waiting = submit(&*store, account(1), 0).await;
    store.close().await;
    let store = house.open_with(1000).await;
    assert_eq!(store.rescue_all(at(1), 3).await.unwrap().events.len(), 130);
    assert_eq!(store.rescue_all(at(2), 3).await.unwrap().events, []);
    assert_eq!(store.head_seq(waiting).await.unwrap(), 1);
    // A released task's turn comes at once; nothing of it is lost.
    let next = claim(&*store, 3).await;
    assert_eq!(next.lease.task_id, waiting);
    store.finish(next.lease, at(4), Outcome::Cancelled { message: "Enough".into() }).await.unwrap();
}
