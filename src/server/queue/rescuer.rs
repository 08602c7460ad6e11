//! Returns the tasks of dead workers to the queue: leases that ran out mean that nobody extends them any more.

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use super::Inner;

pub(super) async fn run(queue: Arc<Inner>, soft: CancellationToken) {
    let every = Duration::from_millis(u64::try_from(queue.options.lease_ms / 3).unwrap_or(1).max(50));
    loop {
        tokio::select! {
            () = soft.cancelled() => return,
            () = tokio::time::sleep(every) => {}
        }
        match queue.store.rescue(queue.clock.now(), queue.options.retry.max_retries).await {
            Ok(rescued) => {
                for event in &rescued.events {
                    tracing::warn!(task = %event.task_id, "rescued from a worker that went silent");
                    queue.hub.publish(std::slice::from_ref(event));
                }
                if !rescued.events.is_empty() {
                    queue.wake.notify_one();
                }
            }
            Err(error) => tracing::error!(%error, "cannot rescue"),
        }
    }
}
