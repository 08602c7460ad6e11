//! Accounts and their tokens in the database. Of passwords and tokens only hashes are kept.

use uuid::Uuid;

use crate::db::{self, Connection};
use crate::fields::Instant;

/// Somebody who can sign in.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Account {
    pub id: Uuid,
    pub email: String,
    pub password_hash: String,
    pub created_at: Instant,
    pub updated_at: Instant,
}

pub async fn insert(db: &mut Connection, email: &str, hash: &str) -> sqlx::Result<Account> {
    let sql = "
        INSERT INTO auth_accounts (id, created_at, updated_at, email, password_hash)
        VALUES ($1, $2, $2, $3, $4) RETURNING *";
    let (id, now) = (db::new_id(), db::now());
    sqlx::query_as(sql).bind(id).bind(now).bind(email).bind(hash).fetch_one(db).await
}

pub async fn find(db: &mut Connection, email: &str) -> sqlx::Result<Option<Account>> {
    let sql = "SELECT * FROM auth_accounts WHERE email = $1";
    sqlx::query_as(sql).bind(email).fetch_optional(db).await
}

/// Whose token this is, as long as it counts.
pub async fn find_by_token(db: &mut Connection, hash: &str) -> sqlx::Result<Option<Account>> {
    let sql = "
        SELECT auth_accounts.* FROM auth_accounts
        JOIN auth_tokens ON auth_tokens.account_id = auth_accounts.id
        WHERE auth_tokens.token_hash = $1 AND auth_tokens.expires_at > $2";
    sqlx::query_as(sql).bind(hash).bind(db::now()).fetch_optional(db).await
}

/// Keeps a token, and forgets those that count no more.
pub async fn insert_token(
    db: &mut Connection,
    account: Uuid,
    hash: &str,
    expires_at: Instant,
) -> sqlx::Result<()> {
    let (id, now) = (db::new_id(), db::now());
    let sql = "DELETE FROM auth_tokens WHERE expires_at <= $1";
    sqlx::query(sql).bind(now).execute(&mut *db).await?;
    let sql = "
        INSERT INTO auth_tokens (id, created_at, updated_at, account_id, token_hash, expires_at)
        VALUES ($1, $2, $2, $3, $4, $5)";
    let query = sqlx::query(sql).bind(id).bind(now).bind(account).bind(hash).bind(expires_at);
    query.execute(db).await?;
    Ok(())
}

pub async fn delete_token(db: &mut Connection, hash: &str) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM auth_tokens WHERE token_hash = $1").bind(hash).execute(db).await?;
    Ok(())
}
