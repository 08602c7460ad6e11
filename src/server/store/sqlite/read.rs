//! What people look at. Each read is one statement, so it sees one state of the database.

use futures::TryStreamExt;
use serde_json::Value;
use sqlx::SqlitePool;

use super::{database, id, owner};
use crate::protocol::{AccountId, Event, FileEntry, Kind, LogLine, TaskFilter, TaskId, TaskInput, TaskPage, TaskSummary};
use crate::server::store::{
    Artifact, MAX_EVENTS_PER_READ, MAX_READ_BYTES, Result, StoreError, StoredFile,
    rows::{ArtifactRow, CheckpointRow, EventRow, FileRow, StoredFileRow, SummaryRow, number, signed},
};

super::statements! {
    SUMMARY = "SELECT task_id, kind, title, source, status, progress, message, attempt, created_at, started_at, finished_at, head_seq
        FROM task WHERE task_id = $1 AND account_id = $2";
    INPUT = "SELECT task_input.json FROM task_input JOIN task USING (task_id) WHERE task_id = $1 AND account_id = $2";
    CHECKPOINTS_OF = "SELECT stage, output FROM checkpoint JOIN task USING (task_id) WHERE task_id = $1 AND account_id = $2 ORDER BY position";
    LIST = "SELECT task_id, kind, title, source, status, progress, message, attempt, created_at, started_at, finished_at, head_seq
        FROM task INDEXED BY task_account WHERE account_id = $1 AND task_id < $2 AND ($3 IS NULL OR kind = $3) AND ($4 IS NULL OR instr(search, $4) > 0)
        ORDER BY task_id DESC LIMIT $5";
    LIST_BY_STATUS = "SELECT task_id, kind, title, source, status, progress, message, attempt, created_at, started_at, finished_at, head_seq
        FROM task INDEXED BY task_account_status
        WHERE account_id = $1 AND task_id < $2 AND ($3 IS NULL OR kind = $3) AND ($4 IS NULL OR instr(search, $4) > 0) AND status = $6
        ORDER BY task_id DESC LIMIT $5";
    EVENTS_AFTER = "SELECT seq, json FROM event WHERE task_id = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    LOG_BEFORE = "SELECT seq, json FROM event INDEXED BY event_log_line WHERE task_id = $1 AND type = 'log' AND seq < $2 ORDER BY seq DESC LIMIT $3";
    HEAD_SEQ = "SELECT head_seq FROM task WHERE task_id = $1";
    /// `max`: ids sort by time.
    LATEST_RUN = "WITH RECURSIVE run(task_id) AS (
            SELECT task_id FROM task WHERE task_id = $1 AND account_id = $2
            UNION SELECT task.task_id FROM run JOIN task INDEXED BY task_retry ON task.retry_of = run.task_id WHERE task.account_id = $2
        ) SELECT max(task_id) FROM run";
    FILE = "SELECT seq, path, bytes, sha256, content FROM file WHERE task_id = $1 AND path = $2";
    FILES = "SELECT seq, path, bytes, sha256 FROM file WHERE task_id = $1 ORDER BY path";
    ARTIFACT = "SELECT name, media_type, sha256, content FROM artifact WHERE task_id = $1";
}

const DEFAULT_PAGE: u32 = 25;
const MAX_PAGE: u32 = 100;

pub async fn summary(readers: &SqlitePool, account_id: AccountId, task_id: TaskId) -> Result<TaskSummary> {
    let row: Option<SummaryRow> =
        sqlx::query_as(SUMMARY).bind(id(&task_id)).bind(owner(&account_id)).fetch_optional(readers).await.map_err(database)?;
    row.ok_or(StoreError::NotFound)?.into_summary()
}

pub async fn input(readers: &SqlitePool, account_id: AccountId, task_id: TaskId) -> Result<TaskInput> {
    let json: Option<String> =
        sqlx::query_scalar(INPUT).bind(id(&task_id)).bind(owner(&account_id)).fetch_optional(readers).await.map_err(database)?;
    let json = json.ok_or(StoreError::NotFound)?;
    serde_json::from_str(&json).map_err(|error| StoreError::Damaged(format!("input of {task_id}: {error}")))
}

pub async fn checkpoints(readers: &SqlitePool, account_id: AccountId, task_id: TaskId) -> Result<Vec<(String, Value)>> {
    summary(readers, account_id, task_id).await?;
    let rows: Vec<CheckpointRow> =
        sqlx::query_as(CHECKPOINTS_OF).bind(id(&task_id)).bind(owner(&account_id)).fetch_all(readers).await.map_err(database)?;
    rows.into_iter().map(CheckpointRow::into_checkpoint).collect()
}

pub async fn list(readers: &SqlitePool, account_id: AccountId, filter: &TaskFilter) -> Result<TaskPage> {
    let limit = if filter.limit == 0 { DEFAULT_PAGE } else { filter.limit.min(MAX_PAGE) };
    let before = filter.before.map_or([0xFF; 16], |task_id| *task_id.0.as_bytes());
    let text = filter.text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_lowercase);
    let query = sqlx::query_as(if filter.status.is_some() { LIST_BY_STATUS } else { LIST })
        .bind(owner(&account_id))
        .bind(before.as_slice())
        .bind(filter.kind.map(Kind::as_str))
        .bind(text)
        // One more than asked for tells whether there is more.
        .bind(i64::from(limit) + 1);
    let query = match filter.status {
        Some(status) => query.bind(status.as_str()),
        None => query,
    };
    let rows: Vec<SummaryRow> = query.fetch_all(readers).await.map_err(database)?;
    let more = rows.len() > limit as usize;
    let tasks = rows.into_iter().take(limit as usize).map(SummaryRow::into_summary).collect::<Result<_>>()?;
    Ok(TaskPage { tasks, more })
}

pub async fn events_after(readers: &SqlitePool, task_id: TaskId, after: u64, limit: u32) -> Result<Vec<Event>> {
    let mut rows =
        sqlx::query_as(EVENTS_AFTER).bind(id(&task_id)).bind(signed(after)).bind(i64::from(limit.min(MAX_EVENTS_PER_READ))).fetch(readers);
    let (mut events, mut bytes) = (Vec::new(), 0);
    while bytes < MAX_READ_BYTES {
        let row: Option<EventRow> = rows.try_next().await.map_err(database)?;
        let Some(row) = row else { break };
        bytes += row.json.len();
        events.push(row.into_event(task_id)?);
    }
    Ok(events)
}

pub async fn log_before(readers: &SqlitePool, task_id: TaskId, before: u64, limit: u32) -> Result<Vec<LogLine>> {
    let mut rows =
        sqlx::query_as(LOG_BEFORE).bind(id(&task_id)).bind(signed(before)).bind(i64::from(limit.min(MAX_EVENTS_PER_READ))).fetch(readers);
    let (mut lines, mut bytes) = (Vec::new(), 0);
    while bytes < MAX_READ_BYTES {
        let row: Option<EventRow> = rows.try_next().await.map_err(database)?;
        let Some(row) = row else { break };
        bytes += row.json.len();
        lines.push(row.into_log_line(task_id)?);
    }
    lines.reverse();
    Ok(lines)
}

pub async fn latest_run(readers: &SqlitePool, account_id: AccountId, task_id: TaskId) -> Result<TaskId> {
    let latest: Option<Vec<u8>> =
        sqlx::query_scalar(LATEST_RUN).bind(id(&task_id)).bind(owner(&account_id)).fetch_one(readers).await.map_err(database)?;
    crate::server::store::rows::task_id(&latest.ok_or(StoreError::NotFound)?)
}

pub async fn head_seq(readers: &SqlitePool, task_id: TaskId) -> Result<u64> {
    let seq: Option<i64> = sqlx::query_scalar(HEAD_SEQ).bind(id(&task_id)).fetch_optional(readers).await.map_err(database)?;
    seq.map_or(Ok(0), |seq| number(seq, "head_seq"))
}

pub async fn file(readers: &SqlitePool, task_id: TaskId, path: &str) -> Result<Option<StoredFile>> {
    let row: Option<StoredFileRow> = sqlx::query_as(FILE).bind(id(&task_id)).bind(path).fetch_optional(readers).await.map_err(database)?;
    row.map(StoredFileRow::into_file).transpose()
}

pub async fn files(readers: &SqlitePool, task_id: TaskId) -> Result<Vec<FileEntry>> {
    let rows: Vec<FileRow> = sqlx::query_as(FILES).bind(id(&task_id)).fetch_all(readers).await.map_err(database)?;
    rows.into_iter().map(FileRow::into_entry).collect()
}

pub async fn artifact(readers: &SqlitePool, task_id: TaskId) -> Result<Option<Artifact>> {
    let row: Option<ArtifactRow> = sqlx::query_as(ARTIFACT).bind(id(&task_id)).fetch_optional(readers).await.map_err(database)?;
    Ok(row.map(Artifact::from))
}
