//! Runs one claimed task: heartbeat, pipeline, outcome.
//!
//! Whatever happens inside (error, panic, stop), exactly one `finish` is tried; if even that fails, the lease runs out
//! and the rescuer takes over.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures::FutureExt;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::{Inner, progress::Progress, signal::Signal};
use crate::{
    protocol::{CancelPhase, Problem, TaskId},
    server::{
        generate::{StageError, Stop, pipeline},
        random,
        store::{Claim, Lease, Outcome, StoreError},
    },
};

pub(super) async fn run(queue: Arc<Inner>, claim: Claim, soft: CancellationToken, hard: CancellationToken) {
    let lease = claim.lease;
    let span = tracing::info_span!("task", id = %lease.task_id, attempt = lease.attempt);
    async {
        queue.hub.publish(std::slice::from_ref(&claim.event));
        let signal = Signal::default();
        queue.lock_running().insert(lease.task_id, signal.clone());
        let _registered = Registered { queue: &queue, task_id: lease.task_id };
        let progress = Arc::new(Progress::new(&queue, lease, signal.clone()));
        let failures = claim.failures;
        let result = tokio::select! {
            result = work(&queue, claim, &progress) => result,
            stop = keep_alive(&queue, lease, &signal, &soft) => Err(StageError::Stop(stop)),
            stop = enforce(&queue, &signal, &hard) => Err(StageError::Stop(stop)),
        };
        conclude(&queue, lease, failures, &progress, result).await;
    }
    .instrument(span)
    .await;
}

/// How a run ended well.
struct Done {
    result: Value,
    message: String,
    tokens: u64,
}

/// The pipeline, with reports flushed beside it and panics caught.
async fn work(queue: &Inner, claim: Claim, progress: &Arc<Progress>) -> Result<Done, StageError> {
    let Some(generator) = queue.generators.get(&claim.input.kind()) else {
        let problem = Problem::new(
            501,
            "unknown-kind",
            "This server cannot generate that",
            format!("There is no generator for {}.", claim.input.kind()),
        );
        return Err(StageError::Fail(problem));
    };
    let pipeline = AssertUnwindSafe(pipeline::run(&**generator, claim.input, claim.checkpoints, progress)).catch_unwind();
    let done = CancellationToken::new();
    let guard = done.clone().drop_guard();
    let mut flusher = tokio::spawn(Arc::clone(progress).flush_until(done));
    let caught = tokio::select! {
        result = pipeline => result,
        ended = &mut flusher => return Err(StageError::Stop(ended.ok().and_then(Result::err).unwrap_or(Stop::Store))),
    };
    drop(guard);
    // A group may be on its way: let it arrive.
    let _ = flusher.await;
    match caught {
        Ok(result) => result.map(|result| Done { tokens: generator.tokens_used(&result), message: generator.completed_message(), result }),
        // The panic's text went to the log by the hook; it would fail again.
        Err(_) => Err(StageError::Fail(Problem::internal())),
    }
}

/// Extends the lease for as long as it is polled, and passes on what the store says. Returns only to stop.
async fn keep_alive(queue: &Inner, lease: Lease, signal: &Signal, soft: &CancellationToken) -> Stop {
    let mut asked_to_stop = false;
    loop {
        tokio::select! {
            () = soft.cancelled(), if !asked_to_stop => {
                asked_to_stop = true;
                signal.stop(Stop::Shutdown);
                continue;
            }
            () = tokio::time::sleep(queue.options.heartbeat) => {}
        }
        match queue.store.heartbeat(lease, queue.clock.now(), queue.options.lease_ms).await {
            Ok(answer) if answer.cancel_requested => signal.stop(Stop::Cancelled),
            Ok(_) => {}
            Err(StoreError::StaleAttempt) => return Stop::Stale,
            // The lease lasts several heartbeats; should the store stay away, the next write will say so.
            Err(error) => tracing::warn!(%error, "heartbeat failed"),
        }
    }
}

/// Ends the work where it is when it does not stop by itself in time.
async fn enforce(queue: &Inner, signal: &Signal, hard: &CancellationToken) -> Stop {
    tokio::select! {
        () = hard.cancelled() => Stop::Shutdown,
        reason = async {
            let reason = signal.stopped().await;
            tokio::time::sleep(queue.options.stop_grace).await;
            reason
        } => reason,
    }
}

async fn conclude(queue: &Inner, lease: Lease, failures: u32, progress: &Progress, result: Result<Done, StageError>) {
    let outcome = match result {
        Ok(Done { result, message, tokens }) => Outcome::Completed { message, result, artifact: progress.take_artifact(), tokens },
        Err(StageError::Stop(Stop::Stale)) => {
            tracing::warn!("the attempt is over: another worker has the task, or it ended");
            return;
        }
        Err(StageError::Stop(Stop::Store)) => {
            tracing::error!("the store does not take writes; leaving the task to be rescued");
            return;
        }
        Err(StageError::Stop(Stop::Cancelled)) => {
            progress.acknowledge(CancelPhase::Acknowledged).await;
            Outcome::Cancelled { message: "Cancelled".into() }
        }
        Err(StageError::Stop(Stop::Shutdown)) => {
            Outcome::Released { message: "The server is restarting; the task goes on afterwards".into() }
        }
        Err(StageError::Fail(problem)) => Outcome::Failed { problem },
        Err(StageError::Retry(reason)) => match queue.options.retry.next_delay_ms(failures, random::fraction()) {
            Some(delay_ms) => Outcome::Retry {
                run_at: queue.clock.now().plus_ms(delay_ms),
                message: format!("{reason}. Trying again in about {} s", (delay_ms + 500) / 1000),
            },
            None => Outcome::Failed {
                problem: Problem::new(
                    500,
                    "retries-used-up",
                    "It did not work, several times",
                    format!("{reason}. Given up after {} attempts.", failures + 1),
                ),
            },
        },
    };
    // What was reported before the end belongs before it.
    let flushed = progress.flush().await;
    if flushed == Err(Stop::Stale) {
        return;
    }
    match queue.store.finish(lease, queue.clock.now(), outcome).await {
        Ok(event) => {
            queue.hub.publish(std::slice::from_ref(&event));
            queue.wake.notify_one();
        }
        Err(StoreError::StaleAttempt) => tracing::warn!("finished too late: the attempt was over"),
        Err(error) => tracing::error!(%error, "cannot finish; leaving the task to be rescued"),
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::StaleAttempt => Self::Stale,
            error => {
                tracing::error!(%error, "cannot write progress");
                Self::Store
            }
        }
    }
}

/// Forgets the running task however its session ends.
struct Registered<'q> {
    queue: &'q Inner,
    task_id: TaskId,
}

impl Drop for Registered<'_> {
    fn drop(&mut self) {
        self.queue.lock_running().remove(&self.task_id);
    }
}
