//! The durable truth: tasks and their logs of events.
//!
//! [`Store`] is what the rest of the server knows. Each method is one business transaction; no pool,
//! connection or transaction type leaves this folder. Guarantees, held by every implementation and checked
//! by one conformance suite (`tests/it/store.rs`):
//!
//! - A method that returned `Ok` has been committed and survives a power cut.
//! - `seq` is 1, 2, 3 … per task without gaps, assigned inside the transaction.
//! - Every write by a worker carries a [`Lease`]; a stale attempt gets [`StoreError::StaleAttempt`] and changes nothing.
//! - Exactly one terminal event per task, always the last.
//! - A task of another account is indistinguishable from one that does not exist.
//! - What a worker says is made harmless ([`clean_text`](super::inert::clean_text)) and bounded before it is stored; a worker's
//!   status updates always read `running` with its own attempt, and their progress never falls and stays below 100.
//!
//! Reading order: this contract, [`accounts`] (the one for people and their tokens), [`outbox`] (the one for being told), [`room`] (the one
//! for projects' rooms), [`words`] (what the store itself says), `entry` (how a body becomes an entry of the
//! log), `rows` (what a row becomes), [`sqlite`].

pub mod accounts;
mod entry;
pub mod outbox;
pub mod room;
mod rows;
pub mod sqlite;
mod words;

pub use accounts::Accounts;
pub use outbox::Outbox;
pub use room::Rooms;
pub use sqlite::{SqliteOptions, SqliteStore, WriteCounts};

use async_trait::async_trait;
use serde_json::Value;

use crate::protocol::{
    AccountId, Created, Event, EventBody, FileEntry, LogLine, Problem, Status, TaskFilter, TaskId, TaskInput, TaskPage, TaskSummary,
    Timestamp,
};
use crate::protocol::{account::Price, input::MAX_DESCRIPTION_BYTES};

pub type Result<T> = std::result::Result<T, StoreError>;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The writer's attempt is over: somebody else has the task, or it ended. Stop at once.
    #[error("attempt is over")]
    StaleAttempt,
    #[error("no such task")]
    NotFound,
    /// The idempotency key was used before with another input.
    #[error("idempotency key was used with another input")]
    KeyReused,
    /// More than the store takes of one account or one task (`what` names it).
    #[error("limit reached: {what}")]
    Limit { what: &'static str },
    /// The e-mail address has an account.
    #[error("the address has an account")]
    Taken,
    #[error("{needed} tokens are needed, {free} are there")]
    TooFewTokens { needed: i64, free: i64 },
    /// The subscription ended.
    #[error("the subscription ended")]
    NotSubscribed { until: Timestamp },
    /// Nobody who is let in would be admin any more.
    #[error("the last admin")]
    LastAdmin,
    /// The call itself is wrong, whoever made it (`what` names it): a completion outside of `finish`, a path that leaves its folder.
    #[error("refused: {what}")]
    Refused { what: &'static str },
    /// The database refused or is gone. Nothing was changed by the call, unless the failure hit the commit
    /// itself: then the outcome is unknown and only reading tells.
    #[error("database: {0}")]
    Database(String),
    /// What was read is not what this version writes.
    #[error("stored data is damaged: {0}")]
    Damaged(String),
}

/// Events that one task may have, besides those that end an attempt.
pub const MAX_EVENTS: u64 = 200_000;
/// Bounds of what a worker stores: one file, all files of a task, one stage's output, the download.
pub const MAX_FILE_BYTES: usize = 16 * 1024 * 1024;
pub const MAX_FILES_BYTES: u64 = 256 * 1024 * 1024;
pub const MAX_CHECKPOINT_BYTES: usize = 64 * 1024 * 1024;
pub const MAX_ARTIFACT_BYTES: usize = 256 * 1024 * 1024;
/// Bound of an input as JSON: the largest description with every second character escaped.
pub const MAX_INPUT_BYTES: usize = 2 * MAX_DESCRIPTION_BYTES;
pub const MAX_KEY_BYTES: usize = 255;
/// Most events that one read returns, whatever was asked for.
pub const MAX_EVENTS_PER_READ: u32 = 5_000;
/// A read stops after the event that reaches this many bytes of JSON.
pub const MAX_READ_BYTES: usize = 1024 * 1024;

/// The right to write to a task, as long as no later attempt began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    pub task_id: TaskId,
    pub attempt: u32,
}

#[derive(Clone, Debug)]
pub struct NewTask {
    pub task_id: TaskId,
    pub account_id: AccountId,
    pub input: TaskInput,
    pub created: Created,
    /// The same key and input within one account give the same task.
    pub idempotency_key: Option<String>,
    pub price: Price,
    /// The task is made and fails at once: for callers that learn of a refusal from the task's status only. It holds nothing.
    pub refused: Option<Problem>,
    pub at: Timestamp,
}

/// What a new task takes over of an earlier one of the same account, which has ended: work that need not be done again.
#[derive(Clone, Debug, PartialEq)]
pub struct Carry {
    pub from: TaskId,
    /// Finished stages whose outputs come along, by name.
    pub stages: Vec<(String, Value)>,
    pub files: Vec<String>,
    /// Goes into the new task's log.
    pub note: String,
}

/// Bounds of what one task takes over.
pub const MAX_CARRIED_FILES: usize = 2_000;
pub const MAX_CARRIED_BYTES: u64 = 32 * 1024 * 1024;

#[derive(Clone, Debug, PartialEq)]
pub struct Submitted {
    pub task_id: TaskId,
    /// Event 1, and the last one of a task that was refused; none when the idempotency key named an existing task.
    pub events: Vec<Event>,
}

/// What a worker gets when it claims a task.
#[derive(Clone, Debug)]
pub struct Claim {
    pub lease: Lease,
    pub account_id: AccountId,
    pub input: TaskInput,
    pub created_at: Timestamp,
    /// How many attempts ended badly before (error or death of the worker).
    pub failures: u32,
    pub progress: u8,
    /// Outputs of the stages that are finished, by name.
    pub checkpoints: Vec<(String, Value)>,
    /// The event that says "running".
    pub event: Event,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeartbeatAnswer {
    pub cancel_requested: bool,
}

#[derive(Clone, Debug)]
pub struct NewFile {
    pub path: String,
    pub content: Vec<u8>,
    pub sha256: String,
    /// Beginning of the text, for the event; `None` for binary files.
    pub preview: Option<String>,
}

/// The download of a completed task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    pub name: String,
    pub media_type: String,
    pub sha256: String,
    pub content: Vec<u8>,
}

/// How an attempt ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    Completed {
        message: String,
        result: Value,
        artifact: Option<Artifact>,
        /// What is taken of the tokens that it holds; the rest, and all of any other outcome, is given back.
        tokens: u64,
    },
    /// For good.
    Failed {
        problem: Problem,
    },
    Cancelled {
        message: String,
    },
    /// It will run again at `run_at`; counts as a failure.
    Retry {
        run_at: Timestamp,
        message: String,
    },
    /// Handed back unfinished by a stopping server; does not count.
    Released {
        message: String,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum CancelAnswer {
    /// It had not started: it is cancelled now.
    Cancelled(Event),
    /// A worker has it and will stop; the event says `cancel: requested`.
    Requested(Event),
    /// Was asked for before; nothing changed.
    AlreadyRequested,
    /// The task had ended already.
    Ended(Status),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    pub entry: FileEntry,
    pub content: Vec<u8>,
}

/// What rescue did to tasks whose worker had died.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rescued {
    pub events: Vec<Event>,
}

#[async_trait]
pub trait Store: Accounts + Outbox + Rooms {
    // -- people ---------------------------------------------------------------------------------------

    /// Inserts the task (`queued`) and event 1, or finds the one that the idempotency key names.
    ///
    /// # Errors
    /// `KeyReused`, `Limit` (more than `max_open_tasks` queued or running tasks of the account), `TooFewTokens`, `NotSubscribed`.
    async fn submit(&self, new: NewTask) -> Result<Submitted>;

    /// As [`Store::submit`], and the new task begins with what it carries over: its log says so before anybody works on it. What the
    /// earlier task does not have is left out.
    ///
    /// # Errors
    /// As `submit`; `NotFound` for another account's task, `Refused` for one that has not ended, `Limit` for too much.
    async fn submit_with(&self, new: NewTask, carry: Carry) -> Result<Submitted>;

    /// Outputs of a task's finished stages, by name. Of a task that has ended: only those of a kind that can be begun from (projects).
    ///
    /// # Errors
    /// `NotFound`, also for another account's task.
    async fn checkpoints(&self, account_id: AccountId, task_id: TaskId) -> Result<Vec<(String, Value)>>;

    /// Ends a queued task at once, or asks a running one's worker to stop.
    ///
    /// # Errors
    /// `NotFound`, also for another account's task.
    async fn request_cancel(&self, account_id: AccountId, task_id: TaskId, at: Timestamp) -> Result<CancelAnswer>;

    /// # Errors
    /// `NotFound`, also for another account's task.
    async fn summary(&self, account_id: AccountId, task_id: TaskId) -> Result<TaskSummary>;

    /// # Errors
    /// `NotFound`, also for another account's task.
    async fn input(&self, account_id: AccountId, task_id: TaskId) -> Result<TaskInput>;

    async fn list(&self, account_id: AccountId, filter: &TaskFilter) -> Result<TaskPage>;

    // -- the log. Callers have checked the owner by `summary` ------------------------------------------

    /// Events with `seq > after` in order, at most `limit` and about 1 MiB of them; empty at the head.
    async fn events_after(&self, task_id: TaskId, after: u64, limit: u32) -> Result<Vec<Event>>;

    /// The newest `limit` log lines with `seq < before`, oldest first.
    async fn log_before(&self, task_id: TaskId, before: u64, limit: u32) -> Result<Vec<LogLine>>;

    /// The newest task that repeats this one, at once or over others between; the task itself when none does.
    async fn latest_run(&self, account_id: AccountId, task_id: TaskId) -> Result<TaskId>;

    /// The seq of the task's last event; 0 for an unknown task.
    async fn head_seq(&self, task_id: TaskId) -> Result<u64>;

    async fn file(&self, task_id: TaskId, path: &str) -> Result<Option<StoredFile>>;

    /// All files, ordered by path.
    async fn files(&self, task_id: TaskId) -> Result<Vec<FileEntry>>;

    async fn artifact(&self, task_id: TaskId) -> Result<Option<Artifact>>;

    // -- workers ------------------------------------------------------------------------------------

    /// Takes the task that should run next, if there is one: due, queued, the account with the fewest running
    /// tasks first, then the oldest. It becomes `running` with attempt + 1 and a lease until `at + lease_ms`.
    async fn claim(&self, worker: &str, at: Timestamp, lease_ms: i64) -> Result<Option<Claim>>;

    /// When the next queued task becomes due, so that the runner knows how long to sleep.
    async fn next_due(&self) -> Result<Option<Timestamp>>;

    /// Extends the lease.
    async fn heartbeat(&self, lease: Lease, at: Timestamp, lease_ms: i64) -> Result<HeartbeatAnswer>;

    /// Appends events in order, all or none. Completions are refused here: they belong to [`Store::finish`].
    async fn append(&self, lease: Lease, at: Timestamp, bodies: Vec<EventBody>) -> Result<Vec<Event>>;

    /// Stores a file and its event. `None`: the same content was there already, nothing happened.
    async fn put_file(&self, lease: Lease, at: Timestamp, file: NewFile) -> Result<Option<Event>>;

    /// Stores the output of a finished stage together with the events that say so.
    async fn finish_stage(&self, lease: Lease, at: Timestamp, stage: &str, output: &Value, bodies: Vec<EventBody>) -> Result<Vec<Event>>;

    /// Ends the attempt. After a cancel request, `Completed` is still `Completed`, but `Retry` and `Released`
    /// become `Cancelled`.
    async fn finish(&self, lease: Lease, at: Timestamp, outcome: Outcome) -> Result<Event>;

    /// Returns tasks whose lease ran out to `queued` (`failures` + 1); those with more than `max_failures` fail for good, those
    /// with a cancel request are cancelled. At most 100 a call.
    async fn rescue(&self, at: Timestamp, max_failures: u32) -> Result<Rescued>;

    /// As [`Store::rescue`], for all running tasks whatever their lease and however many: for the start of the only process that may
    /// have this database.
    async fn rescue_all(&self, at: Timestamp, max_failures: u32) -> Result<Rescued>;

    // -- the house ----------------------------------------------------------------------------------

    /// The value stored under `name`, or `fresh`, which is stored first: keys that must outlive the process.
    async fn secret(&self, name: &str, fresh: &[u8]) -> Result<Vec<u8>>;

    /// Ok when the database answers a read and takes a write.
    async fn check(&self) -> Result<()>;

    /// Waits for writes under way and closes.
    async fn close(&self);
}
