//! The durable end of a stage's reports: every step, line and file becomes an event of the task's log.
//!
//! Steps and lines are written in groups: while one commit is under way, further reports gather for the next.
//! Files and stage ends wait for what was reported before them, so the order of the log is the order of the reports.
//! Events reach the hub only after their commit.

use std::{
    collections::HashMap,
    fmt::Write,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{Inner, signal::Signal};
use crate::{
    protocol::{CancelPhase, EventBody, Level, StagePlan, Status, event::MAX_PREVIEW_BYTES, event::StatusUpdate},
    server::{
        generate::{Package, StageContext, Step, Stop, pipeline, pipeline::Course},
        store::{Artifact, Lease, NewFile},
    },
};

/// Reports that may wait for a commit before the reporting stage has to.
const MAX_PENDING: usize = 256;

pub(super) struct Progress {
    queue: Arc<Inner>,
    lease: Lease,
    signal: Signal,
    pending: Mutex<Vec<EventBody>>,
    /// Rung when something is pending.
    reported: Notify,
    /// Held while writing, so that groups do not overtake each other.
    writing: tokio::sync::Mutex<()>,
    /// By stage.
    last_said: Mutex<HashMap<String, Said>>,
    artifact: Mutex<Option<Artifact>>,
}

/// What a stage said last, and the progress of the task that it named with it.
type Said = (String, Option<u8>);

impl Progress {
    pub(super) fn new(queue: &Arc<Inner>, lease: Lease, signal: Signal) -> Self {
        Self {
            queue: Arc::clone(queue),
            lease,
            signal,
            pending: Mutex::default(),
            reported: Notify::new(),
            writing: tokio::sync::Mutex::default(),
            last_said: Mutex::default(),
            artifact: Mutex::default(),
        }
    }

    /// Writes what is pending whenever something is, until `done` or until it cannot. To be spawned, not selected on:
    /// dropped in the middle it would lose the reports it had taken.
    pub(super) async fn flush_until(self: Arc<Self>, done: CancellationToken) -> Result<(), Stop> {
        loop {
            tokio::select! {
                biased;
                () = done.cancelled() => return Ok(()),
                () = self.reported.notified() => self.flush().await?,
            }
        }
    }

    pub(super) async fn flush(&self) -> Result<(), Stop> {
        let _writing = self.writing.lock().await;
        self.write_pending().await
    }

    pub(super) fn take_artifact(&self) -> Option<Artifact> {
        self.artifact.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Says how far a cancellation is. Best effort: what counts is the completion that follows.
    pub(super) async fn acknowledge(&self, phase: CancelPhase) {
        let update = StatusUpdate { cancel: Some(phase), attempt: self.lease.attempt, ..StatusUpdate::new(Status::Running, "Stopping…") };
        self.lock_pending().push(EventBody::StatusUpdate(update));
        if let Err(stop) = self.flush().await {
            tracing::debug!(%stop, "cancellation not acknowledged");
        }
    }

    async fn report(&self, body: EventBody) -> Result<(), Stop> {
        self.signal.check()?;
        let waiting = {
            let mut pending = self.lock_pending();
            pending.push(body);
            pending.len()
        };
        if waiting >= MAX_PENDING {
            return self.flush().await;
        }
        self.reported.notify_one();
        Ok(())
    }

    /// The caller holds `writing`.
    async fn write_pending(&self) -> Result<(), Stop> {
        let bodies = std::mem::take(&mut *self.lock_pending());
        if bodies.is_empty() {
            return Ok(());
        }
        let events = self.queue.store.append(self.lease, self.queue.clock.now(), bodies).await?;
        self.queue.hub.publish(&events);
        Ok(())
    }

    fn update(&self, stage: &StagePlan, course: &Course, percent: u8, (message, overall): (String, Option<u8>)) -> StatusUpdate {
        let made_of_all = course.at(&stage.name, percent);
        StatusUpdate {
            attempt: self.lease.attempt,
            stage: Some(stage.name.clone()),
            progress: overall.unwrap_or(made_of_all).min(99),
            stage_progress: Some(percent.min(100)),
            ..StatusUpdate::new(Status::Running, message)
        }
    }

    fn lock_pending(&self) -> MutexGuard<'_, Vec<EventBody>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_said(&self) -> MutexGuard<'_, HashMap<String, Said>> {
        self.last_said.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl pipeline::Journal for Arc<Progress> {
    async fn begin(&self, stage: &StagePlan, course: &Arc<Course>) -> Result<Arc<dyn StageContext>, Stop> {
        self.signal.check()?;
        Ok(Arc::new(StageReports { progress: Arc::clone(self), stage: stage.clone(), course: Arc::clone(course) }))
    }

    async fn finish(&self, stage: &StagePlan, course: &Course, output: &Value) -> Result<(), Stop> {
        self.signal.check()?;
        let said = self.lock_said().remove(&stage.name).unwrap_or_else(|| (stage.label.clone(), None));
        let done = EventBody::StatusUpdate(self.update(stage, course, 100, said));
        let _writing = self.writing.lock().await;
        self.write_pending().await?;
        let events = self.queue.store.finish_stage(self.lease, self.queue.clock.now(), &stage.name, output, vec![done]).await?;
        self.queue.hub.publish(&events);
        Ok(())
    }
}

/// One stage's way to the log.
struct StageReports {
    progress: Arc<Progress>,
    stage: StagePlan,
    course: Arc<Course>,
}

#[async_trait]
impl StageContext for StageReports {
    fn is_stopped(&self) -> bool {
        self.progress.signal.check().is_err()
    }

    async fn stopped(&self) {
        self.progress.signal.stopped().await;
    }

    async fn step(&self, step: Step) -> Result<(), Stop> {
        let said = (step.message, step.overall);
        self.progress.lock_said().insert(self.stage.name.clone(), said.clone());
        let mut update = self.progress.update(&self.stage, &self.course, step.percent.min(99), said);
        update.endpoint_count = step.endpoint_count;
        update.current_endpoint = step.current_endpoint;
        update.counts = step.counts.into_iter().collect();
        self.progress.report(EventBody::StatusUpdate(update)).await?;
        let delay = self.progress.queue.options.step_delay;
        if !delay.is_zero() {
            tokio::select! {
                () = tokio::time::sleep(delay) => {}
                reason = self.progress.signal.stopped() => return Err(reason),
            }
        }
        Ok(())
    }

    async fn log(&self, level: Level, message: String) -> Result<(), Stop> {
        self.progress.report(EventBody::Log { level, message, stage: Some(self.stage.name.clone()) }).await
    }

    async fn file(&self, path: &str, content: Vec<u8>) -> Result<(), Stop> {
        let progress = &self.progress;
        progress.signal.check()?;
        let file = NewFile { path: path.into(), sha256: sha256_hex(&content), preview: preview(&content), content };
        let _writing = progress.writing.lock().await;
        progress.write_pending().await?;
        let event = progress.queue.store.put_file(progress.lease, progress.queue.clock.now(), file).await?;
        progress.queue.hub.publish(event.as_slice());
        Ok(())
    }

    async fn files(&self) -> Result<Vec<String>, Stop> {
        let files = self.progress.queue.store.files(self.progress.lease.task_id).await?;
        Ok(files.into_iter().map(|file| file.path).collect())
    }

    async fn read_file(&self, path: &str) -> Result<Option<Vec<u8>>, Stop> {
        Ok(self.progress.queue.store.file(self.progress.lease.task_id, path).await?.map(|file| file.content))
    }

    async fn package(&self, package: Package) -> Result<(), Stop> {
        self.progress.signal.check()?;
        let artifact =
            Artifact { sha256: sha256_hex(&package.content), name: package.name, media_type: package.media_type, content: package.content };
        *self.progress.artifact.lock().unwrap_or_else(PoisonError::into_inner) = Some(artifact);
        Ok(())
    }
}

fn sha256_hex(content: &[u8]) -> String {
    Sha256::digest(content).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The beginning of a text file, whole characters only; `None` for binary files.
fn preview(content: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(content).ok().filter(|text| !text.contains('\0'))?;
    Some(text[..text.floor_char_boundary(MAX_PREVIEW_BYTES)].to_owned())
}
