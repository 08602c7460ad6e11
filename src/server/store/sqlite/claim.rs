//! Who works on what: claim with fairness, lease and heartbeat.
//!
//! Fair: an account without a running task comes before those with one, those with one before those with two,
//! and within the same number the task that has been due longest. Two statements, each one walk along an index, do it:
//! sorting the whole queue by everybody's load would cost more the longer the queue is.

use sqlx::{FromRow, SqliteConnection, SqlitePool};

use super::{database, log};
use crate::protocol::{EventBody, TaskId, Timestamp};
use crate::server::store::{
    Claim, HeartbeatAnswer, Lease, Result, StoreError,
    entry::Entry,
    rows::{self, CheckpointRow, EventRow},
    words,
};

super::statements! {
    /// The oldest due task of an account that has none running. `+` keeps the planner on the index named.
    NEXT_OF_IDLE = "SELECT task_id FROM task INDEXED BY task_due
        WHERE status = 'queued' AND run_at <= $1
          AND account_id NOT IN (SELECT account_id FROM task INDEXED BY task_running WHERE status = 'running')
        ORDER BY run_at, task_id LIMIT 1";
    /// When all that is due belongs to busy accounts: the oldest of the least busy one.
    NEXT_OF_BUSY = "WITH busy AS MATERIALIZED (
            SELECT account_id, count(*) AS running FROM task INDEXED BY task_running WHERE status = 'running' GROUP BY account_id
        ), first AS MATERIALIZED (
            SELECT running, (SELECT task_id FROM task INDEXED BY task_account_due
                WHERE account_id = busy.account_id AND status = 'queued' AND run_at <= $1
                ORDER BY run_at, task_id LIMIT 1) AS task_id
            FROM busy
        )
        SELECT first.task_id FROM first JOIN task USING (task_id) ORDER BY first.running, task.run_at, task.task_id LIMIT 1";
    CANDIDATE = "SELECT task.account_id, task.attempt, task.failures, task.progress, task.head_seq, task.created_at, task_input.json AS input
        FROM task JOIN task_input USING (task_id) WHERE task.task_id = $1";
    CHECKPOINTS = "SELECT stage, output FROM checkpoint WHERE task_id = $1 ORDER BY position";
    FIRST_EVENT = "SELECT seq, json FROM event WHERE task_id = $1 AND seq = 1";
    TAKE = "UPDATE task SET status = 'running', attempt = attempt + 1, worker = $3, lease_until = $4, started_at = coalesce(started_at, $2),
            head_seq = $5, message = $6
            WHERE task_id = $1 AND status = 'queued';
        INSERT INTO event (task_id, seq, type, json) VALUES ($1, $5, 'status_update', $7)";
    NEXT_DUE = "SELECT min(run_at) FROM task INDEXED BY task_due WHERE status = 'queued'";
    /// A late heartbeat never shortens a lease.
    EXTEND = "UPDATE task SET lease_until = max(lease_until, $3) WHERE task_id = $1 AND attempt = $2 AND status = 'running'
        RETURNING cancel_requested_at IS NOT NULL";
}

#[derive(FromRow)]
struct CandidateRow {
    account_id: Vec<u8>,
    attempt: i64,
    failures: i64,
    progress: i64,
    head_seq: i64,
    created_at: i64,
    input: String,
}

pub async fn claim(db: &mut SqliteConnection, worker: String, at: Timestamp, lease_ms: i64) -> Result<Option<Claim>> {
    let Some(task_id) = next(db, at).await? else { return Ok(None) };
    let id = task_id.0.as_bytes().as_slice();
    let row: CandidateRow = sqlx::query_as(CANDIDATE).bind(id).fetch_one(&mut *db).await.map_err(database)?;
    let checkpoints: Vec<CheckpointRow> = sqlx::query_as(CHECKPOINTS).bind(id).fetch_all(&mut *db).await.map_err(database)?;
    let checkpoints = checkpoints.into_iter().map(CheckpointRow::into_checkpoint).collect::<Result<Vec<_>>>()?;
    let after_stage = match checkpoints.last() {
        Some((stage, _)) => Some(stage_label(db, task_id, stage).await?),
        None => None,
    };

    let lease = Lease { task_id, attempt: rows::number::<u32>(row.attempt, "attempt")?.saturating_add(1) };
    let (progress, seq) = (rows::number(row.progress, "progress")?, rows::number::<u64>(row.head_seq, "head_seq")? + 1);
    let entry = Entry::new(task_id, seq, at, words::started(lease.attempt, progress, after_stage.as_deref()))?;
    sqlx::query(TAKE)
        .bind(id)
        .bind(at.as_micros())
        .bind(worker)
        .bind(at.plus_ms(lease_ms).as_micros())
        .bind(rows::signed(seq))
        .bind(entry.summary_message())
        .bind(entry.json)
        .execute(db)
        .await
        .map_err(database)?;
    Ok(Some(Claim {
        lease,
        account_id: rows::account_id(&row.account_id)?,
        input: serde_json::from_str(&row.input).map_err(|error| StoreError::Damaged(format!("input of {task_id}: {error}")))?,
        created_at: Timestamp::from_micros(row.created_at),
        failures: rows::number(row.failures, "failures")?,
        progress,
        checkpoints,
        event: entry.event,
    }))
}

async fn next(db: &mut SqliteConnection, at: Timestamp) -> Result<Option<TaskId>> {
    for statement in [NEXT_OF_IDLE, NEXT_OF_BUSY] {
        let found: Option<Vec<u8>> = sqlx::query_scalar(statement).bind(at.as_micros()).fetch_optional(&mut *db).await.map_err(database)?;
        if let Some(id) = found {
            return rows::task_id(&id).map(Some);
        }
    }
    Ok(None)
}

/// What event 1 calls the stage.
async fn stage_label(db: &mut SqliteConnection, task_id: TaskId, stage: &str) -> Result<String> {
    let first: EventRow = sqlx::query_as(FIRST_EVENT).bind(task_id.0.as_bytes().as_slice()).fetch_one(db).await.map_err(database)?;
    let label = match first.into_event(task_id)?.body {
        EventBody::StatusUpdate(update) => {
            update.created.and_then(|created| created.stages.into_iter().find(|plan| plan.name == stage)).map(|plan| plan.label)
        }
        _ => None,
    };
    Ok(label.unwrap_or_else(|| stage.to_owned()))
}

pub async fn next_due(readers: &SqlitePool) -> Result<Option<Timestamp>> {
    let due: Option<i64> = sqlx::query_scalar(NEXT_DUE).fetch_one(readers).await.map_err(database)?;
    Ok(due.map(Timestamp::from_micros))
}

pub async fn heartbeat(db: &mut SqliteConnection, lease: Lease, at: Timestamp, lease_ms: i64) -> Result<HeartbeatAnswer> {
    let extended: Option<bool> = sqlx::query_scalar(EXTEND)
        .bind(lease.task_id.0.as_bytes().as_slice())
        .bind(i64::from(lease.attempt))
        .bind(at.plus_ms(lease_ms).as_micros())
        .fetch_optional(&mut *db)
        .await
        .map_err(database)?;
    match extended {
        Some(cancel_requested) => Ok(HeartbeatAnswer { cancel_requested }),
        None => Err(log::stale_or_missing(db, lease.task_id).await?),
    }
}
