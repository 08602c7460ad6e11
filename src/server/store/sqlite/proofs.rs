//! What proves who somebody is: sessions, API keys, tickets; and what is not good any more.

use sqlx::{FromRow, SqliteConnection, SqlitePool};
use uuid::Uuid;

use super::{database, owner};
use crate::protocol::{
    AccountId, Timestamp,
    account::{KeyId, KeyInfo, Role, Scope},
};
use crate::server::store::{
    Result, StoreError,
    accounts::{Digest, MAX_KEYS, NewKey, Proof, Revocation},
    rows::{self, damaged},
};

super::statements! {
    OPEN = "INSERT INTO session (secret_sha256, account_id, created_at, expires_at) VALUES ($1, $2, $3, $4)";
    FORGET_OLD = "DELETE FROM session WHERE account_id = $1 AND expires_at <= $2";
    SESSION = "SELECT account.account_id, role, email, NULL AS scopes FROM session JOIN account USING (account_id)
        WHERE secret_sha256 = $1 AND expires_at > $2 AND disabled_at IS NULL";
    REVOKE_SESSION = "INSERT INTO revocation (account_id, credential) SELECT account_id, secret_sha256 FROM session WHERE secret_sha256 = $1;
        DELETE FROM session WHERE secret_sha256 = $1";
    REVOKE_SESSIONS = "INSERT INTO revocation (account_id, credential) VALUES ($1, NULL);
        DELETE FROM session WHERE account_id = $1";
    ADD_KEY = "INSERT INTO api_key (key_id, secret_sha256, account_id, name, prefix, scopes, created_at, expires_at)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE (SELECT count(*) FROM api_key WHERE account_id = $3) < $9";
    KEYS = "SELECT key_id, name, prefix, scopes, created_at, expires_at, last_used_at FROM api_key WHERE account_id = $1 ORDER BY key_id DESC";
    SECRET_OF_KEY = "SELECT secret_sha256 FROM api_key WHERE key_id = $1 AND account_id = $2";
    REVOKE_KEY = "INSERT INTO revocation (account_id, credential) VALUES ($1, $2);
        DELETE FROM api_key WHERE secret_sha256 = $2";
    KEY = "SELECT account.account_id, role, email, scopes FROM api_key JOIN account USING (account_id)
        WHERE secret_sha256 = $1 AND (expires_at IS NULL OR expires_at > $2) AND disabled_at IS NULL";
    TOUCH_KEY = "UPDATE api_key SET last_used_at = $2 WHERE secret_sha256 = $1";
    ADD_TICKET = "DELETE FROM ticket WHERE expires_at <= $5;
        INSERT INTO ticket (secret_sha256, account_id, credential, expires_at) VALUES ($1, $2, $3, $4)";
    TAKE_TICKET = "DELETE FROM ticket WHERE secret_sha256 = $1 RETURNING account_id, credential, expires_at";
    REVOKED_AFTER = "SELECT revocation_id, account_id, credential FROM revocation WHERE revocation_id > $1 ORDER BY revocation_id LIMIT 1000";
    LAST_REVOCATION = "SELECT coalesce(max(revocation_id), 0) FROM revocation";
}

#[derive(FromRow)]
struct ProofRow {
    account_id: Vec<u8>,
    role: String,
    email: String,
    /// NULL: a session, which may do everything.
    scopes: Option<String>,
}

impl ProofRow {
    fn into_proof(self) -> Result<Proof> {
        Ok(Proof {
            account_id: rows::account_id(&self.account_id)?,
            role: Role::parse(&self.role).ok_or_else(|| damaged("a role"))?,
            email: self.email,
            scopes: self.scopes.as_deref().map_or_else(|| Ok(Scope::ALL.to_vec()), read_scopes)?,
        })
    }
}

fn read_scopes(text: &str) -> Result<Vec<Scope>> {
    text.split_whitespace().map(|word| Scope::parse(word).ok_or_else(|| damaged("a scope"))).collect()
}

pub async fn open_session(
    db: &mut SqliteConnection,
    secret: Digest,
    account_id: AccountId,
    at: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    sqlx::query(FORGET_OLD).bind(owner(&account_id)).bind(at.as_micros()).execute(&mut *db).await.map_err(database)?;
    let query = sqlx::query(OPEN).bind(&secret[..]).bind(owner(&account_id)).bind(at.as_micros()).bind(expires_at.as_micros());
    query.execute(db).await.map_err(database)?;
    Ok(())
}

pub async fn session(readers: &SqlitePool, secret: Digest, at: Timestamp) -> Result<Option<Proof>> {
    let row: Option<ProofRow> =
        sqlx::query_as(SESSION).bind(&secret[..]).bind(at.as_micros()).fetch_optional(readers).await.map_err(database)?;
    row.map(ProofRow::into_proof).transpose()
}

pub async fn end_session(db: &mut SqliteConnection, secret: Digest) -> Result<()> {
    sqlx::query(REVOKE_SESSION).bind(&secret[..]).execute(db).await.map_err(database)?;
    Ok(())
}

pub async fn end_sessions(db: &mut SqliteConnection, account_id: AccountId) -> Result<()> {
    sqlx::query(REVOKE_SESSIONS).bind(owner(&account_id)).execute(db).await.map_err(database)?;
    Ok(())
}

pub async fn add_key(db: &mut SqliteConnection, new: NewKey) -> Result<()> {
    let scopes = new.key.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ");
    let made = sqlx::query(ADD_KEY)
        .bind(new.key.id.0.as_bytes().to_vec())
        .bind(&new.secret[..])
        .bind(owner(&new.account_id))
        .bind(new.key.name)
        .bind(new.key.prefix)
        .bind(scopes)
        .bind(new.key.created_at.as_micros())
        .bind(new.key.expires_at.map(Timestamp::as_micros))
        .bind(i64::from(MAX_KEYS))
        .execute(db)
        .await
        .map_err(database)?;
    if made.rows_affected() == 0 { Err(StoreError::Limit { what: "API keys of one account" }) } else { Ok(()) }
}

#[derive(FromRow)]
struct KeyRow {
    key_id: Vec<u8>,
    name: String,
    prefix: String,
    scopes: String,
    created_at: i64,
    expires_at: Option<i64>,
    last_used_at: Option<i64>,
}

pub async fn keys(readers: &SqlitePool, account_id: AccountId) -> Result<Vec<KeyInfo>> {
    let found: Vec<KeyRow> = sqlx::query_as(KEYS).bind(owner(&account_id)).fetch_all(readers).await.map_err(database)?;
    found
        .into_iter()
        .map(|row| {
            Ok(KeyInfo {
                id: KeyId(Uuid::from_slice(&row.key_id).map_err(|_| damaged("a key's id"))?),
                name: row.name,
                prefix: row.prefix,
                scopes: read_scopes(&row.scopes)?,
                created_at: Timestamp::from_micros(row.created_at),
                expires_at: row.expires_at.map(Timestamp::from_micros),
                last_used_at: row.last_used_at.map(Timestamp::from_micros),
            })
        })
        .collect()
}

pub async fn revoke_key(db: &mut SqliteConnection, account_id: AccountId, key_id: KeyId) -> Result<()> {
    let secret: Option<Vec<u8>> = sqlx::query_scalar(SECRET_OF_KEY)
        .bind(key_id.0.as_bytes().to_vec())
        .bind(owner(&account_id))
        .fetch_optional(&mut *db)
        .await
        .map_err(database)?;
    let secret = secret.ok_or(StoreError::NotFound)?;
    sqlx::query(REVOKE_KEY).bind(owner(&account_id)).bind(secret).execute(db).await.map_err(database)?;
    Ok(())
}

pub async fn key(readers: &SqlitePool, secret: Digest, at: Timestamp) -> Result<Option<Proof>> {
    let row: Option<ProofRow> =
        sqlx::query_as(KEY).bind(&secret[..]).bind(at.as_micros()).fetch_optional(readers).await.map_err(database)?;
    row.map(ProofRow::into_proof).transpose()
}

pub async fn touch_key(db: &mut SqliteConnection, secret: Digest, at: Timestamp) -> Result<()> {
    sqlx::query(TOUCH_KEY).bind(&secret[..]).bind(at.as_micros()).execute(db).await.map_err(database)?;
    Ok(())
}

pub struct Ticket {
    pub secret: Digest,
    pub account_id: AccountId,
    pub credential: Digest,
    pub expires_at: Timestamp,
}

/// Those that nobody took in time go when the next one comes.
pub async fn add_ticket(db: &mut SqliteConnection, ticket: Ticket, at: Timestamp) -> Result<()> {
    sqlx::query(ADD_TICKET)
        .bind(&ticket.secret[..])
        .bind(owner(&ticket.account_id))
        .bind(&ticket.credential[..])
        .bind(ticket.expires_at.as_micros())
        .bind(at.as_micros())
        .execute(db)
        .await
        .map_err(database)?;
    Ok(())
}

#[derive(FromRow)]
struct TicketRow {
    account_id: Vec<u8>,
    credential: Vec<u8>,
    expires_at: i64,
}

pub async fn take_ticket(db: &mut SqliteConnection, secret: Digest, at: Timestamp) -> Result<Option<(AccountId, Digest)>> {
    let row: Option<TicketRow> = sqlx::query_as(TAKE_TICKET).bind(&secret[..]).fetch_optional(db).await.map_err(database)?;
    let Some(row) = row.filter(|row| row.expires_at > at.as_micros()) else { return Ok(None) };
    Ok(Some((rows::account_id(&row.account_id)?, digest(&row.credential)?)))
}

fn digest(bytes: &[u8]) -> Result<Digest> {
    bytes.try_into().map_err(|_| damaged("a digest"))
}

#[derive(FromRow)]
struct RevocationRow {
    revocation_id: i64,
    account_id: Vec<u8>,
    credential: Option<Vec<u8>>,
}

pub async fn revoked_after(readers: &SqlitePool, revocation_id: i64) -> Result<Vec<Revocation>> {
    let found: Vec<RevocationRow> = sqlx::query_as(REVOKED_AFTER).bind(revocation_id).fetch_all(readers).await.map_err(database)?;
    found
        .into_iter()
        .map(|row| {
            Ok(Revocation {
                revocation_id: row.revocation_id,
                account_id: rows::account_id(&row.account_id)?,
                credential: row.credential.as_deref().map(digest).transpose()?,
            })
        })
        .collect()
}

pub async fn last_revocation(readers: &SqlitePool) -> Result<i64> {
    sqlx::query_scalar(LAST_REVOCATION).fetch_one(readers).await.map_err(database)
}
