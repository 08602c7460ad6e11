//! Rows as they come from a database, and what they become. Shared by all databases.
//!
//! Ids are 16 bytes (a third of their text, and `UUIDv7` bytes sort by time), instants are microseconds.
//! What this version would not have written is [`StoreError::Damaged`], never a panic.

use serde_json::Value;
use sqlx::FromRow;
use uuid::Uuid;

use super::{Artifact, Result, StoreError, StoredFile};
use crate::protocol::{AccountId, Event, EventBody, FileEntry, Kind, LogLine, Status, TaskId, TaskSummary, Timestamp};

/// Makes a closure-free error of anything that should not be in the database.
pub fn damaged(what: &str) -> StoreError {
    StoreError::Damaged(what.into())
}

pub fn task_id(bytes: &[u8]) -> Result<TaskId> {
    Uuid::from_slice(bytes).map(TaskId).map_err(|_| damaged("a task id"))
}

pub fn account_id(bytes: &[u8]) -> Result<AccountId> {
    Uuid::from_slice(bytes).map(AccountId).map_err(|_| damaged("an account id"))
}

pub fn status(word: &str) -> Result<Status> {
    Status::parse(word).ok_or_else(|| StoreError::Damaged(format!("status {word}")))
}

/// A number that the database keeps as i64.
pub fn number<T: TryFrom<i64>>(value: i64, what: &str) -> Result<T> {
    T::try_from(value).map_err(|_| StoreError::Damaged(format!("{what} {value}")))
}

/// For binding: sequence numbers and sizes never come near the end of i64.
pub fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

#[derive(Debug, FromRow)]
pub struct SummaryRow {
    pub task_id: Vec<u8>,
    pub kind: String,
    pub title: String,
    pub source: String,
    pub status: String,
    pub progress: i64,
    pub message: String,
    pub attempt: i64,
    pub created_at: i64,
    pub started_at: Option<i64>,
    pub finished_at: Option<i64>,
    pub head_seq: i64,
}

impl SummaryRow {
    pub fn into_summary(self) -> Result<TaskSummary> {
        Ok(TaskSummary {
            task_id: task_id(&self.task_id)?,
            kind: Kind::parse(&self.kind).ok_or_else(|| StoreError::Damaged(format!("kind {}", self.kind)))?,
            status: status(&self.status)?,
            title: self.title,
            source: self.source,
            progress: number(self.progress, "progress")?,
            message: self.message,
            attempt: number(self.attempt, "attempt")?,
            created_at: Timestamp::from_micros(self.created_at),
            started_at: self.started_at.map(Timestamp::from_micros),
            finished_at: self.finished_at.map(Timestamp::from_micros),
            seq: number(self.head_seq, "head_seq")?,
        })
    }
}

/// What a write has to know of a task before it writes.
#[derive(Debug, FromRow)]
pub struct HeadRow {
    pub task_id: Vec<u8>,
    pub status: String,
    pub attempt: i64,
    pub failures: i64,
    pub progress: i64,
    pub head_seq: i64,
    pub files: i64,
    pub file_bytes: i64,
    pub cancel_requested: bool,
}

#[derive(Clone, Copy, Debug)]
pub struct Head {
    pub task_id: TaskId,
    pub status: Status,
    pub attempt: u32,
    pub failures: u32,
    pub progress: u8,
    pub seq: u64,
    pub files: usize,
    pub file_bytes: u64,
    pub cancel_requested: bool,
}

impl HeadRow {
    pub fn into_head(self) -> Result<Head> {
        Ok(Head {
            task_id: task_id(&self.task_id)?,
            status: status(&self.status)?,
            attempt: number(self.attempt, "attempt")?,
            failures: number(self.failures, "failures")?,
            progress: number(self.progress, "progress")?,
            seq: number(self.head_seq, "head_seq")?,
            files: number(self.files, "files")?,
            file_bytes: number(self.file_bytes, "file_bytes")?,
            cancel_requested: self.cancel_requested,
        })
    }
}

#[derive(Debug, FromRow)]
pub struct EventRow {
    pub seq: i64,
    pub json: String,
}

impl EventRow {
    pub fn into_event(self, of: TaskId) -> Result<Event> {
        let event: Event =
            serde_json::from_str(&self.json).map_err(|error| StoreError::Damaged(format!("event {} of {of}: {error}", self.seq)))?;
        if event.task_id != of || signed(event.seq) != self.seq {
            return Err(StoreError::Damaged(format!("event {} of {of} is another one", self.seq)));
        }
        Ok(event)
    }

    pub fn into_log_line(self, of: TaskId) -> Result<LogLine> {
        let event = self.into_event(of)?;
        match event.body {
            EventBody::Log { level, message, stage } => Ok(LogLine { seq: event.seq, at: event.timestamp, level, message, stage }),
            body => Err(StoreError::Damaged(format!("event {} of {of} is a {}, not a log line", event.seq, body.type_name()))),
        }
    }
}

#[derive(Debug, FromRow)]
pub struct FileRow {
    pub seq: i64,
    pub path: String,
    pub bytes: i64,
    pub sha256: String,
}

impl FileRow {
    pub fn into_entry(self) -> Result<FileEntry> {
        Ok(FileEntry { seq: number(self.seq, "seq")?, path: self.path, bytes: number(self.bytes, "bytes")?, sha256: self.sha256 })
    }
}

#[derive(Debug, FromRow)]
pub struct StoredFileRow {
    #[sqlx(flatten)]
    pub file: FileRow,
    pub content: Vec<u8>,
}

impl StoredFileRow {
    pub fn into_file(self) -> Result<StoredFile> {
        Ok(StoredFile { entry: self.file.into_entry()?, content: self.content })
    }
}

#[derive(Debug, FromRow)]
pub struct ArtifactRow {
    pub name: String,
    pub media_type: String,
    pub sha256: String,
    pub content: Vec<u8>,
}

impl From<ArtifactRow> for Artifact {
    fn from(row: ArtifactRow) -> Self {
        Self { name: row.name, media_type: row.media_type, sha256: row.sha256, content: row.content }
    }
}

#[derive(Debug, FromRow)]
pub struct CheckpointRow {
    pub stage: String,
    pub output: String,
}

impl CheckpointRow {
    pub fn into_checkpoint(self) -> Result<(String, Value)> {
        let output =
            serde_json::from_str(&self.output).map_err(|error| StoreError::Damaged(format!("checkpoint {}: {error}", self.stage)))?;
        Ok((self.stage, output))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_told_not_panicked_about() {
        let of = TaskId::from_parts(Timestamp::default(), &[0; 10]);
        let other = TaskId::from_parts(Timestamp::default(), &[1; 10]);
        let json = format!(r#"{{"type":"log","task_id":"{of}","seq":3,"timestamp":"2026-11-20T18:34:00Z","message":"m","level":"info"}}"#);
        let row = |seq, json: &str| EventRow { seq, json: json.into() };
        assert!(row(3, &json).into_log_line(of).is_ok());
        for (row, of) in
            [(row(4, &json), of), (row(3, &json), other), (row(3, "{"), of), (row(3, &json.replace(":3,", ":-3,")), of), (row(3, "[]"), of)]
        {
            assert!(matches!(row.into_event(of), Err(StoreError::Damaged(_))));
        }
        assert!(task_id(b"short").is_err() && status("dancing").is_err() && number::<u8>(300, "progress").is_err());
    }
}
