//! The store on `SQLite`: one file, one process, one writer, a few readers.
//!
//! WAL with `synchronous=FULL`: what was acknowledged survives a power cut. Writes go through [`writer`], which commits
//! concurrent ones in groups; reads go to a pool of read-only connections and see every acknowledged write. Since there is
//! one writer, a write reads and then writes without a race; the fences are in the statements all the same.
//!
//! Files by what changes together: [`submit`], [`carry`], [`claim`] (with lease and fairness), [`log`] (what a running attempt
//! writes), [`ending`] (finish, cancel, rescue: everything that ends an attempt), [`read`] (what people look at), [`house`]; for
//! people [`accounts`], [`proofs`] and [`ledger`], behind the contract in [`people`]; for being told
//! [`webhooks`], [`confirmation`] and [`deliveries`], behind the one in [`outbox`]; for rooms [`runs`] and [`comments`], behind the one in [`room`].

mod accounts;
mod carry;
mod claim;
mod comments;
mod confirmation;
mod deliveries;
mod ending;
mod house;
mod ledger;
mod log;
mod open;
mod outbox;
mod people;
mod proofs;
mod read;
mod rescue;
mod room;
mod runs;
mod submit;
mod wal;
mod webhooks;
mod writer;

use std::{fs::File, path::Path, sync::Arc};

use async_trait::async_trait;
use serde_json::Value;
use sqlx::SqlitePool;

use self::writer::Writer;
use super::{
    Artifact, CancelAnswer, Carry, Claim, HeartbeatAnswer, Lease, NewFile, NewTask, Outcome, Rescued, Result, Store, StoreError,
    StoredFile, Submitted, words::Loss,
};
use crate::protocol::{AccountId, Event, EventBody, FileEntry, LogLine, TaskFilter, TaskId, TaskInput, TaskPage, TaskSummary, Timestamp};

/// Declares SQL statements as constants, and `ALL` of them for the test that prepares each.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $sql:expr;)+) => {
        $($(#[$doc])* const $name: &str = $sql;)+
        #[cfg(test)]
        pub(super) const ALL: &[(&str, &str)] = &[$((stringify!($name), $name)),+];
    };
}
use statements;

#[derive(Clone, Copy, Debug)]
pub struct SqliteOptions {
    /// Queued and running tasks that one account may have.
    pub max_open_tasks: u32,
    /// Connections that read, 1 or more.
    pub readers: u32,
    /// What a new wallet begins with.
    pub initial_tokens: i64,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self { max_open_tasks: 100, readers: 3, initial_tokens: 0 }
    }
}

/// What the writer has done since it was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteCounts {
    pub commits: u64,
    /// Requests in them; divided by `commits` it is the mean size of a group.
    pub requests: u64,
}

pub struct SqliteStore {
    writer: Writer,
    readers: SqlitePool,
    options: SqliteOptions,
}

impl SqliteStore {
    /// Opens the database file, makes it (and its folder) when there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// `Database`, also when another process has it open.
    pub async fn open(path: impl AsRef<Path>, options: SqliteOptions) -> Result<Arc<Self>> {
        let lock = open::take_lock(path.as_ref()).await?;
        Self::open_with(path.as_ref(), options, Some(lock)).await
    }

    /// Opens it beside the server that may have it open: for people's accounts and tokens, not for tasks.
    ///
    /// # Errors
    /// `Database`.
    pub async fn open_beside(path: impl AsRef<Path>, options: SqliteOptions) -> Result<Arc<Self>> {
        open::make_folder(path.as_ref())?;
        Self::open_with(path.as_ref(), options, None).await
    }

    async fn open_with(path: &Path, options: SqliteOptions, lock: Option<File>) -> Result<Arc<Self>> {
        let writer_options = open::writer_options(path);
        let connection = open::connect_writer(&writer_options).await?;
        let readers = open::connect_readers(path, options.readers.max(1)).await?;
        Ok(Arc::new(Self { writer: Writer::start(connection, writer_options, lock, writer::GROUP_WORK), readers, options }))
    }

    pub fn write_counts(&self) -> WriteCounts {
        self.writer.counts()
    }
}

// Taken by value because `map_err` hands it over so.
#[allow(clippy::needless_pass_by_value)]
fn database(error: sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => StoreError::Damaged(error.to_string()),
        error => StoreError::Database(error.to_string()),
    }
}

// As they are bound.
fn id(task_id: &TaskId) -> &[u8] {
    task_id.0.as_bytes()
}

fn owner(account_id: &AccountId) -> &[u8] {
    account_id.0.as_bytes()
}

#[async_trait]
impl Store for SqliteStore {
    async fn submit(&self, new: NewTask) -> Result<Submitted> {
        let prepared = submit::Prepared::new(new)?;
        let options = self.options;
        self.writer.write(move |db| Box::pin(submit::submit(db, prepared, options))).await
    }

    async fn submit_with(&self, new: NewTask, carry: Carry) -> Result<Submitted> {
        let prepared = submit::Prepared::new(new)?;
        let options = self.options;
        self.writer.write(move |db| Box::pin(carry::submit(db, prepared, carry, options))).await
    }

    async fn checkpoints(&self, account_id: AccountId, task_id: TaskId) -> Result<Vec<(String, Value)>> {
        read::checkpoints(&self.readers, account_id, task_id).await
    }

    async fn request_cancel(&self, account_id: AccountId, task_id: TaskId, at: Timestamp) -> Result<CancelAnswer> {
        self.writer.write(move |db| Box::pin(ending::request_cancel(db, account_id, task_id, at))).await
    }

    async fn summary(&self, account_id: AccountId, task_id: TaskId) -> Result<TaskSummary> {
        read::summary(&self.readers, account_id, task_id).await
    }

    async fn input(&self, account_id: AccountId, task_id: TaskId) -> Result<TaskInput> {
        read::input(&self.readers, account_id, task_id).await
    }

    async fn list(&self, account_id: AccountId, filter: &TaskFilter) -> Result<TaskPage> {
        read::list(&self.readers, account_id, filter).await
    }

    async fn events_after(&self, task_id: TaskId, after: u64, limit: u32) -> Result<Vec<Event>> {
        read::events_after(&self.readers, task_id, after, limit).await
    }

    async fn log_before(&self, task_id: TaskId, before: u64, limit: u32) -> Result<Vec<LogLine>> {
        read::log_before(&self.readers, task_id, before, limit).await
    }

    async fn latest_run(&self, account_id: AccountId, task_id: TaskId) -> Result<TaskId> {
        read::latest_run(&self.readers, account_id, task_id).await
    }

    async fn head_seq(&self, task_id: TaskId) -> Result<u64> {
        read::head_seq(&self.readers, task_id).await
    }

    async fn file(&self, task_id: TaskId, path: &str) -> Result<Option<StoredFile>> {
        read::file(&self.readers, task_id, path).await
    }

    async fn files(&self, task_id: TaskId) -> Result<Vec<FileEntry>> {
        read::files(&self.readers, task_id).await
    }

    async fn artifact(&self, task_id: TaskId) -> Result<Option<Artifact>> {
        read::artifact(&self.readers, task_id).await
    }

    async fn claim(&self, worker: &str, at: Timestamp, lease_ms: i64) -> Result<Option<Claim>> {
        let worker = worker.to_owned();
        self.writer.write(move |db| Box::pin(claim::claim(db, worker, at, lease_ms))).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>> {
        claim::next_due(&self.readers).await
    }

    async fn heartbeat(&self, lease: Lease, at: Timestamp, lease_ms: i64) -> Result<HeartbeatAnswer> {
        self.writer.write(move |db| Box::pin(claim::heartbeat(db, lease, at, lease_ms))).await
    }

    async fn append(&self, lease: Lease, at: Timestamp, bodies: Vec<EventBody>) -> Result<Vec<Event>> {
        self.writer.write(move |db| Box::pin(log::append(db, lease, at, bodies))).await
    }

    async fn put_file(&self, lease: Lease, at: Timestamp, file: NewFile) -> Result<Option<Event>> {
        log::check_file(&file)?;
        self.writer.write(move |db| Box::pin(log::put_file(db, lease, at, file))).await
    }

    async fn finish_stage(&self, lease: Lease, at: Timestamp, stage: &str, output: &Value, bodies: Vec<EventBody>) -> Result<Vec<Event>> {
        let checkpoint = log::Checkpoint::new(stage, output)?;
        self.writer.write(move |db| Box::pin(log::finish_stage(db, lease, at, checkpoint, bodies))).await
    }

    async fn finish(&self, lease: Lease, at: Timestamp, outcome: Outcome) -> Result<Event> {
        ending::check_outcome(&outcome)?;
        self.writer.write(move |db| Box::pin(ending::finish(db, lease, at, outcome))).await
    }

    async fn rescue(&self, at: Timestamp, max_failures: u32) -> Result<Rescued> {
        let events = self.writer.write(move |db| Box::pin(rescue::rescue(db, at, max_failures, Loss::LeaseExpired))).await?;
        Ok(Rescued { events })
    }

    async fn rescue_all(&self, at: Timestamp, max_failures: u32) -> Result<Rescued> {
        let mut rescued = Rescued::default();
        loop {
            let events = self.writer.write(move |db| Box::pin(rescue::rescue(db, at, max_failures, Loss::Restarted))).await?;
            if events.is_empty() {
                return Ok(rescued);
            }
            rescued.events.extend(events);
        }
    }

    async fn secret(&self, name: &str, fresh: &[u8]) -> Result<Vec<u8>> {
        let (name, fresh) = (name.to_owned(), fresh.to_vec());
        self.writer.write(move |db| Box::pin(house::secret(db, name, fresh))).await
    }

    async fn check(&self) -> Result<()> {
        house::check_read(&self.readers).await?;
        self.writer.write(|db| Box::pin(house::check_write(db))).await
    }

    async fn close(&self) {
        // The last connection to close folds the WAL into the file, which a read-only one cannot.
        self.readers.close().await;
        self.writer.close().await;
    }
}

#[cfg(test)]
mod tests;
