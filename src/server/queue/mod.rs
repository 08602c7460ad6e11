//! Who works on tasks: the runner claims them, executors run them, the rescuer returns what dead workers left.
//!
//! A worker owns a task by its lease and its attempt number. It may lose both at any moment (a pause longer than
//! the lease, another node's rescue); then its next write is refused and it stops. So a task is worked on at
//! least once and each of its events is written exactly once.

mod executor;
mod progress;
mod rescuer;
mod retry;
mod runner;
mod signal;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::Notify;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use self::retry::RetryPolicy;
use self::signal::Signal;
use super::{clock::Clock, generate::Generator, hub::Hub, store::Store};
use crate::protocol::{Kind, TaskId};

/// The generators by kind.
pub type Generators = HashMap<Kind, Arc<dyn Generator>>;

#[derive(Clone, Debug)]
pub struct QueueOptions {
    /// This process's name in leases.
    pub worker: String,
    /// Tasks that run at once on this node.
    pub workers: usize,
    pub lease_ms: i64,
    pub heartbeat: Duration,
    /// How long the runner sleeps at most: wake-ups may be lost, tasks may not.
    pub poll: Duration,
    pub retry: RetryPolicy,
    /// A pause after every reported step, for demonstrations and tests.
    pub step_delay: Duration,
    /// How long a stage may go on after it was told to stop.
    pub stop_grace: Duration,
}

/// The queue of this node: a handle that is cheap to clone.
#[derive(Clone)]
pub struct Queue {
    inner: Arc<Inner>,
}

struct Inner {
    store: Arc<dyn Store>,
    hub: Arc<Hub>,
    clock: Arc<dyn Clock>,
    generators: Arc<Generators>,
    options: QueueOptions,
    /// Rung when a task may have become claimable.
    wake: Notify,
    /// Tasks that run here, and how to stop them.
    running: Mutex<HashMap<TaskId, Signal>>,
    sessions: TaskTracker,
}

impl Queue {
    pub fn new(store: Arc<dyn Store>, hub: Arc<Hub>, clock: Arc<dyn Clock>, generators: Arc<Generators>, options: QueueOptions) -> Self {
        let inner =
            Inner { store, hub, clock, generators, options, wake: Notify::new(), running: Mutex::default(), sessions: TaskTracker::new() };
        Self { inner: Arc::new(inner) }
    }

    /// Starts runner and rescuer. `soft` stops claiming and asks running tasks to stop at their next report; they hand
    /// their leases back. `hard` ends them where they are.
    pub fn start(&self, soft: &CancellationToken, hard: &CancellationToken) {
        let sessions = &self.inner.sessions;
        sessions.spawn(runner::run(Arc::clone(&self.inner), soft.clone(), hard.clone()));
        sessions.spawn(rescuer::run(Arc::clone(&self.inner), soft.clone()));
        sessions.close();
    }

    /// Waits until nothing of the queue runs any more.
    pub async fn stopped(&self) {
        self.inner.sessions.wait().await;
    }

    /// A task was queued.
    pub fn wake(&self) {
        self.inner.wake.notify_one();
    }

    /// A cancellation was requested: tells the task's worker, if it is on this node. Others learn it by heartbeat.
    pub fn cancel(&self, task_id: TaskId) {
        if let Some(signal) = self.inner.lock_running().get(&task_id) {
            signal.stop(super::generate::Stop::Cancelled);
        }
    }

    pub fn running(&self) -> usize {
        self.inner.lock_running().len()
    }
}

impl Inner {
    fn lock_running(&self) -> std::sync::MutexGuard<'_, HashMap<TaskId, Signal>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
