//! Registered accounts, what a guest leaves to one, and the record of what was done.

use sqlx::{FromRow, SqliteConnection, SqlitePool};

use super::{database, ledger, owner, proofs};
use crate::protocol::{
    AccountId, Timestamp,
    account::{AuditEntry, Role, Tokens},
};
use crate::server::store::{
    Result, StoreError,
    accounts::{Account, AccountChange, AccountFilter, AuditFilter, MAX_LISTED, NewAccount, NewAudit},
    rows::{self, damaged},
};

super::statements! {
    REGISTER = "INSERT INTO account (account_id, email, password, role, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (email) DO NOTHING";
    BY_ID = "SELECT account_id, email, password, role, created_at, disabled_at, subscribed_until FROM account WHERE account_id = $1";
    BY_EMAIL = "SELECT account_id, email, password, role, created_at, disabled_at, subscribed_until FROM account WHERE email = $1";
    LIST_ACCOUNTS = "SELECT account.account_id, email, password, role, created_at, disabled_at, subscribed_until,
            coalesce(free, 0) AS free, coalesce(held, 0) AS held
        FROM account LEFT JOIN wallet USING (account_id)
        WHERE ($1 IS NULL OR instr(email, $1) > 0) AND ($2 IS NULL OR email > $2) ORDER BY email LIMIT $3";
    /// An admin who is let in, and there is no other.
    IS_LAST_ADMIN = "SELECT EXISTS (SELECT 1 FROM account WHERE account_id = $1 AND role = 'admin' AND disabled_at IS NULL)
        AND NOT EXISTS (SELECT 1 FROM account WHERE account_id <> $1 AND role = 'admin' AND disabled_at IS NULL)";
    CHANGE = "UPDATE account SET password = coalesce($2, password), role = coalesce($3, role),
        disabled_at = CASE $4 WHEN 1 THEN coalesce(disabled_at, $5) WHEN 0 THEN NULL ELSE disabled_at END,
        subscribed_until = CASE WHEN $6 THEN $7 ELSE subscribed_until END
        WHERE account_id = $1";
    /// A key that both used would name two tasks of one account.
    FORGET_DOUBLE_KEYS = "UPDATE task SET idempotency_key = NULL WHERE account_id = $1 AND idempotency_key IS NOT NULL
        AND EXISTS (SELECT 1 FROM task AS other WHERE other.account_id = $2 AND other.idempotency_key = task.idempotency_key)";
    ADOPT = "UPDATE task SET account_id = $2 WHERE account_id = $1";
    ADOPT_COMMENTS = "UPDATE comment SET account_id = $2 WHERE account_id = $1";
    RECORD = "INSERT INTO audit (at, account_id, by_account_id, action, detail, address) VALUES ($1, $2, $3, $4, $5, $6)";
    AUDIT = "SELECT audit_id, at, audit.account_id, whom.email AS email, by_account_id, who.email AS by_email, action, detail, address
        FROM audit LEFT JOIN account AS whom ON whom.account_id = audit.account_id LEFT JOIN account AS who ON who.account_id = by_account_id
        WHERE ($1 IS NULL OR audit_id < $1) ORDER BY audit_id DESC LIMIT $2";
    AUDIT_OF = "SELECT audit_id, at, audit.account_id, whom.email AS email, by_account_id, who.email AS by_email, action, detail, address
        FROM audit LEFT JOIN account AS whom ON whom.account_id = audit.account_id LEFT JOIN account AS who ON who.account_id = by_account_id
        WHERE ($1 IS NULL OR audit_id < $1) AND audit.account_id = $3 ORDER BY audit_id DESC LIMIT $2";
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

#[derive(FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    account: AccountRow,
    free: i64,
    held: i64,
}

pub async fn list(readers: &SqlitePool, filter: &AccountFilter) -> Result<Vec<(Account, Tokens)>> {
    let limit = i64::from(filter.limit.min(MAX_LISTED));
    let query = sqlx::query_as(LIST_ACCOUNTS).bind(&filter.email).bind(&filter.after).bind(limit);
    let found: Vec<ListedRow> = query.fetch_all(readers).await.map_err(database)?;
    found.into_iter().map(|row| Ok((row.account.into_account()?, Tokens { free: row.free, held: row.held }))).collect()
}

pub async fn change(db: &mut SqliteConnection, account_id: AccountId, change: AccountChange, at: Timestamp) -> Result<()> {
    let ends_sessions = change.password.is_some() || change.disabled == Some(true);
    if change.disabled == Some(true) || change.role == Some(Role::User) {
        let is_last: bool = sqlx::query_scalar(IS_LAST_ADMIN).bind(owner(&account_id)).fetch_one(&mut *db).await.map_err(database)?;
        if is_last {
            return Err(StoreError::LastAdmin);
        }
    }
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
        proofs::end_sessions(&mut *db, account_id).await?;
    }
    if let Some(amount) = change.grant {
        ledger::grant(&mut *db, account_id, amount, at).await?;
    }
    for entry in change.record {
        record(&mut *db, entry).await?;
    }
    Ok(())
}

pub async fn adopt(db: &mut SqliteConnection, guest: AccountId, account_id: AccountId, at: Timestamp) -> Result<()> {
    for statement in [FORGET_DOUBLE_KEYS, ADOPT, ADOPT_COMMENTS] {
        sqlx::query(statement).bind(owner(&guest)).bind(owner(&account_id)).execute(&mut *db).await.map_err(database)?;
    }
    ledger::move_holds(db, guest, account_id, at).await
}

pub async fn record(db: &mut SqliteConnection, entry: NewAudit) -> Result<()> {
    sqlx::query(RECORD)
        .bind(entry.at.as_micros())
        .bind(entry.account_id.as_ref().map(owner))
        .bind(entry.by.as_ref().map(owner))
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
    audit_id: i64,
    at: i64,
    account_id: Option<Vec<u8>>,
    email: Option<String>,
    by_account_id: Option<Vec<u8>>,
    by_email: Option<String>,
    action: String,
    detail: String,
    address: String,
}

pub async fn audit(readers: &SqlitePool, filter: AuditFilter) -> Result<Vec<AuditEntry>> {
    let query = sqlx::query_as(if filter.account_id.is_some() { AUDIT_OF } else { AUDIT });
    let mut query = query.bind(filter.before).bind(i64::from(filter.limit.min(MAX_LISTED)));
    if let Some(account_id) = &filter.account_id {
        query = query.bind(owner(account_id));
    }
    let found: Vec<AuditRow> = query.fetch_all(readers).await.map_err(database)?;
    found
        .into_iter()
        .map(|row| {
            Ok(AuditEntry {
                id: row.audit_id,
                at: Timestamp::from_micros(row.at),
                account_id: row.account_id.as_deref().map(rows::account_id).transpose()?,
                email: row.email,
                by: row.by_account_id.as_deref().map(rows::account_id).transpose()?,
                by_email: row.by_email,
                action: row.action,
                detail: row.detail,
                address: row.address,
            })
        })
        .collect()
}
