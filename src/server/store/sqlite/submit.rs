//! A new task: its row, its input and event 1, or the task that the idempotency key names.

use sha2::{Digest, Sha256};
use sqlx::{FromRow, SqliteConnection};

use super::database;
use crate::protocol::Created;
use crate::server::store::{
    MAX_INPUT_BYTES, MAX_KEY_BYTES, NewTask, Result, StoreError, Submitted,
    entry::{Entry, clean_created},
    rows, words,
};

super::statements! {
    /// How many of the account's tasks are open, and the one that has the key.
    FIND_KEY = "SELECT (SELECT count(*) FROM task WHERE account_id = $1 AND status IN ('queued', 'running')) AS open_tasks,
               task.task_id, task.input_sha256
        FROM (SELECT 1) LEFT JOIN task ON task.account_id = $1 AND task.idempotency_key = $2";
    INSERT_TASK = "INSERT INTO task (task_id, account_id, kind, title, source, search, status, message, head_seq, created_at, run_at, idempotency_key, input_sha256)
            VALUES ($1, $2, $3, $4, $5, $6, 'queued', $7, 1, $8, $8, $9, $10);
        INSERT INTO task_input (task_id, json) VALUES ($1, $11);
        INSERT INTO event (task_id, seq, type, json) VALUES ($1, 1, 'status_update', $12)";
}

#[derive(FromRow)]
struct KeyRow {
    open_tasks: i64,
    task_id: Option<Vec<u8>>,
    input_sha256: Option<Vec<u8>>,
}

/// A new task with everything computed that needs no database, so that the writer does not do it.
pub struct Prepared {
    new: NewTask,
    created: Created,
    input: String,
    input_sha256: Vec<u8>,
    entry: Entry,
}

impl Prepared {
    pub fn new(new: NewTask) -> Result<Self> {
        if new.idempotency_key.as_ref().is_some_and(|key| key.is_empty() || key.len() > MAX_KEY_BYTES) {
            return Err(StoreError::Refused { what: "an idempotency key that is empty or too long" });
        }
        let input = serde_json::to_string(&new.input).map_err(|error| StoreError::Damaged(error.to_string()))?;
        if input.len() > MAX_INPUT_BYTES {
            return Err(StoreError::Limit { what: "bytes of one input" });
        }
        let created = clean_created(new.created.clone());
        let entry = Entry::new(new.task_id, 1, new.at, words::queued(created.clone()))?;
        Ok(Self { input_sha256: Sha256::digest(&input).to_vec(), created, input, entry, new })
    }
}

pub async fn submit(db: &mut SqliteConnection, prepared: Prepared, max_open_tasks: u32) -> Result<Submitted> {
    let Prepared { new, created, input, input_sha256, entry } = prepared;
    let account_id = new.account_id.0.as_bytes().as_slice();
    let found: KeyRow =
        sqlx::query_as(FIND_KEY).bind(account_id).bind(new.idempotency_key.as_deref()).fetch_one(&mut *db).await.map_err(database)?;
    if let Some(existing) = found.task_id {
        if found.input_sha256 != Some(input_sha256) {
            return Err(StoreError::KeyReused);
        }
        return Ok(Submitted { task_id: rows::task_id(&existing)?, event: None });
    }
    if found.open_tasks >= i64::from(max_open_tasks) {
        return Err(StoreError::Limit { what: "queued and running tasks of one account" });
    }
    sqlx::query(INSERT_TASK)
        .bind(new.task_id.0.as_bytes().as_slice())
        .bind(account_id)
        .bind(created.kind.as_str())
        .bind(&created.title)
        .bind(&created.source)
        .bind(search_text(&created.title, &created.source))
        .bind(entry.summary_message())
        .bind(new.at.as_micros())
        .bind(new.idempotency_key.as_deref())
        .bind(input_sha256)
        .bind(input)
        .bind(entry.json)
        .execute(db)
        .await
        .map_err(database)?;
    Ok(Submitted { task_id: new.task_id, event: Some(entry.event) })
}

/// What a list's search looks at. The separator keeps a match from reaching from one into the other.
fn search_text(title: &str, source: &str) -> String {
    format!("{}\u{1F}{}", title.to_lowercase(), source.to_lowercase())
}
