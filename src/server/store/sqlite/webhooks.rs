//! Webhooks, and the wish for mail: what an account has asked to be told. Whether mail may be sent is in [`confirmation`](super::confirmation).

use sqlx::{FromRow, SqliteConnection, SqlitePool};
use uuid::Uuid;

use super::{database, owner};
use crate::protocol::{
    AccountId, Timestamp,
    webhook::{DeliveryInfo, DeliveryState, Occasion, WebhookId, WebhookInfo},
};
use crate::server::store::{
    Result, StoreError,
    outbox::{MAX_WEBHOOKS, NewWebhook, SigningKey},
    rows::{self, damaged, number},
};

super::statements! {
    ADD = "INSERT INTO webhook (webhook_id, account_id, url, secret, events, description, created_at)
        SELECT $1, $2, $3, $4, $5, $6, $7 WHERE (SELECT count(*) FROM webhook WHERE account_id = $2) < $8";
    WEBHOOKS = "SELECT webhook_id, url, description, events, created_at, disabled_at, disabled_why FROM webhook
        WHERE account_id = $1 ORDER BY webhook_id DESC";
    REMOVE = "DELETE FROM webhook WHERE webhook_id = $1 AND account_id = $2";
    REMOVE_MESSAGES = "DELETE FROM delivery WHERE target = $1";
    CHANGE_SECRET = "UPDATE webhook SET old_secret = secret, old_secret_until = $4, secret = $3 WHERE webhook_id = $1 AND account_id = $2";
    OWNED = "SELECT count(*) FROM webhook WHERE webhook_id = $1 AND account_id = $2";
    /// One test at a time.
    PING = "INSERT INTO delivery (way, target, account_id, message_id, event, created_at, next_at)
        SELECT 'webhook', $1, $2, $3, $4, $5, $5
        WHERE NOT EXISTS (SELECT 1 FROM delivery WHERE target = $1 AND next_at IS NOT NULL AND event = $4)";
    TOLD = "SELECT message_id, event, task_id, created_at, attempt, next_at, done_at, arrived, status, error FROM delivery
        WHERE target = $1 ORDER BY delivery_id DESC LIMIT $2";
    WANT_MAIL = "UPDATE account SET mail_when_done = $2 WHERE account_id = $1";
}

/// Messages that a list shows.
const LISTED: i64 = 50;

/// As it is bound.
pub fn hook(webhook_id: &WebhookId) -> &[u8] {
    webhook_id.0.as_bytes()
}

pub fn webhook_id(bytes: &[u8]) -> Result<WebhookId> {
    Uuid::from_slice(bytes).map(WebhookId).map_err(|_| damaged("a webhook's id"))
}

pub fn occasion(word: &str) -> Result<Occasion> {
    Occasion::parse(word).ok_or_else(|| damaged("an event of webhooks"))
}

pub fn signing_key(bytes: &[u8]) -> Result<SigningKey> {
    bytes.try_into().map(SigningKey).map_err(|_| damaged("a webhook's secret"))
}

pub async fn add(db: &mut SqliteConnection, new: NewWebhook) -> Result<()> {
    let events = new.events.iter().map(|event| event.as_str()).collect::<Vec<_>>().join(" ");
    let made = sqlx::query(ADD)
        .bind(hook(&new.webhook_id))
        .bind(owner(&new.account_id))
        .bind(new.url)
        .bind(&new.secret.0[..])
        .bind(events)
        .bind(new.description)
        .bind(new.at.as_micros())
        .bind(i64::from(MAX_WEBHOOKS))
        .execute(db)
        .await
        .map_err(database)?;
    if made.rows_affected() == 0 { Err(StoreError::Limit { what: "webhooks of one account" }) } else { Ok(()) }
}

#[derive(FromRow)]
struct WebhookRow {
    webhook_id: Vec<u8>,
    url: String,
    description: String,
    events: String,
    created_at: i64,
    disabled_at: Option<i64>,
    disabled_why: Option<String>,
}

pub async fn every(readers: &SqlitePool, account_id: AccountId) -> Result<Vec<WebhookInfo>> {
    let found: Vec<WebhookRow> = sqlx::query_as(WEBHOOKS).bind(owner(&account_id)).fetch_all(readers).await.map_err(database)?;
    let mut webhooks = Vec::with_capacity(found.len());
    for row in found {
        let id = webhook_id(&row.webhook_id)?;
        webhooks.push(WebhookInfo {
            id,
            url: row.url,
            description: row.description,
            events: row.events.split_whitespace().map(occasion).collect::<Result<_>>()?,
            created_at: Timestamp::from_micros(row.created_at),
            disabled_at: row.disabled_at.map(Timestamp::from_micros),
            disabled_why: row.disabled_why,
            last: told(readers, id, 1).await?.pop(),
        });
    }
    Ok(webhooks)
}

pub async fn remove(db: &mut SqliteConnection, account_id: AccountId, webhook_id: WebhookId) -> Result<()> {
    let removed = sqlx::query(REMOVE).bind(hook(&webhook_id)).bind(owner(&account_id)).execute(&mut *db).await.map_err(database)?;
    if removed.rows_affected() == 0 {
        return Err(StoreError::NotFound);
    }
    sqlx::query(REMOVE_MESSAGES).bind(hook(&webhook_id)).execute(db).await.map_err(database)?;
    Ok(())
}

pub async fn change_secret(
    db: &mut SqliteConnection,
    account_id: AccountId,
    webhook_id: WebhookId,
    secret: SigningKey,
    old_until: Timestamp,
) -> Result<()> {
    let query = sqlx::query(CHANGE_SECRET).bind(hook(&webhook_id)).bind(owner(&account_id)).bind(&secret.0[..]).bind(old_until.as_micros());
    let changed = query.execute(db).await.map_err(database)?;
    if changed.rows_affected() == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}

pub async fn ping(db: &mut SqliteConnection, account_id: AccountId, webhook_id: WebhookId, message_id: Uuid, at: Timestamp) -> Result<()> {
    let owned: i64 =
        sqlx::query_scalar(OWNED).bind(hook(&webhook_id)).bind(owner(&account_id)).fetch_one(&mut *db).await.map_err(database)?;
    if owned == 0 {
        return Err(StoreError::NotFound);
    }
    let written = sqlx::query(PING)
        .bind(hook(&webhook_id))
        .bind(owner(&account_id))
        .bind(message_id.as_bytes().to_vec())
        .bind(Occasion::Ping.as_str())
        .bind(at.as_micros())
        .execute(db)
        .await
        .map_err(database)?;
    if written.rows_affected() == 0 { Err(StoreError::Limit { what: "tests of one webhook" }) } else { Ok(()) }
}

#[derive(FromRow)]
struct ToldRow {
    message_id: Vec<u8>,
    event: String,
    task_id: Option<Vec<u8>>,
    created_at: i64,
    attempt: i64,
    next_at: Option<i64>,
    done_at: Option<i64>,
    arrived: bool,
    status: Option<i64>,
    error: Option<String>,
}

impl ToldRow {
    fn into_info(self) -> Result<DeliveryInfo> {
        let message_id = Uuid::from_slice(&self.message_id).map_err(|_| damaged("a message's id"))?;
        Ok(DeliveryInfo {
            message_id: format!("msg_{}", message_id.simple()),
            occasion: occasion(&self.event)?,
            task_id: self.task_id.as_deref().map(rows::task_id).transpose()?,
            state: match (self.done_at, self.arrived) {
                (None, _) => DeliveryState::Waiting,
                (Some(_), true) => DeliveryState::Arrived,
                (Some(_), false) => DeliveryState::GivenUp,
            },
            created_at: Timestamp::from_micros(self.created_at),
            attempts: number(self.attempt, "attempt")?,
            next_at: self.next_at.map(Timestamp::from_micros),
            done_at: self.done_at.map(Timestamp::from_micros),
            status: self.status.map(|status| number(status, "status")).transpose()?,
            error: self.error,
        })
    }
}

pub async fn deliveries(readers: &SqlitePool, account_id: AccountId, webhook_id: WebhookId) -> Result<Vec<DeliveryInfo>> {
    let owned: i64 =
        sqlx::query_scalar(OWNED).bind(hook(&webhook_id)).bind(owner(&account_id)).fetch_one(readers).await.map_err(database)?;
    if owned == 0 {
        return Err(StoreError::NotFound);
    }
    told(readers, webhook_id, LISTED).await
}

async fn told(readers: &SqlitePool, webhook_id: WebhookId, limit: i64) -> Result<Vec<DeliveryInfo>> {
    let found: Vec<ToldRow> = sqlx::query_as(TOLD).bind(hook(&webhook_id)).bind(limit).fetch_all(readers).await.map_err(database)?;
    found.into_iter().map(ToldRow::into_info).collect()
}

pub async fn want_mail(db: &mut SqliteConnection, account_id: AccountId, wanted: bool) -> Result<()> {
    let changed = sqlx::query(WANT_MAIL).bind(owner(&account_id)).bind(wanted).execute(db).await.map_err(database)?;
    if changed.rows_affected() == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}
