//! Claims tasks while there are free workers, and sleeps until one is due, is announced, or the poll interval is over.

use std::{sync::Arc, time::Duration};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use super::{Inner, executor};

/// After a failed claim: the database may need a moment, and a busy loop would not help it.
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(1);

pub(super) async fn run(queue: Arc<Inner>, soft: CancellationToken, hard: CancellationToken) {
    let workers = Arc::new(Semaphore::new(queue.options.workers));
    while let Some(permit) = free_worker(&workers, &soft).await {
        match queue.store.claim(&queue.options.worker, queue.clock.now(), queue.options.lease_ms).await {
            Ok(Some(claim)) => {
                // A claim that raced with the stop is run all the same: it will be handed back at its first report.
                let session = executor::run(Arc::clone(&queue), claim, soft.clone(), hard.clone());
                queue.sessions.spawn(async move {
                    session.await;
                    drop(permit);
                });
            }
            Ok(None) => {
                drop(permit);
                wait_for_work(&queue, &soft).await;
            }
            Err(error) => {
                drop(permit);
                tracing::error!(%error, "cannot claim");
                pause(PAUSE_AFTER_ERROR, &soft).await;
            }
        }
    }
}

async fn free_worker(workers: &Arc<Semaphore>, soft: &CancellationToken) -> Option<OwnedSemaphorePermit> {
    tokio::select! {
        biased;
        () = soft.cancelled() => None,
        // The semaphore is never closed.
        permit = Arc::clone(workers).acquire_owned() => permit.ok(),
    }
}

async fn wait_for_work(queue: &Inner, soft: &CancellationToken) {
    let due = queue.store.next_due().await.ok().flatten();
    let until_due = due.map_or(queue.options.poll, |due| {
        Duration::from_millis(u64::try_from(due.ms_since(queue.clock.now())).unwrap_or(0) + 1).min(queue.options.poll)
    });
    tokio::select! {
        () = soft.cancelled() => {}
        () = queue.wake.notified() => {}
        () = tokio::time::sleep(until_due) => {}
    }
}

async fn pause(duration: Duration, soft: &CancellationToken) {
    tokio::select! {
        () = soft.cancelled() => {}
        () = tokio::time::sleep(duration) => {}
    }
}
