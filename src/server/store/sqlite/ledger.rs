//! Tokens: double-entry postings, and the wallets that are their sums.
//!
//! A task's hold is taken by the transaction that inserts the task, and captured or released by the one that ends it, so that a
//! crash finds both or neither.

use sqlx::{FromRow, SqliteConnection, SqlitePool};

use super::{database, id, owner};
use crate::protocol::{
    AccountId, TaskId, Timestamp,
    account::{Posting, Tokens},
};
use crate::server::store::{
    Result, StoreError,
    accounts::MAX_TOKENS,
    rows::{self, signed},
};

super::statements! {
    OPEN_WALLET = "INSERT INTO wallet (account_id, free, held) VALUES ($1, 0, 0) ON CONFLICT (account_id) DO NOTHING";
    WALLET = "SELECT free, held FROM wallet WHERE account_id = $1";
    /// Refuses what would fall below zero; zero rows say so.
    CHANGE_WALLET = "UPDATE wallet SET free = free + $2, held = held + $3 WHERE account_id = $1 AND free + $2 BETWEEN 0 AND $4 AND held + $3 >= 0";
    LAST_ENTRY = "SELECT entry FROM posting WHERE posting_id = (SELECT max(posting_id) FROM posting)";
    POST = "INSERT INTO posting (entry, at, action, book, account_id, amount, task_id) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    HOLD = "INSERT INTO task_hold (task_id, account_id, amount) VALUES ($1, $2, $3)";
    HELD = "SELECT account_id, amount FROM task_hold WHERE task_id = $1";
    LET_GO = "DELETE FROM task_hold WHERE task_id = $1";
    HELD_BY = "SELECT coalesce(sum(amount), 0) FROM task_hold WHERE account_id = $1";
    MOVE_HOLDS = "UPDATE task_hold SET account_id = $2 WHERE account_id = $1";
    POSTINGS = "SELECT at, action, book, amount, task_id FROM posting WHERE account_id = $1 AND book IN ('free', 'held') ORDER BY posting_id DESC LIMIT $2";
    SUM = "SELECT coalesce(sum(amount), 0) FROM posting";
    DIFFERENCE = "SELECT (SELECT coalesce(sum(free + held), 0) FROM wallet) - (SELECT coalesce(sum(amount), 0) FROM posting WHERE book IN ('free', 'held'))";
}

/// One side of an entry.
struct Side {
    book: &'static str,
    account_id: AccountId,
    amount: i64,
}

fn side(book: &'static str, account_id: AccountId, amount: i64) -> Side {
    Side { book, account_id, amount }
}

/// Writes an entry and the wallets it changes, or nothing.
///
/// # Errors
/// `TooFewTokens` when a wallet would fall below zero, `Limit` when one would grow beyond what is counted.
async fn post(db: &mut SqliteConnection, action: &'static str, at: Timestamp, task_id: Option<TaskId>, sides: &[Side]) -> Result<()> {
    debug_assert_eq!(sides.iter().map(|side| side.amount).sum::<i64>(), 0, "an entry adds up to nothing");
    for Side { book, account_id, amount } in sides {
        let (free, held) = match *book {
            "free" => (*amount, 0),
            "held" => (0, *amount),
            _ => continue,
        };
        let query = sqlx::query(CHANGE_WALLET).bind(owner(account_id)).bind(free).bind(held).bind(MAX_TOKENS);
        if query.execute(&mut *db).await.map_err(database)?.rows_affected() == 0 {
            let wallet = wallet(db, *account_id).await?.unwrap_or_default();
            if free > 0 || held > 0 {
                return Err(StoreError::Limit { what: "tokens of one account" });
            }
            return Err(StoreError::TooFewTokens { needed: -(free + held), free: wallet.free });
        }
    }
    let last: Option<i64> = sqlx::query_scalar(LAST_ENTRY).fetch_optional(&mut *db).await.map_err(database)?;
    for side in sides {
        sqlx::query(POST)
            .bind(last.unwrap_or(0) + 1)
            .bind(at.as_micros())
            .bind(action)
            .bind(side.book)
            .bind(owner(&side.account_id))
            .bind(side.amount)
            .bind(task_id.as_ref().map(id))
            .execute(&mut *db)
            .await
            .map_err(database)?;
    }
    Ok(())
}

#[derive(FromRow)]
struct WalletRow {
    free: i64,
    held: i64,
}

async fn wallet(db: &mut SqliteConnection, account_id: AccountId) -> Result<Option<Tokens>> {
    let row: Option<WalletRow> = sqlx::query_as(WALLET).bind(owner(&account_id)).fetch_optional(db).await.map_err(database)?;
    Ok(row.map(|row| Tokens { free: row.free, held: row.held }))
}

pub async fn tokens(readers: &SqlitePool, account_id: AccountId) -> Result<Option<Tokens>> {
    let row: Option<WalletRow> = sqlx::query_as(WALLET).bind(owner(&account_id)).fetch_optional(readers).await.map_err(database)?;
    Ok(row.map(|row| Tokens { free: row.free, held: row.held }))
}

/// Makes the wallet if there is none; a new one begins with a grant.
pub async fn open_wallet(db: &mut SqliteConnection, account_id: AccountId, initial: i64, at: Timestamp) -> Result<()> {
    let made = sqlx::query(OPEN_WALLET).bind(owner(&account_id)).execute(&mut *db).await.map_err(database)?;
    if made.rows_affected() > 0 && initial > 0 {
        post(db, "grant", at, None, &[side("granted", account_id, -initial), side("free", account_id, initial)]).await?;
    }
    Ok(())
}

pub async fn grant(db: &mut SqliteConnection, account_id: AccountId, amount: i64, at: Timestamp) -> Result<Tokens> {
    open_wallet(db, account_id, 0, at).await?;
    post(db, "grant", at, None, &[side("granted", account_id, -amount), side("free", account_id, amount)]).await?;
    Ok(wallet(db, account_id).await?.unwrap_or_default())
}

pub async fn hold(db: &mut SqliteConnection, account_id: AccountId, task_id: TaskId, amount: i64, at: Timestamp) -> Result<()> {
    post(db, "hold", at, Some(task_id), &[side("free", account_id, -amount), side("held", account_id, amount)]).await?;
    sqlx::query(HOLD).bind(id(&task_id)).bind(owner(&account_id)).bind(amount).execute(db).await.map_err(database)?;
    Ok(())
}

#[derive(FromRow)]
struct HeldRow {
    account_id: Vec<u8>,
    amount: i64,
}

/// Ends a task's hold: `used` of it is spent, at most all of it, and the rest is free again. Nothing, when nothing is held.
pub async fn settle(db: &mut SqliteConnection, task_id: TaskId, used: u64, at: Timestamp) -> Result<()> {
    let held: Option<HeldRow> = sqlx::query_as(HELD).bind(id(&task_id)).fetch_optional(&mut *db).await.map_err(database)?;
    let Some(HeldRow { account_id, amount }) = held else { return Ok(()) };
    let account_id = rows::account_id(&account_id)?;
    let used = signed(used).min(amount);
    let (action, spent) = if used > 0 { ("capture", Some(side("spent", account_id, used))) } else { ("release", None) };
    let rest = (amount > used).then(|| side("free", account_id, amount - used));
    let sides: Vec<Side> = std::iter::once(side("held", account_id, -amount)).chain(spent).chain(rest).collect();
    post(db, action, at, Some(task_id), &sides).await?;
    sqlx::query(LET_GO).bind(id(&task_id)).execute(db).await.map_err(database)?;
    Ok(())
}

/// What a guest's tasks hold becomes the account's to settle.
pub async fn move_holds(db: &mut SqliteConnection, from: AccountId, to: AccountId, at: Timestamp) -> Result<()> {
    let held: i64 = sqlx::query_scalar(HELD_BY).bind(owner(&from)).fetch_one(&mut *db).await.map_err(database)?;
    if held == 0 {
        return Ok(());
    }
    open_wallet(db, to, 0, at).await?;
    post(db, "move", at, None, &[side("held", from, -held), side("held", to, held)]).await?;
    sqlx::query(MOVE_HOLDS).bind(owner(&from)).bind(owner(&to)).execute(db).await.map_err(database)?;
    Ok(())
}

#[derive(FromRow)]
struct PostingRow {
    at: i64,
    action: String,
    book: String,
    amount: i64,
    task_id: Option<Vec<u8>>,
}

pub async fn postings(readers: &SqlitePool, account_id: AccountId, limit: u32) -> Result<Vec<Posting>> {
    let found: Vec<PostingRow> =
        sqlx::query_as(POSTINGS).bind(owner(&account_id)).bind(i64::from(limit.min(1_000))).fetch_all(readers).await.map_err(database)?;
    found
        .into_iter()
        .map(|row| {
            Ok(Posting {
                at: Timestamp::from_micros(row.at),
                action: row.action,
                book: row.book,
                amount: row.amount,
                task_id: row.task_id.as_deref().map(rows::task_id).transpose()?,
            })
        })
        .collect()
}

pub async fn error(readers: &SqlitePool) -> Result<(i64, i64)> {
    let sum = sqlx::query_scalar(SUM).fetch_one(readers).await.map_err(database)?;
    let difference = sqlx::query_scalar(DIFFERENCE).fetch_one(readers).await.map_err(database)?;
    Ok((sum, difference))
}
