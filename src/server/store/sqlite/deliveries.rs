//! Messages on their way: which is sent next, and how an attempt ends. They are written where tasks end, in [`super::ending`].
//!
//! Each target is a queue of its own with one message under way at most, so that a slow one holds up nobody else. The targets are
//! found by leaping along the index of what waits, which costs as much as there are targets, however long their queues are.

use sqlx::{FromRow, SqliteConnection, SqlitePool};
use uuid::Uuid;

use super::{
    database,
    webhooks::{occasion, signing_key, webhook_id},
};
use crate::protocol::Timestamp;
use crate::server::store::{
    Result, StoreError,
    outbox::{Answer, DeliveryLease, Due, Fate, MAX_ERROR_CHARS, SigningKey, Target},
    rows::{self, damaged, number, signed},
};

super::statements! {
    DUE = "WITH RECURSIVE waiting (target) AS (
            SELECT min(target) FROM delivery INDEXED BY delivery_waiting WHERE next_at IS NOT NULL
            UNION ALL
            SELECT (SELECT min(target) FROM delivery INDEXED BY delivery_waiting WHERE next_at IS NOT NULL AND target > waiting.target)
                FROM waiting WHERE waiting.target IS NOT NULL
        ), first AS MATERIALIZED (
            SELECT (SELECT delivery_id FROM delivery INDEXED BY delivery_waiting
                WHERE target = waiting.target AND next_at <= $1 ORDER BY next_at LIMIT 1) AS delivery_id
            FROM waiting WHERE target IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM delivery AS busy INDEXED BY delivery_leased WHERE busy.target = waiting.target AND busy.lease_until > $1)
        )
        SELECT delivery_id FROM first JOIN delivery USING (delivery_id) ORDER BY next_at, delivery_id LIMIT $2";
    TAKE = "UPDATE delivery SET attempt = attempt + 1, next_at = $2, lease_until = $2 WHERE delivery_id = $1";
    TAKEN = "SELECT way, target, delivery.account_id, message_id, task_id, event, delivery.created_at, attempt, url, secret,
            CASE WHEN old_secret_until > $2 THEN old_secret END AS old_secret, email,
            account.disabled_at IS NULL AND CASE
                WHEN way = 'webhook' THEN 1
                WHEN task_id IS NULL THEN email_confirmed_at IS NULL
                ELSE mail_when_done = 1 AND email_confirmed_at IS NOT NULL END AS wanted
        FROM delivery LEFT JOIN webhook ON webhook_id = target LEFT JOIN account ON account.account_id = delivery.account_id
        WHERE delivery_id = $1";
    AGAIN = "UPDATE delivery SET next_at = $3, lease_until = NULL, status = $4, error = $5
        WHERE delivery_id = $1 AND attempt = $2 AND lease_until IS NOT NULL RETURNING target, event";
    CLOSE = "UPDATE delivery SET next_at = NULL, lease_until = NULL, done_at = $3, arrived = $6, status = $4, error = $5
        WHERE delivery_id = $1 AND attempt = $2 AND lease_until IS NOT NULL RETURNING target, event";
    WORKS = "UPDATE webhook SET failing_since = NULL,
            disabled_at = CASE WHEN $2 THEN NULL ELSE disabled_at END, disabled_why = CASE WHEN $2 THEN NULL ELSE disabled_why END
        WHERE webhook_id = $1 AND (failing_since IS NOT NULL OR disabled_at IS NOT NULL)";
    FAILS = "UPDATE webhook SET failing_since = coalesce(failing_since, $2) WHERE webhook_id = $1";
    DISABLE = "UPDATE webhook SET disabled_at = $2, disabled_why = $3 WHERE webhook_id = $1 AND disabled_at IS NULL AND failing_since <= $4";
    CLOSE_WAITING = "UPDATE delivery SET next_at = NULL, lease_until = NULL, done_at = $2, error = $3 WHERE target = $1 AND next_at IS NOT NULL";
    FREE = "UPDATE delivery SET next_at = $1, lease_until = NULL WHERE lease_until IS NOT NULL";
    FORGET = "DELETE FROM delivery WHERE delivery_id IN (SELECT delivery_id FROM delivery INDEXED BY delivery_done WHERE done_at < $1 ORDER BY done_at LIMIT 1000)";
}

/// Asked often and of the readers, because mostly nothing is due and then the writer need not know.
pub async fn is_any_due(readers: &SqlitePool, at: Timestamp) -> Result<bool> {
    let found: Option<i64> = sqlx::query_scalar(DUE).bind(at.as_micros()).bind(1).fetch_optional(readers).await.map_err(database)?;
    Ok(found.is_some())
}

#[derive(FromRow)]
struct TakenRow {
    way: String,
    target: Vec<u8>,
    account_id: Vec<u8>,
    message_id: Vec<u8>,
    task_id: Option<Vec<u8>>,
    event: String,
    created_at: i64,
    attempt: i64,
    url: Option<String>,
    secret: Option<Vec<u8>>,
    old_secret: Option<Vec<u8>>,
    email: Option<String>,
    wanted: bool,
}

impl TakenRow {
    fn into_due(self, delivery_id: i64) -> Result<Due> {
        let secrets = self.secret.iter().chain(&self.old_secret).map(|bytes| signing_key(bytes)).collect::<Result<Vec<SigningKey>>>()?;
        let target = match (self.wanted, self.way.as_str(), self.url, self.email) {
            (true, "webhook", Some(url), _) => Target::Webhook { webhook_id: webhook_id(&self.target)?, url, secrets },
            (true, "mail", _, Some(email)) if self.task_id.is_none() => Target::Confirmation { email },
            (true, "mail", _, Some(email)) => Target::Mail { email },
            _ => Target::Nobody,
        };
        Ok(Due {
            lease: DeliveryLease { delivery_id, attempt: number(self.attempt, "attempt")? },
            account_id: rows::account_id(&self.account_id)?,
            occasion: occasion(&self.event)?,
            message_id: Uuid::from_slice(&self.message_id).map_err(|_| damaged("a message's id"))?,
            task_id: self.task_id.as_deref().map(rows::task_id).transpose()?,
            created_at: Timestamp::from_micros(self.created_at),
            target,
        })
    }
}

pub async fn claim(db: &mut SqliteConnection, at: Timestamp, lease_ms: i64, limit: u32) -> Result<Vec<Due>> {
    let ids: Vec<i64> = sqlx::query_scalar(DUE).bind(at.as_micros()).bind(i64::from(limit)).fetch_all(&mut *db).await.map_err(database)?;
    let mut taken = Vec::with_capacity(ids.len());
    for id in ids {
        sqlx::query(TAKE).bind(id).bind(at.plus_ms(lease_ms).as_micros()).execute(&mut *db).await.map_err(database)?;
        let row: TakenRow = sqlx::query_as(TAKEN).bind(id).bind(at.as_micros()).fetch_one(&mut *db).await.map_err(database)?;
        taken.push(row.into_due(id)?);
    }
    Ok(taken)
}

const GONE: &str = "The receiver answered 410: it does not want any more messages.";
const FAILED_TOO_LONG: &str = "Nothing has arrived there for too long.";
const NOT_SENT: &str = "Not sent: the webhook was disabled.";

pub async fn end(db: &mut SqliteConnection, lease: DeliveryLease, at: Timestamp, answer: Answer, fate: Fate) -> Result<()> {
    let (statement, moment) = match fate {
        Fate::Again { at } => (AGAIN, at),
        Fate::Arrived | Fate::GivenUp { .. } | Fate::Gone => (CLOSE, at),
    };
    let error = answer.error.map(|error| error.chars().take(MAX_ERROR_CHARS).collect::<String>());
    let query = sqlx::query_as(statement)
        .bind(lease.delivery_id)
        .bind(i64::from(lease.attempt))
        .bind(moment.as_micros())
        .bind(answer.status.map(|status| signed(status.into())))
        .bind(error)
        .bind(fate == Fate::Arrived);
    let ended: Option<(Vec<u8>, String)> = query.fetch_optional(&mut *db).await.map_err(database)?;
    let (target, event) = ended.ok_or(StoreError::StaleAttempt)?;
    let is_test = occasion(&event)? == crate::protocol::webhook::Occasion::Ping;
    let (why, failing_before) = match fate {
        Fate::Arrived => {
            sqlx::query(WORKS).bind(target).bind(is_test).execute(db).await.map_err(database)?;
            return Ok(());
        }
        Fate::Again { .. } => (FAILED_TOO_LONG, None),
        Fate::GivenUp { disable_before } => (FAILED_TOO_LONG, Some(disable_before)),
        Fate::Gone => (GONE, Some(at)),
    };
    sqlx::query(FAILS).bind(&target).bind(at.as_micros()).execute(&mut *db).await.map_err(database)?;
    let Some(failing_before) = failing_before else { return Ok(()) };
    let query = sqlx::query(DISABLE).bind(&target).bind(at.as_micros()).bind(why).bind(failing_before.as_micros());
    if query.execute(&mut *db).await.map_err(database)?.rows_affected() > 0 {
        sqlx::query(CLOSE_WAITING).bind(target).bind(at.as_micros()).bind(NOT_SENT).execute(db).await.map_err(database)?;
    }
    Ok(())
}

pub async fn free(db: &mut SqliteConnection, at: Timestamp) -> Result<u64> {
    Ok(sqlx::query(FREE).bind(at.as_micros()).execute(db).await.map_err(database)?.rows_affected())
}

pub async fn forget(db: &mut SqliteConnection, before: Timestamp) -> Result<u64> {
    Ok(sqlx::query(FORGET).bind(before.as_micros()).execute(db).await.map_err(database)?.rows_affected())
}
