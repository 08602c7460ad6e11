//! A task that begins with what an earlier one has done: outputs of its stages and the files that they wrote.
//!
//! One transaction with the insertion of the task. The log of the new task is whole without the earlier one: a file's event is written
//! again, a stage that was carried over is told as finished, and then that the rest waits.

use sqlx::{FromRow, SqliteConnection};

use super::{SqliteOptions, database, id, owner, submit};
use crate::protocol::{Event, EventBody, Level, TaskId, Timestamp};
use crate::server::store::{
    Carry, MAX_CARRIED_BYTES, MAX_CARRIED_FILES, MAX_CHECKPOINT_BYTES, Result, StoreError, Submitted,
    entry::Entry,
    rows::{EventRow, number, signed, status},
    words,
};

super::statements! {
    SOURCE = "SELECT status FROM task WHERE task_id = $1 AND account_id = $2";
    CARRY_CHECKPOINT = "INSERT INTO checkpoint (task_id, stage, output) VALUES ($1, $2, $3)";
    /// A file and the event that tells of it.
    CARRIED_FILE = "SELECT bytes, event.seq, event.json FROM file JOIN event ON event.task_id = file.task_id AND event.seq = file.seq
        WHERE file.task_id = $1 AND path = $2";
    CARRY_FILE = "INSERT INTO file (task_id, path, seq, bytes, sha256, content)
        SELECT $1, path, $4, bytes, sha256, content FROM file WHERE task_id = $2 AND path = $3";
    CARRY_EVENT = "INSERT INTO event (task_id, seq, type, json) VALUES ($1, $2, $3, $4)";
    CARRIED = "UPDATE task SET head_seq = $2, progress = $3, message = coalesce($4, message), files = $5, file_bytes = $6 WHERE task_id = $1";
}

#[derive(FromRow)]
struct FileRow {
    bytes: i64,
    #[sqlx(flatten)]
    event: EventRow,
}

/// The new task's log as it grows.
struct Log {
    task_id: TaskId,
    at: Timestamp,
    events: Vec<Event>,
    message: Option<String>,
}

impl Log {
    fn next_seq(&self) -> u64 {
        // Event 1 is the task's own.
        self.events.len() as u64 + 2
    }

    async fn write(&mut self, db: &mut SqliteConnection, body: EventBody) -> Result<()> {
        let entry = Entry::new(self.task_id, self.next_seq(), self.at, body)?;
        self.message = entry.summary_message().or(self.message.take());
        sqlx::query(CARRY_EVENT)
            .bind(id(&self.task_id))
            .bind(signed(entry.event.seq))
            .bind(entry.event.body.type_name())
            .bind(entry.json)
            .execute(db)
            .await
            .map_err(database)?;
        self.events.push(entry.event);
        Ok(())
    }
}

pub async fn submit(db: &mut SqliteConnection, prepared: submit::Prepared, carry: Carry, options: SqliteOptions) -> Result<Submitted> {
    let (created, account_id, at) = prepared.created();
    let (kind, plan) = (created.kind, created.stages.clone());
    let source: Option<String> =
        sqlx::query_scalar(SOURCE).bind(id(&carry.from)).bind(owner(&account_id)).fetch_optional(&mut *db).await.map_err(database)?;
    if !source.map(|word| status(&word)).transpose()?.ok_or(StoreError::NotFound)?.is_terminal() {
        return Err(StoreError::Refused { what: "to carry over from a task that has not ended" });
    }
    if carry.files.len() > MAX_CARRIED_FILES {
        return Err(StoreError::Limit { what: "files that are carried over" });
    }
    let mut outputs = Vec::with_capacity(carry.stages.len());
    for (stage, output) in &carry.stages {
        let output = serde_json::to_string(output).map_err(|error| StoreError::Damaged(error.to_string()))?;
        if output.len() > MAX_CHECKPOINT_BYTES {
            return Err(StoreError::Limit { what: "bytes of one stage's output" });
        }
        outputs.push((stage, output));
    }
    let mut submitted = submit::submit(db, prepared, options).await?;
    if submitted.events.len() != 1 {
        // The key named a task that is there already, or the account may not have it.
        return Ok(submitted);
    }
    let mut log = Log { task_id: submitted.task_id, at, events: Vec::new(), message: None };
    log.write(db, EventBody::Log { level: Level::Info, message: carry.note, stage: None }).await?;
    let (mut files, mut bytes) = (0_i64, 0_u64);
    for path in &carry.files {
        let row: Option<FileRow> =
            sqlx::query_as(CARRIED_FILE).bind(id(&carry.from)).bind(path).fetch_optional(&mut *db).await.map_err(database)?;
        let Some(row) = row else { continue };
        files += 1;
        bytes += number::<u64>(row.bytes, "bytes")?;
        if bytes > MAX_CARRIED_BYTES {
            return Err(StoreError::Limit { what: "bytes that are carried over" });
        }
        let seq = log.next_seq();
        sqlx::query(CARRY_FILE)
            .bind(id(&log.task_id))
            .bind(id(&carry.from))
            .bind(path)
            .bind(signed(seq))
            .execute(&mut *db)
            .await
            .map_err(database)?;
        log.write(db, row.event.into_event(carry.from)?.body).await?;
    }
    let mut progress: u8 = 0;
    for stage in &plan {
        let Some(output) = outputs.iter().find(|(name, _)| **name == stage.name).map(|(_, output)| output) else { continue };
        let query = sqlx::query(CARRY_CHECKPOINT).bind(id(&log.task_id)).bind(&stage.name).bind(output);
        query.execute(&mut *db).await.map_err(database)?;
        progress = progress.saturating_add(stage.weight).min(99);
        log.write(db, words::carried(&stage.name, progress)).await?;
    }
    log.write(db, words::waits(kind, progress)).await?;
    sqlx::query(CARRIED)
        .bind(id(&log.task_id))
        .bind(signed(log.next_seq() - 1))
        .bind(i64::from(progress))
        .bind(&log.message)
        .bind(files)
        .bind(signed(bytes))
        .execute(db)
        .await
        .map_err(database)?;
    submitted.events.append(&mut log.events);
    Ok(submitted)
}
