//! A new task: its row, its input and event 1, or the task that the idempotency key names.

use sha2::{Digest, Sha256};
use sqlx::{FromRow, SqliteConnection};

use super::{SqliteOptions, database, ending, id, ledger, owner};
use crate::protocol::{AccountId, Created, TaskId, Timestamp, account::Price};
use crate::server::store::{
    MAX_INPUT_BYTES, MAX_KEY_BYTES, NewTask, Result, StoreError, Submitted,
    entry::{Entry, clean_created},
    rows, words,
};

super::statements! {
    SUBSCRIBED_UNTIL = "SELECT subscribed_until FROM account WHERE account_id = $1";
    FIND_KEY = "SELECT task_id, input_sha256 FROM task WHERE account_id = $1 AND idempotency_key = $2";
    /// All of it or nothing, in one step: nothing when the account is full or the key is taken, which `FIND_KEY` then tells apart.
    /// `changes()` is what the statement before inserted.
    INSERT_TASK = "INSERT INTO task (task_id, account_id, kind, title, source, search, status, message, head_seq, created_at, run_at, idempotency_key, input_sha256, retry_of, project_id)
            SELECT $1, $2, $3, $4, $5, $6, 'queued', $7, 1, $8, $8, $9, $10, $14,
                coalesce((SELECT project_id FROM task WHERE task_id = $14 AND account_id = $2), $1)
            WHERE (SELECT count(*) FROM task WHERE account_id = $2 AND status IN ('queued', 'running')) < $13
            ON CONFLICT (account_id, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING;
        INSERT INTO task_input (task_id, json) SELECT $1, $11 WHERE changes() = 1;
        INSERT INTO event (task_id, seq, type, json) SELECT $1, 1, 'status_update', $12 WHERE changes() = 1";
}

#[derive(FromRow)]
struct KeyRow {
    task_id: Vec<u8>,
    input_sha256: Vec<u8>,
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
    /// What event 1 says, and whose it is.
    pub fn created(&self) -> (&Created, AccountId, Timestamp) {
        (&self.created, self.new.account_id, self.new.at)
    }

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

pub async fn submit(db: &mut SqliteConnection, prepared: Prepared, options: SqliteOptions) -> Result<Submitted> {
    let Prepared { new, created, input, input_sha256, entry } = prepared;
    let inserted = sqlx::query(INSERT_TASK)
        .bind(id(&new.task_id))
        .bind(owner(&new.account_id))
        .bind(created.kind.as_str())
        .bind(&created.title)
        .bind(&created.source)
        .bind(search_text(&created.title, &created.source))
        .bind(entry.summary_message())
        .bind(new.at.as_micros())
        .bind(new.idempotency_key.as_deref())
        .bind(input_sha256.as_slice())
        .bind(input)
        .bind(entry.json)
        .bind(i64::from(options.max_open_tasks))
        .bind(created.retry_of.as_ref().map(id))
        .execute(&mut *db)
        .await
        .map_err(database)?;
    if inserted.rows_affected() > 0 {
        let mut events = vec![entry.event];
        if let Some(problem) = new.refused {
            events.push(ending::refuse(db, new.account_id, new.task_id, new.at, problem).await?);
        } else {
            pay(db, new.account_id, new.task_id, new.price, options.initial_tokens, new.at).await?;
        }
        return Ok(Submitted { task_id: new.task_id, events });
    }
    let known: Option<KeyRow> = sqlx::query_as(FIND_KEY)
        .bind(owner(&new.account_id))
        .bind(new.idempotency_key.as_deref())
        .fetch_optional(db)
        .await
        .map_err(database)?;
    match known {
        Some(known) if known.input_sha256 == input_sha256 => Ok(Submitted { task_id: rows::task_id(&known.task_id)?, events: Vec::new() }),
        Some(_) => Err(StoreError::KeyReused),
        None => Err(StoreError::Limit { what: "queued and running tasks of one account" }),
    }
}

/// Sees that the account may have the task, and holds its tokens. An error takes the task back with it.
async fn pay(db: &mut SqliteConnection, account_id: AccountId, task_id: TaskId, price: Price, initial: i64, at: Timestamp) -> Result<()> {
    if price.subscription {
        let until: Option<i64> =
            sqlx::query_scalar(SUBSCRIBED_UNTIL).bind(owner(&account_id)).fetch_optional(&mut *db).await.map_err(database)?.flatten();
        if let Some(until) = until.map(Timestamp::from_micros).filter(|until| *until <= at) {
            return Err(StoreError::NotSubscribed { until });
        }
    }
    if price.tokens > 0 {
        ledger::open_wallet(db, account_id, initial, at).await?;
        ledger::hold(db, account_id, task_id, i64::from(price.tokens), at).await?;
    }
    Ok(())
}

/// What a list's search looks at. The separator keeps a match from reaching from one into the other.
fn search_text(title: &str, source: &str) -> String {
    format!("{}\u{1F}{}", title.to_lowercase(), source.to_lowercase())
}
