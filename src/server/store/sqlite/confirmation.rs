//! Whether an account's address is its own: the mails that ask, the links in them, and what is said of both.

use sqlx::{FromRow, SqliteConnection, SqlitePool};
use uuid::Uuid;

use super::{database, owner};
use crate::protocol::{AccountId, Timestamp, account::MailState, webhook::Occasion};
use crate::server::store::{
    Result, StoreError,
    accounts::Digest,
    outbox::{Asked, CONFIRMATION_PAUSE_MS, MAX_CONFIRMATIONS_PER_DAY, NewConfirmation},
    rows,
};

super::statements! {
    STATE = "SELECT mail_when_done, email_confirmed_at IS NOT NULL AS confirmed FROM account WHERE account_id = $1";
    /// Newest first.
    ASKED = "SELECT created_at FROM delivery INDEXED BY delivery_confirmation
        WHERE target = $1 AND way = 'mail' AND task_id IS NULL ORDER BY created_at DESC LIMIT $2";
    ASK = "INSERT INTO delivery (way, target, account_id, message_id, event, created_at, next_at) VALUES ('mail', $1, $1, $2, $3, $4, $4)";
    ADD = "DELETE FROM confirmation WHERE expires_at <= $5;
        INSERT INTO confirmation (secret_sha256, account_id, email, expires_at) VALUES ($1, $2, $3, $4)";
    FIND = "SELECT account.email FROM confirmation JOIN account USING (account_id)
        WHERE secret_sha256 = $1 AND expires_at > $2 AND account.email = confirmation.email AND disabled_at IS NULL";
    CONFIRM = "UPDATE account SET email_confirmed_at = coalesce(email_confirmed_at, $2) FROM confirmation
        WHERE secret_sha256 = $1 AND expires_at > $2 AND account.account_id = confirmation.account_id
            AND account.email = confirmation.email AND disabled_at IS NULL RETURNING account.account_id";
    /// The others have nothing to ask any more.
    FORGET = "DELETE FROM confirmation WHERE account_id = $1";
}

const DAY_MS: i64 = 24 * 3600 * 1000;

#[derive(FromRow)]
struct StateRow {
    mail_when_done: bool,
    confirmed: bool,
}

pub async fn state(readers: &SqlitePool, account_id: AccountId) -> Result<MailState> {
    let found: Option<StateRow> = sqlx::query_as(STATE).bind(owner(&account_id)).fetch_optional(readers).await.map_err(database)?;
    let StateRow { mail_when_done, confirmed } = found.ok_or(StoreError::NotFound)?;
    let asked: Option<i64> = sqlx::query_scalar(ASKED).bind(owner(&account_id)).bind(1).fetch_optional(readers).await.map_err(database)?;
    Ok(MailState { confirmed, when_done: mail_when_done, confirmation_asked_at: asked.map(Timestamp::from_micros) })
}

pub async fn ask(db: &mut SqliteConnection, account_id: AccountId, message_id: Uuid, at: Timestamp) -> Result<Asked> {
    let state: Option<StateRow> = sqlx::query_as(STATE).bind(owner(&account_id)).fetch_optional(&mut *db).await.map_err(database)?;
    if state.ok_or(StoreError::NotFound)?.confirmed {
        return Ok(Asked::Confirmed);
    }
    let asked: Vec<i64> = sqlx::query_scalar(ASKED)
        .bind(owner(&account_id))
        .bind(i64::from(MAX_CONFIRMATIONS_PER_DAY))
        .fetch_all(&mut *db)
        .await
        .map_err(database)?;
    let after = |asked: &i64, ms| Timestamp::from_micros(*asked).plus_ms(ms);
    let pause = asked.first().map(|newest| after(newest, CONFIRMATION_PAUSE_MS));
    let day = asked.get(MAX_CONFIRMATIONS_PER_DAY as usize - 1).map(|oldest| after(oldest, DAY_MS));
    if let Some(next_at) = pause.max(day).filter(|next_at| *next_at > at) {
        return Ok(Asked::TooSoon { next_at });
    }
    sqlx::query(ASK)
        .bind(owner(&account_id))
        .bind(message_id.as_bytes().to_vec())
        .bind(Occasion::Ping.as_str())
        .bind(at.as_micros())
        .execute(db)
        .await
        .map_err(database)?;
    Ok(Asked::Written)
}

pub async fn add(db: &mut SqliteConnection, new: NewConfirmation) -> Result<()> {
    sqlx::query(ADD)
        .bind(&new.secret[..])
        .bind(owner(&new.account_id))
        .bind(new.email)
        .bind(new.expires_at.as_micros())
        .bind(new.at.as_micros())
        .execute(db)
        .await
        .map_err(database)?;
    Ok(())
}

pub async fn find(readers: &SqlitePool, secret: Digest, at: Timestamp) -> Result<Option<String>> {
    sqlx::query_scalar(FIND).bind(&secret[..]).bind(at.as_micros()).fetch_optional(readers).await.map_err(database)
}

pub async fn confirm(db: &mut SqliteConnection, secret: Digest, at: Timestamp) -> Result<Option<AccountId>> {
    let query = sqlx::query_scalar(CONFIRM).bind(&secret[..]).bind(at.as_micros());
    let confirmed: Option<Vec<u8>> = query.fetch_optional(&mut *db).await.map_err(database)?;
    let Some(confirmed) = confirmed else { return Ok(None) };
    let account_id = rows::account_id(&confirmed)?;
    sqlx::query(FORGET).bind(owner(&account_id)).execute(db).await.map_err(database)?;
    Ok(Some(account_id))
}
