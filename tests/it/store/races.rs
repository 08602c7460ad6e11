//! Many callers at once.

use std::collections::BTreeSet;

use futures::{FutureExt, future::join_all};
use livegen::{
    protocol::{Applied, TaskFilter, TaskSnapshot},
    server::store::{Outcome, StoreError},
};

use super::harness::*;

pub async fn a_hundred_callers_with_one_key_make_one_task(house: House) {
    let store = house.open().await;
    let calls = (0..100).map(|_| {
        let store = store.clone();
        let mut new = new_task(account(1), 0);
        new.idempotency_key = Some("one".into());
        tokio::spawn(async move { store.submit(new).await.unwrap() })
    });
    let answers = join_all(calls).await.into_iter().map(Result::unwrap).collect::<Vec<_>>();
    assert_eq!(answers.iter().filter(|answer| !answer.events.is_empty()).count(), 1);
    assert_eq!(answers.iter().map(|answer| answer.task_id).collect::<BTreeSet<_>>().len(), 1);
    assert_eq!(store.list(account(1), &TaskFilter::default()).await.unwrap().tasks.len(), 1);
}

pub async fn many_appenders_leave_no_gap(house: House) {
    let store = house.open().await;
    let mut leases = Vec::new();
    for number in 0..20 {
        leases.push(running(&*store, account(number), 0).await);
    }
    let appenders = (0..64_usize).map(|appender| {
        let (store, leases) = (store.clone(), leases.clone());
        tokio::spawn(async move {
            let mut acknowledged = Vec::new();
            for round in 0..25 {
                let lease = leases[(appender * 7 + round) % leases.len()];
                let bodies = (0..=round % 3).map(|n| log(&format!("{appender}.{round}.{n}"))).collect();
                let events = store.append(lease, at(1), bodies).await.unwrap();
                // What one call wrote stands together.
                assert!(events.windows(2).all(|pair| pair[1].seq == pair[0].seq + 1));
                // It is readable as soon as it is acknowledged.
                assert!(store.head_seq(lease.task_id).await.unwrap() >= events[events.len() - 1].seq);
                acknowledged.extend(events);
            }
            acknowledged
        })
    });
    let acknowledged = join_all(appenders).await.into_iter().flat_map(Result::unwrap).collect::<Vec<_>>();
    let mut stored = 0;
    for lease in leases {
        let events = all_events(&*store, lease.task_id).await;
        let mut snapshot = TaskSnapshot::empty(lease.task_id);
        assert!(events.iter().all(|event| snapshot.apply(event) == Applied::Yes));
        stored += events.len() - 2;
        for event in acknowledged.iter().filter(|event| event.task_id == lease.task_id) {
            assert_eq!(&events[usize::try_from(event.seq).unwrap() - 1], event);
        }
    }
    assert_eq!(stored, acknowledged.len());
}

pub async fn every_task_is_claimed_once(house: House) {
    let store = house.open().await;
    for number in 0..60 {
        submit(&*store, account(number % 7), 0).await;
    }
    let workers = (0..16).map(|_| {
        let store = store.clone();
        tokio::spawn(async move {
            let mut claimed = Vec::new();
            while let Some(claim) = store.claim("worker", at(1), LEASE_MS).await.unwrap() {
                store.append(claim.lease, at(2), vec![step(50, "Half")]).await.unwrap();
                store.finish(claim.lease, at(3), completed()).await.unwrap();
                claimed.push(claim.lease.task_id);
            }
            claimed
        })
    });
    let claimed = join_all(workers).await.into_iter().flat_map(Result::unwrap).collect::<Vec<_>>();
    assert_eq!((claimed.len(), claimed.iter().collect::<BTreeSet<_>>().len()), (60, 60));
    for task_id in claimed {
        assert_eq!(all_events(&*store, task_id).await.len(), 4);
    }
}

pub async fn dropped_callers_harm_nobody(house: House) {
    let store = house.open().await;
    let lease = running(&*store, account(1), 0).await;
    for _ in 0..200 {
        // Polled once, so that the request is on its way, then dropped.
        let _ = store.append(lease, at(1), vec![log("nobody waits for this")]).now_or_never();
    }
    let event = store.append(lease, at(2), vec![log("somebody waits for this")]).await.unwrap().remove(0);
    // Whatever was written of the dropped ones, the log is whole.
    let events = all_events(&*store, lease.task_id).await;
    assert!((3..=203).contains(&events.len()));
    assert_eq!(events.last(), Some(&event));
}

pub async fn finish_races_have_one_winner(house: House) {
    let store = house.open().await;
    for round in 0..10 {
        let lease = running(&*store, account(1), round).await;
        let outcome = |n: i64| match n % 4 {
            0 => completed(),
            1 => Outcome::Cancelled { message: "enough".into() },
            2 => Outcome::Failed { problem: livegen::protocol::Problem::internal() },
            _ => Outcome::Released { message: "stopping".into() },
        };
        let finishers = (0..12).map(|n| {
            let (store, outcome) = (store.clone(), outcome(n + round));
            tokio::spawn(async move { store.finish(lease, at(5), outcome).await })
        });
        let answers = join_all(finishers).await.into_iter().map(Result::unwrap).collect::<Vec<_>>();
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        assert!(answers.iter().filter_map(|answer| answer.as_ref().err()).all(|error| matches!(error, StoreError::StaleAttempt)));
        let events = all_events(&*store, lease.task_id).await;
        assert_eq!(events.len(), 3);
        store.request_cancel(account(1), lease.task_id, at(6)).await.unwrap();
    }
}
