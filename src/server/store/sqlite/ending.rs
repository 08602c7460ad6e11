//! Everything that ends an attempt or a task: finish, a cancel request, and (in [`rescue`](super::rescue)) rescue.
//!
//! There is one statement that writes a completion and one that puts a task back, both for tasks that have not ended
//! only; with the primary key of the log this makes a second completion impossible.

use sqlx::SqliteConnection;

use super::{database, id, ledger, log, owner};
use crate::protocol::{AccountId, Event, EventBody, Problem, Status, TaskId, Timestamp};
use crate::server::store::{
    Artifact, CancelAnswer, Lease, MAX_ARTIFACT_BYTES, Outcome, Result, StoreError,
    entry::Entry,
    outbox::{MAX_MAILS_PER_HOUR, MAX_WAITING},
    rows::{Head, HeadRow, signed},
    words,
};

super::statements! {
    HEAD_OF_OWNER = "SELECT task_id, status, attempt, failures, progress, head_seq, files, file_bytes, cancel_requested_at IS NOT NULL AS cancel_requested
        FROM task WHERE task_id = $1 AND account_id = $2";
    /// Checkpoints are of no use any more, but for projects, which can be begun from. Whoever wants to be told gets a message each, unless there are too many
    /// already.
    END = "INSERT INTO event (task_id, seq, type, json) VALUES ($1, $2, 'completion', $3);
        UPDATE task SET head_seq = $2, status = $4, message = $5, progress = CASE $4 WHEN 'completed' THEN 100 ELSE progress END,
            finished_at = $6, lease_until = NULL, worker = NULL
            WHERE task_id = $1 AND status IN ('queued', 'running');
        DELETE FROM checkpoint WHERE task_id = $1 AND (SELECT kind FROM task WHERE task_id = $1) <> 'project';
        INSERT INTO delivery (way, target, account_id, message_id, task_id, event, created_at, next_at)
            SELECT 'webhook', webhook_id, webhook.account_id, $1, $1, 'task.' || $4, $6, $6 FROM task JOIN webhook USING (account_id)
            WHERE task_id = $1 AND disabled_at IS NULL AND instr(events, 'task.' || $4) > 0
                AND (SELECT count(*) FROM delivery AS waiting WHERE waiting.target = webhook_id AND waiting.next_at IS NOT NULL) < $7;
        INSERT INTO delivery (way, target, account_id, message_id, task_id, event, created_at, next_at)
            SELECT 'mail', account.account_id, account.account_id, $1, $1, 'task.' || $4, $6, $6 FROM task JOIN account USING (account_id)
            WHERE task_id = $1 AND mail_when_done = 1 AND email_confirmed_at IS NOT NULL
                AND coalesce((SELECT created_at FROM delivery AS older WHERE older.target = account.account_id
                    ORDER BY delivery_id DESC LIMIT 1 OFFSET $8), 0) <= $6 - $9";
    REQUEUE = "INSERT INTO event (task_id, seq, type, json) VALUES ($1, $2, 'status_update', $3);
        UPDATE task SET head_seq = $2, status = 'queued', message = $4, run_at = $5, failures = $6, lease_until = NULL, worker = NULL
            WHERE task_id = $1 AND status = 'running'";
    REQUEST_CANCEL = "INSERT INTO event (task_id, seq, type, json) VALUES ($1, $2, 'status_update', $3);
        UPDATE task SET head_seq = $2, message = $4, cancel_requested_at = $5 WHERE task_id = $1 AND status = 'running'";
    PUT_ARTIFACT = "INSERT INTO artifact (task_id, name, media_type, sha256, content) VALUES ($1, $2, $3, $4, $5)";
}

const HOUR_MICROS: i64 = 3_600_000_000;

/// # Errors
/// `Limit` when the download is too large. A result that does not fit into an event is found by `finish`.
pub fn check_outcome(outcome: &Outcome) -> Result<()> {
    match outcome {
        Outcome::Completed { artifact: Some(artifact), .. } if artifact.content.len() > MAX_ARTIFACT_BYTES => {
            Err(StoreError::Limit { what: "bytes of the download" })
        }
        _ => Ok(()),
    }
}

pub async fn finish(db: &mut SqliteConnection, lease: Lease, at: Timestamp, outcome: Outcome) -> Result<Event> {
    let head = log::fence(db, lease).await?;
    match outcome {
        Outcome::Completed { message, result, artifact, tokens } => {
            if let Some(artifact) = artifact {
                put_artifact(db, lease.task_id, artifact).await?;
            }
            ledger::settle(db, lease.task_id, tokens, at).await?;
            end(db, &head, at, words::completed(&message, result)).await
        }
        Outcome::Failed { problem } => end(db, &head, at, words::failed(problem)).await,
        Outcome::Cancelled { message } => end(db, &head, at, words::cancelled(&message)).await,
        // Somebody asked to cancel while the attempt was ending: it must not run again.
        Outcome::Retry { .. } | Outcome::Released { .. } if head.cancel_requested => {
            end(db, &head, at, words::cancelled(words::CANCELLED_INSTEAD)).await
        }
        Outcome::Retry { run_at, message } => requeue(db, &head, at, run_at, head.failures.saturating_add(1), &message).await,
        Outcome::Released { message } => requeue(db, &head, at, at, head.failures, &message).await,
    }
}

pub async fn request_cancel(db: &mut SqliteConnection, account_id: AccountId, task_id: TaskId, at: Timestamp) -> Result<CancelAnswer> {
    let row: Option<HeadRow> =
        sqlx::query_as(HEAD_OF_OWNER).bind(id(&task_id)).bind(owner(&account_id)).fetch_optional(&mut *db).await.map_err(database)?;
    let head = row.ok_or(StoreError::NotFound)?.into_head()?;
    match head.status {
        Status::Queued => end(db, &head, at, words::cancelled(words::CANCELLED_BEFORE_START)).await.map(CancelAnswer::Cancelled),
        Status::Running if head.cancel_requested => Ok(CancelAnswer::AlreadyRequested),
        Status::Running => {
            let entry = Entry::new(task_id, head.seq + 1, at, words::cancel_requested(head.attempt, head.progress))?;
            let query = begin_statement(REQUEST_CANCEL, &entry).bind(entry.summary_message()).bind(at.as_micros());
            query.execute(db).await.map_err(database)?;
            Ok(CancelAnswer::Requested(entry.event))
        }
        ended => Ok(CancelAnswer::Ended(ended)),
    }
}

/// Ends a task that was made just now and may not run.
pub async fn refuse(db: &mut SqliteConnection, account_id: AccountId, task_id: TaskId, at: Timestamp, problem: Problem) -> Result<Event> {
    let row: Option<HeadRow> =
        sqlx::query_as(HEAD_OF_OWNER).bind(id(&task_id)).bind(owner(&account_id)).fetch_optional(&mut *db).await.map_err(database)?;
    end(db, &row.ok_or(StoreError::NotFound)?.into_head()?, at, words::failed(problem)).await
}

/// Writes the task's last event. Whatever it still holds is given back.
pub async fn end(db: &mut SqliteConnection, head: &Head, at: Timestamp, body: EventBody) -> Result<Event> {
    let EventBody::Completion { status, .. } = body else { return Err(StoreError::Refused { what: "an end that is no completion" }) };
    let entry = Entry::new(head.task_id, head.seq + 1, at, body)?;
    let query = begin_statement(END, &entry).bind(status.as_str()).bind(entry.summary_message()).bind(at.as_micros());
    let query = query.bind(i64::from(MAX_WAITING)).bind(i64::from(MAX_MAILS_PER_HOUR) - 1).bind(HOUR_MICROS);
    query.execute(&mut *db).await.map_err(database)?;
    ledger::settle(db, head.task_id, 0, at).await?;
    Ok(entry.event)
}

/// Puts a running task back into the queue.
pub async fn requeue(
    db: &mut SqliteConnection,
    head: &Head,
    at: Timestamp,
    run_at: Timestamp,
    failures: u32,
    message: &str,
) -> Result<Event> {
    let entry = Entry::new(head.task_id, head.seq + 1, at, words::requeued(head.attempt, head.progress, run_at, message))?;
    let query = begin_statement(REQUEUE, &entry).bind(entry.summary_message()).bind(run_at.as_micros()).bind(i64::from(failures));
    query.execute(db).await.map_err(database)?;
    Ok(entry.event)
}

/// Binds what all of these statements begin with: task, seq, JSON.
fn begin_statement(statement: &'static str, entry: &Entry) -> sqlx::query::Query<'static, sqlx::Sqlite, sqlx::sqlite::SqliteArguments> {
    sqlx::query(statement).bind(entry.event.task_id.0.as_bytes().to_vec()).bind(signed(entry.event.seq)).bind(entry.json.clone())
}

async fn put_artifact(db: &mut SqliteConnection, task_id: TaskId, artifact: Artifact) -> Result<()> {
    sqlx::query(PUT_ARTIFACT)
        .bind(id(&task_id))
        .bind(artifact.name)
        .bind(artifact.media_type)
        .bind(artifact.sha256)
        .bind(artifact.content)
        .execute(db)
        .await
        .map_err(database)?;
    Ok(())
}
