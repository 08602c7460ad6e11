//! The one connection that writes, and how many writes share a commit.
//!
//! A session of its own takes requests from a bounded queue and runs those that wait in one transaction:
//! `BEGIN IMMEDIATE`, each request in a savepoint of its own, one `COMMIT`, and only then the answers. So
//! one flush to disk pays for many requests, and under load the groups grow by themselves while the
//! disk is busy.
//!
//! Guarantees: an answer `Ok` was committed with `synchronous=FULL`. A request that fails is rolled back alone. When
//! the transaction itself fails, every request of the group gets `Database` and the connection is
//! opened anew: after a failed flush nobody knows what is on disk, so nothing is tried again here. A caller that
//! went away loses its answer, nothing else; a request that nobody waits for any more is not begun.

use std::{
    fs::File,
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use futures::{FutureExt, future::BoxFuture};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::{
    sync::{Mutex, mpsc, oneshot},
    task::JoinHandle,
    time::{Duration, Instant},
};
use tokio_util::sync::CancellationToken;

use super::{WriteCounts, database, wal};
use crate::server::store::{Result, StoreError};

/// Requests that may wait; beyond it callers wait to be let in.
const QUEUE: usize = 1024;
/// A group ends at this many requests or after this much work, whichever comes first, so that the first one's caller
/// does not wait for the hundredth's work.
const GROUP: usize = 256;
pub const GROUP_WORK: Duration = Duration::from_millis(2);

super::statements! {
    BEGIN = "BEGIN IMMEDIATE";
    COMMIT = "COMMIT";
    ROLLBACK = "ROLLBACK";
    SAVEPOINT = "SAVEPOINT request";
    NEXT_SAVEPOINT = "RELEASE request; SAVEPOINT request";
    ROLLBACK_TO = "ROLLBACK TO request";
}

pub struct Writer {
    requests: mpsc::Sender<Box<dyn Request>>,
    stop: CancellationToken,
    counters: Arc<Counters>,
    /// The session that writes and the one that keeps the log short.
    sessions: Mutex<Vec<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the session. It keeps `lock` until it has closed its connection.
    pub fn start(connection: SqliteConnection, options: SqliteConnectOptions, lock: Option<File>, group_work: Duration) -> Self {
        let (requests, waiting) = mpsc::channel(QUEUE);
        let stop = CancellationToken::new();
        let counters = Arc::new(Counters::default());
        let keeper = wal::keep_short(options.clone(), counters.clone(), stop.clone());
        let session = Session {
            waiting,
            connection: Some(connection),
            options,
            stop: stop.clone(),
            group_work,
            counters: counters.clone(),
            _lock: lock,
        };
        let sessions = Mutex::new(vec![tokio::spawn(keeper), tokio::spawn(session.run())]);
        Self { requests, stop, counters, sessions }
    }

    /// Runs `work` inside a transaction and returns when that is committed.
    ///
    /// # Errors
    /// What `work` returned, having changed nothing; `Database` when the commit failed or the writer is closed.
    ///
    /// # Cancel safety
    /// Dropping the future leaves it open whether the work is done, as with any lost answer.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T>> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let request = Box::new(Pending { work: Some(work), outcome: None, answer });
        self.requests.send(request).await.map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }

    pub fn counts(&self) -> WriteCounts {
        WriteCounts { commits: self.counters.commits(), requests: self.counters.requests.load(Ordering::Relaxed) }
    }

    /// Lets what waits be written, closes the connection and gives the lock back.
    pub async fn close(&self) {
        self.stop.cancel();
        for session in self.sessions.lock().await.drain(..) {
            // It cannot have panicked: requests are caught.
            let _ = session.await;
        }
    }
}

#[derive(Default)]
pub struct Counters {
    commits: AtomicU64,
    requests: AtomicU64,
}

impl Counters {
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }
}

fn closed() -> StoreError {
    StoreError::Database("the database is closed".into())
}

/// A request with its answer's type erased.
trait Request: Send {
    fn is_abandoned(&self) -> bool;
    /// Whether the work is to be kept.
    fn run<'c>(&'c mut self, connection: &'c mut SqliteConnection) -> BoxFuture<'c, bool>;
    /// Only now does the caller hear of it.
    fn answer(self: Box<Self>, group: &Result<()>);
}

struct Pending<T, F> {
    work: Option<F>,
    outcome: Option<Result<T>>,
    answer: oneshot::Sender<Result<T>>,
}

impl<T, F> Request for Pending<T, F>
where
    T: Send + 'static,
    F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T>> + Send + 'static,
{
    fn is_abandoned(&self) -> bool {
        self.answer.is_closed()
    }

    fn run<'c>(&'c mut self, connection: &'c mut SqliteConnection) -> BoxFuture<'c, bool> {
        Box::pin(async move {
            let Some(work) = self.work.take() else { return false };
            let outcome = work(connection).await;
            let keep = outcome.is_ok();
            self.outcome = Some(outcome);
            keep
        })
    }

    fn answer(self: Box<Self>, group: &Result<()>) {
        let answer = match (group, self.outcome) {
            (Ok(()), Some(outcome)) => outcome,
            (Ok(()), None) => Err(StoreError::Database("the request was not run".into())),
            // The request's own failure (a full disk) may be what ended the transaction: it says more.
            (Err(_), Some(Err(StoreError::Database(own)))) => Err(StoreError::Database(own)),
            (Err(error), _) => Err(StoreError::Database(error.to_string())),
        };
        // The caller may be gone.
        let _ = self.answer.send(answer);
    }
}

struct Session {
    waiting: mpsc::Receiver<Box<dyn Request>>,
    /// None after a failed transaction, until it could be opened again.
    connection: Option<SqliteConnection>,
    options: SqliteConnectOptions,
    stop: CancellationToken,
    group_work: Duration,
    counters: Arc<Counters>,
    _lock: Option<File>,
}

impl Session {
    async fn run(mut self) {
        loop {
            let first = tokio::select! {
                biased;
                () = self.stop.cancelled(), if !self.waiting.is_closed() => {
                    self.waiting.close();
                    continue;
                }
                first = self.waiting.recv() => first,
            };
            let Some(first) = first else { break };
            // Callers that the last commit woke are about to ask again: let them share this one.
            tokio::task::yield_now().await;
            let mut group = vec![first];
            let outcome = self.commit_group(&mut group).await;
            if let Err(error) = &outcome {
                tracing::error!(%error, requests = group.len(), "a group of writes was not committed");
                self.discard_connection().await;
            } else {
                self.counters.commits.fetch_add(1, Ordering::Relaxed);
                self.counters.requests.fetch_add(group.len() as u64, Ordering::Relaxed);
            }
            for request in group {
                request.answer(&outcome);
            }
        }
        // Also when all callers are gone without having closed.
        self.stop.cancel();
        if let Some(connection) = self.connection.take()
            && let Err(error) = connection.close().await
        {
            tracing::warn!(%error, "closing the database");
        }
    }

    /// Runs the first request and those that wait, and commits. An error means that the transaction as a whole failed.
    async fn commit_group(&mut self, group: &mut Vec<Box<dyn Request>>) -> Result<()> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => none.insert(self.options.connect().await.map_err(database)?),
        };
        execute(connection, BEGIN).await?;
        if self.waiting.is_empty() {
            // Alone, the transaction itself is what is rolled back.
            let keep = run_caught(&mut group[0], connection).await?;
            return execute(connection, if keep { COMMIT } else { ROLLBACK }).await;
        }
        let began = Instant::now();
        execute(connection, SAVEPOINT).await?;
        while let Some(request) = group.last_mut() {
            let keep = run_caught(request, connection).await?;
            let next = if group.len() < GROUP && began.elapsed() < self.group_work { next_wanted(&mut self.waiting) } else { None };
            if !keep {
                // The savepoint stays open for the next request, or for COMMIT, which ends it.
                execute(connection, ROLLBACK_TO).await?;
            } else if next.is_some() {
                execute(connection, NEXT_SAVEPOINT).await?;
            }
            match next {
                Some(next) => group.push(next),
                None => break,
            }
        }
        execute(connection, COMMIT).await
    }

    async fn discard_connection(&mut self) {
        if let Some(mut connection) = self.connection.take() {
            // Usually SQLite has rolled back already; closing would do it too.
            let _ = execute(&mut connection, ROLLBACK).await;
            let _ = connection.close().await;
        }
    }
}

/// What waits, without what nobody waits for any more.
fn next_wanted(waiting: &mut mpsc::Receiver<Box<dyn Request>>) -> Option<Box<dyn Request>> {
    std::iter::from_fn(|| waiting.try_recv().ok()).find(|request| !request.is_abandoned())
}

/// A panic inside a request fails its group instead of ending the only writer.
async fn run_caught(request: &mut Box<dyn Request>, connection: &mut SqliteConnection) -> Result<bool> {
    AssertUnwindSafe(request.run(connection)).catch_unwind().await.map_err(|_| StoreError::Database("a write panicked".into()))
}

async fn execute(connection: &mut SqliteConnection, statement: &'static str) -> Result<()> {
    sqlx::query(statement).execute(connection).await.map_err(database)?;
    Ok(())
}

#[cfg(test)]
mod tests;
