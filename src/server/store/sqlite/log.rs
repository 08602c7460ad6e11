//! What a running attempt writes: events, files, outputs of stages. Each write first passes the fence: the task is
//! running and the attempt is the present one.

use serde_json::Value;
use sqlx::SqliteConnection;

use super::database;
use crate::protocol::{Event, EventBody, TaskId, Timestamp, fold::MAX_FILES};
use crate::server::store::{
    Lease, MAX_CHECKPOINT_BYTES, MAX_EVENTS, MAX_FILE_BYTES, MAX_FILES_BYTES, NewFile, Result, StoreError,
    entry::{Entry, by_worker, check_path},
    rows::{Head, HeadRow, signed},
};

super::statements! {
    HEAD_OF_ATTEMPT = "SELECT task_id, status, attempt, failures, progress, head_seq, files, file_bytes, cancel_requested_at IS NOT NULL AS cancel_requested
        FROM task WHERE task_id = $1 AND attempt = $2 AND status = 'running'";
    EXISTS = "SELECT count(*) FROM task WHERE task_id = $1";
    INSERT_EVENT = "INSERT INTO event (task_id, seq, type, json) VALUES ($1, $2, $3, $4)";
    ADVANCE = "UPDATE task SET head_seq = $3, progress = max(progress, $4), message = coalesce($5, message)
        WHERE task_id = $1 AND attempt = $2 AND status = 'running'";
    /// The usual append, one event, in one step.
    INSERT_EVENT_AND_ADVANCE = "INSERT INTO event (task_id, seq, type, json) VALUES ($1, $3, $6, $7);
        UPDATE task SET head_seq = $3, progress = max(progress, $4), message = coalesce($5, message)
        WHERE task_id = $1 AND attempt = $2 AND status = 'running'";
    FILE_SHA = "SELECT bytes, sha256 FROM file WHERE task_id = $1 AND path = $2";
    PUT_FILE = "INSERT INTO file (task_id, path, seq, bytes, sha256, content) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (task_id, path) DO UPDATE SET seq = excluded.seq, bytes = excluded.bytes, sha256 = excluded.sha256, content = excluded.content;
        UPDATE task SET files = files + $7, file_bytes = file_bytes + $8 WHERE task_id = $1";
    PUT_CHECKPOINT = "INSERT INTO checkpoint (task_id, stage, output) VALUES ($1, $2, $3)
        ON CONFLICT (task_id, stage) DO UPDATE SET output = excluded.output";
}

/// A stage's output, serialised before the writer has it.
pub struct Checkpoint {
    stage: String,
    output: String,
}

impl Checkpoint {
    pub fn new(stage: &str, output: &Value) -> Result<Self> {
        let output = serde_json::to_string(output).map_err(|error| StoreError::Damaged(error.to_string()))?;
        if output.len() > MAX_CHECKPOINT_BYTES {
            return Err(StoreError::Limit { what: "bytes of one stage's output" });
        }
        Ok(Self { stage: stage.into(), output })
    }
}

pub async fn append(db: &mut SqliteConnection, lease: Lease, at: Timestamp, bodies: Vec<EventBody>) -> Result<Vec<Event>> {
    let head = fence(db, lease).await?;
    write_entries(db, lease, &head, at, bodies).await
}

pub async fn finish_stage(
    db: &mut SqliteConnection,
    lease: Lease,
    at: Timestamp,
    checkpoint: Checkpoint,
    bodies: Vec<EventBody>,
) -> Result<Vec<Event>> {
    let head = fence(db, lease).await?;
    sqlx::query(PUT_CHECKPOINT)
        .bind(lease.task_id.0.as_bytes().as_slice())
        .bind(checkpoint.stage)
        .bind(checkpoint.output)
        .execute(&mut *db)
        .await
        .map_err(database)?;
    write_entries(db, lease, &head, at, bodies).await
}

/// # Errors
/// `Refused` for a path that is none, `Limit` for too much content.
pub fn check_file(file: &NewFile) -> Result<()> {
    check_path(&file.path)?;
    if file.content.len() > MAX_FILE_BYTES {
        return Err(StoreError::Limit { what: "bytes of one file" });
    }
    Ok(())
}

pub async fn put_file(db: &mut SqliteConnection, lease: Lease, at: Timestamp, file: NewFile) -> Result<Option<Event>> {
    let head = fence(db, lease).await?;
    let NewFile { path, content, sha256, preview } = file;
    let id = lease.task_id.0.as_bytes().as_slice();
    let old: Option<(i64, String)> = sqlx::query_as(FILE_SHA).bind(id).bind(&path).fetch_optional(&mut *db).await.map_err(database)?;
    let bytes = content.len() as u64;
    if old.as_ref().is_some_and(|(old_bytes, old_sha256)| *old_bytes == signed(bytes) && *old_sha256 == sha256) {
        return Ok(None);
    }
    let (new_files, old_bytes) = old.map_or((1, 0), |(old_bytes, _)| (0, old_bytes));
    let more_bytes = signed(bytes) - old_bytes;
    if head.files + new_files > MAX_FILES {
        return Err(StoreError::Limit { what: "files of one task" });
    }
    if head.file_bytes.saturating_add_signed(more_bytes) > MAX_FILES_BYTES {
        return Err(StoreError::Limit { what: "bytes of all files of one task" });
    }
    sqlx::query(PUT_FILE)
        .bind(id)
        .bind(&path)
        .bind(signed(head.seq + 1))
        .bind(signed(bytes))
        .bind(&sha256)
        .bind(content)
        .bind(signed(new_files as u64))
        .bind(more_bytes)
        .execute(&mut *db)
        .await
        .map_err(database)?;
    let events = write_entries(db, lease, &head, at, vec![EventBody::File { path, bytes, sha256, preview }]).await?;
    Ok(events.into_iter().next())
}

/// The task, if the attempt is still its present one.
///
/// # Errors
/// `StaleAttempt`, or `NotFound` for a task that never was.
pub async fn fence(db: &mut SqliteConnection, lease: Lease) -> Result<Head> {
    let row: Option<HeadRow> = sqlx::query_as(HEAD_OF_ATTEMPT)
        .bind(lease.task_id.0.as_bytes().as_slice())
        .bind(i64::from(lease.attempt))
        .fetch_optional(&mut *db)
        .await
        .map_err(database)?;
    match row {
        Some(row) => row.into_head(),
        None => Err(stale_or_missing(db, lease.task_id).await?),
    }
}

pub async fn stale_or_missing(db: &mut SqliteConnection, task_id: TaskId) -> Result<StoreError> {
    let count: i64 = sqlx::query_scalar(EXISTS).bind(task_id.0.as_bytes().as_slice()).fetch_one(db).await.map_err(database)?;
    Ok(if count == 0 { StoreError::NotFound } else { StoreError::StaleAttempt })
}

async fn write_entries(db: &mut SqliteConnection, lease: Lease, head: &Head, at: Timestamp, bodies: Vec<EventBody>) -> Result<Vec<Event>> {
    if head.seq + bodies.len() as u64 > MAX_EVENTS {
        return Err(StoreError::Limit { what: "events of one task" });
    }
    let (mut seq, mut progress, mut message) = (head.seq, head.progress, None);
    let mut entries = Vec::with_capacity(bodies.len());
    for body in bodies {
        let body = by_worker(lease, progress, body)?;
        if let EventBody::StatusUpdate(update) = &body {
            progress = update.progress;
        }
        seq += 1;
        let entry = Entry::new(lease.task_id, seq, at, body)?;
        message = entry.summary_message().or(message);
        entries.push(entry);
    }
    let id = lease.task_id.0.as_bytes().as_slice();
    let advance = |statement| {
        sqlx::query(statement).bind(id).bind(i64::from(lease.attempt)).bind(signed(seq)).bind(i64::from(progress)).bind(&message)
    };
    if let [entry] = entries.as_slice() {
        let query = advance(INSERT_EVENT_AND_ADVANCE).bind(entry.event.body.type_name()).bind(&entry.json);
        query.execute(&mut *db).await.map_err(database)?;
    } else if !entries.is_empty() {
        for entry in &entries {
            insert_event(db, entry).await?;
        }
        advance(ADVANCE).execute(&mut *db).await.map_err(database)?;
    }
    Ok(entries.into_iter().map(|entry| entry.event).collect())
}

async fn insert_event(db: &mut SqliteConnection, entry: &Entry) -> Result<()> {
    sqlx::query(INSERT_EVENT)
        .bind(entry.event.task_id.0.as_bytes().as_slice())
        .bind(signed(entry.event.seq))
        .bind(entry.event.body.type_name())
        .bind(&entry.json)
        .execute(db)
        .await
        .map_err(database)?;
    Ok(())
}
