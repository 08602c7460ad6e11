//! What the store does not take.

use livegen::server::store::StoreError;

use super::harness::*;

pub async fn open_tasks_are_bounded(house: House) {
    let store = house.open_with(3).await;
    for _ in 0..3 {
        submit(&*store, account(1), 0).await;
    }
    refused!(store.submit(new_task(account(1), 0)).await, StoreError::Limit { .. });
    submit(&*store, account(2), 0).await;
    // Running ones count, ended ones do not.
    let claim = claim(&*store, 0).await;
    refused!(store.submit(new_task(account(1), 0)).await, StoreError::Limit { .. });
    store.finish(claim.lease, at(1), completed()).await.unwrap();
    submit(&*store, account(1), 2).await;
    refused!(store.submit(new_task(account(1), 0)).await, StoreError::Limit { .. });
}

pub async fn keys_name_tasks(house: House) {
    let store = house.open_with(2).await;
    let keyed = |who, key: &str, text: &str| {
        let mut new = new_task(account(who), 0);
        new.idempotency_key = Some(key.into());
        new.input = input(text);
        new
    };
    let first = store.submit(keyed(1, "k", "one")).await.unwrap();
    assert!(!first.events.is_empty());
    let again = store.submit(keyed(1, "k", "one")).await.unwrap();
    assert_eq!((again.task_id, again.events), (first.task_id, vec![]));
    refused!(store.submit(keyed(1, "k", "two")).await, StoreError::KeyReused);
    // Another account's keys are its own, and another key is another task.
    assert_ne!(store.submit(keyed(2, "k", "two")).await.unwrap().task_id, first.task_id);
    assert_ne!(store.submit(keyed(1, "K", "one")).await.unwrap().task_id, first.task_id);
    // A known key is answered even when the account has no room, and after its task has ended.
    refused!(store.submit(keyed(1, "new", "one")).await, StoreError::Limit { .. });
    assert_eq!(store.submit(keyed(1, "k", "one")).await.unwrap().task_id, first.task_id);
    store.request_cancel(account(1), first.task_id, at(1)).await.unwrap();
    assert_eq!(store.submit(keyed(1, "k", "one")).await.unwrap().task_id, first.task_id);
}

pub async fn bad_calls_are_refused(house: House) {
    let store = house.open().await;
    for key in ["", &"k".repeat(256)] {
        let mut new = new_task(account(1), 0);
        new.idempotency_key = Some(key.into());
        refused!(store.submit(new).await, StoreError::Refused { .. });
    }
    let mut new = new_task(account(1), 0);
    new.created.title = "t".repeat(70_000);
    refused!(store.submit(new).await, StoreError::Limit { .. });
    let mut new = new_task(account(1), 0);
    new.input = input(&"x".repeat(33 * 1024 * 1024));
    refused!(store.submit(new).await, StoreError::Limit { .. });
    let mut new = new_task(account(1), 0);
    new.created.title = "two\nlines\u{1B}[31m".into();
    let task_id = store.submit(new.clone()).await.unwrap().task_id;
    assert_eq!(store.summary(account(1), task_id).await.unwrap().title, "two lines");
    // An id that is taken is nobody's fault but the caller's, and harms nothing.
    refused!(store.submit(new).await, StoreError::Database(_));
    assert_eq!(store.head_seq(task_id).await.unwrap(), 1);
    // The largest input that the contract promises.
    let mut new = new_task(account(1), 0);
    new.input = input(&"y".repeat(16 * 1024 * 1024));
    let task_id = store.submit(new.clone()).await.unwrap().task_id;
    assert_eq!(store.input(account(1), task_id).await.unwrap(), new.input);
}
