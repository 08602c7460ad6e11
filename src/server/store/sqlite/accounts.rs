//! Registered accounts, what a guest leaves to one, and the record of what was done.

use sqlx::{FromRow, SqliteConnection, SqlitePool};

use super::{database, ledger, owner, proofs};
use crate::protocol::{
    AccountId, Timestamp,
    account::{AuditEntry, Role},
};
use crate::server::store::{
    Result, StoreError,
    accounts::{Account, AccountChange, NewAccount, NewAudit},
    rows::{self, damaged},
};

super::statements! {
    REGISTER = "INSERT INTO account (account_id, email, password, role, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (email) DO NOTHING";
    BY_ID = "SELECT account_id, email, password, role, created_at, disabled_at, subscribed_until FROM account WHERE account_id = $1";
    BY_EMAIL = "SELECT account_id, email, password, role, created_at, disabled_at, subscribed_until FROM account WHERE email = $1";
    EVERY_ACCOUNT = "SELECT account_id, email, password, role, created_at, disabled_at, subscribed_until FROM account ORDER BY email LIMIT 10000";
    CHANGE = "UPDATE account SET password = coalesce($2, password), role = coalesce($3, role),
        disabled_at = CASE $4 WHEN 1 THEN coalesce(disabled_at, $5) WHEN 0 THEN NULL ELSE disabled_at END,
        subscribed_until = CASE WHEN $6 THEN $7 ELSE subscribed_until END
        WHERE account_id = $1";
    /// A key that both used would name two tasks of one account.
    FORGET_DOUBLE_KEYS = "UPDATE task SET idempotency_key = NULL WHERE account_id = $1 AND idempotency_key IS NOT NULL
        AND EXISTS (SELECT 1 FROM task AS other WHERE other.account_id = $2 AND other.idempotency_key = task.idempotency_key)";
    ADOPT = "UPDATE task SET account_id = $2 WHERE account_id = $1";
    RECORD = "INSERT INTO audit (at, account_id, action, detail, address) VALUES ($1, $2, $3, $4, $5)";
    AUDIT = "SELECT at, account_id, action, detail, address FROM audit ORDER BY audit_id DESC LIMIT $1";
    AUDIT_OF = "SELECT at, account_id, action, detail, address FROM audit WHERE account_id = $1 ORDER BY audit_id DESC LIMIT $2";
}

#[derive(FromRow)]
struct AccountRow {
    account_id: Vec<u8>,
    email: String,
    password: String,
    role: String,
    created_at: i64,
    disabled_at: Option<i64>,
    subscribed_until: Option<i64>,
}

impl AccountRow {
    fn into_account(self) -> Result<Account> {
        Ok(Account {
            account_id: rows::account_id(&self.account_id)?,
            email: self.email,
            password: self.password,
            role: Role::parse(&self.role).ok_or_else(|| damaged("a role"))?,
            created_at: Timestamp::from_micros(self.created_at),
            disabled_at: self.disabled_at.map(Timestamp::from_micros),
            subscribed_until: self.subscribed_until.map(Timestamp::from_micros),
        })
    }
}

pub async fn register(db: &mut SqliteConnection, new: NewAccount) -> Result<()> {
    let made = sqlx::query(REGISTER)
        .bind(owner(&new.account_id))
        .bind(new.email)
        .bind(new.password)
        .bind(new.role.as_str())
        .bind(new.at.as_micros())
        .execute(db)
        .await
        .map_err(database)?;
    if made.rows_affected() == 0 { Err(StoreError::Taken) } else { Ok(()) }
}

pub async fn by_id(readers: &SqlitePool, account_id: AccountId) -> Result<Option<Account>> {
    let row: Option<AccountRow> = sqlx::query_as(BY_ID).bind(owner(&account_id)).fetch_optional(readers).await.map_err(database)?;
    row.map(AccountRow::into_account).transpose()
}

pub async fn by_email(readers: &SqlitePool, email: &str) -> Result<Option<Account>> {
    let row: Option<AccountRow> = sqlx::query_as(BY_EMAIL).bind(email).fetch_optional(readers).await.map_err(database)?;
    row.map(AccountRow::into_account).transpose()
}

pub async fn every(readers: &SqlitePool) -> Result<Vec<Account>> {
    let found: Vec<AccountRow> = sqlx::query_as(EVERY_ACCOUNT).fetch_all(readers).await.map_err(database)?;
    found.into_iter().map(AccountRow::into_account).collect()
}

pub async fn change(db: &mut SqliteConnection, account_id: AccountId, change: AccountChange, at: Timestamp) -> Result<()> {
    let ends_sessions = change.password.is_some() || change.disabled == Some(true);
    let until = change.subscribed_until.flatten();
    let changed = sqlx::query(CHANGE)
        .bind(owner(&account_id))
        .bind(change.password)
        .bind(change.role.map(Role::as_str))
        .bind(change.disabled)
        .bind(at.as_micros())
        .bind(change.subscribed_until.is_some())
        .bind(until.map(Timestamp::as_micros))
        .execute(&mut *db)
        .await
        .map_err(database)?;
    if changed.rows_affected() == 0 {
        return Err(StoreError::NotFound);
    }
    if ends_sessions {
        proofs::end_sessions(db, account_id).await?;
    }
    Ok(())
}

pub async fn adopt(db: &mut SqliteConnection, guest: AccountId, account_id: AccountId, at: Timestamp) -> Result<()> {
    for statement in [FORGET_DOUBLE_KEYS, ADOPT] {
        sqlx::query(statement).bind(owner(&guest)).bind(owner(&account_id)).execute(&mut *db).await.map_err(database)?;
    }
    ledger::move_holds(db, guest, account_id, at).await
}

pub async fn record(db: &mut SqliteConnection, entry: NewAudit) -> Result<()> {
    sqlx::query(RECORD)
        .bind(entry.at.as_micros())
        .bind(entry.account_id.as_ref().map(owner))
        .bind(entry.action)
        .bind(entry.detail)
        .bind(entry.address)
        .execute(db)
        .await
        .map_err(database)?;
    Ok(())
}

#[derive(FromRow)]
struct AuditRow {
    at: i64,
    account_id: Option<Vec<u8>>,
    action: String,
    detail: String,
    address: String,
}

pub async fn audit(readers: &SqlitePool, account_id: Option<AccountId>, limit: u32) -> Result<Vec<AuditEntry>> {
    let limit = i64::from(limit.min(1_000));
    let found: Vec<AuditRow> = match account_id {
        Some(account_id) => sqlx::query_as(AUDIT_OF).bind(owner(&account_id)).bind(limit).fetch_all(readers).await,
        None => sqlx::query_as(AUDIT).bind(limit).fetch_all(readers).await,
    }
    .map_err(database)?;
    found
        .into_iter()
        .map(|row| {
            Ok(AuditEntry {
                at: Timestamp::from_micros(row.at),
                account_id: row.account_id.as_deref().map(rows::account_id).transpose()?,
                action: row.action,
                detail: row.detail,
                address: row.address,
            })
        })
        .collect()
}
