//! The runs of a project, and the links that let others watch them.

use sqlx::{FromRow, SqliteConnection, SqlitePool};
use uuid::Uuid;

use super::{database, id, owner};
use crate::protocol::{
    AccountId, TaskId, Timestamp,
    room::{RunInfo, RunPage, ShareId, ShareInfo},
};
use crate::server::store::{
    Result, StoreError,
    accounts::Digest,
    room::{MAX_RUNS_PER_READ, MAX_SHARES, NewShare, Shared},
    rows::{self, SummaryRow, damaged, number},
};

super::statements! {
    PROJECT_OF = "SELECT project_id FROM task WHERE task_id = $1 AND account_id = $2";
    PRESENT_RUN = "SELECT max(task_id) FROM task INDEXED BY task_project WHERE project_id = $1 AND account_id = $2";
    /// Ids sort by time, so a run's number is how many there are up to it.
    RUNS = "SELECT task_id, kind, title, source, status, progress, message, attempt, created_at, started_at, finished_at, head_seq,
            (SELECT count(*) FROM task AS earlier WHERE earlier.project_id = $1 AND earlier.task_id <= task.task_id) AS number,
            EXISTS (SELECT 1 FROM artifact WHERE artifact.task_id = task.task_id) AS download
        FROM task INDEXED BY task_project WHERE project_id = $1 AND account_id = $2 AND task_id < $3 ORDER BY task_id DESC LIMIT $4";
    FORGET_OLD = "DELETE FROM share WHERE project_id = $1 AND expires_at <= $2";
    ADD_SHARE = "INSERT INTO share (share_id, secret_sha256, project_id, label, may_comment, created_at, expires_at)
        SELECT $1, $2, $3, $4, $5, $6, $7 WHERE (SELECT count(*) FROM share WHERE project_id = $3) < $8";
    SHARES = "SELECT share_id, label, may_comment, share.created_at, expires_at, last_used_at
        FROM share JOIN task ON task.task_id = share.project_id
        WHERE share.project_id = $1 AND task.account_id = $2 AND expires_at > $3 ORDER BY share_id DESC";
    SECRET_OF_SHARE = "SELECT secret_sha256 FROM share JOIN task ON task.task_id = share.project_id
        WHERE share_id = $1 AND share.project_id = $2 AND task.account_id = $3";
    REVOKE_SHARE = "INSERT INTO revocation (account_id, credential) VALUES ($1, $2);
        DELETE FROM share WHERE secret_sha256 = $2";
    SHARED = "SELECT share_id, secret_sha256, share.project_id, may_comment, expires_at, task.account_id
        FROM share JOIN task ON task.project_id = share.project_id
        WHERE secret_sha256 = $1 AND task.task_id = $2 AND expires_at > $3
        AND NOT EXISTS (SELECT 1 FROM account WHERE account.account_id = task.account_id AND disabled_at IS NOT NULL)";
    TOUCH_SHARE = "UPDATE share SET last_used_at = $2 WHERE secret_sha256 = $1";
}

pub async fn project_of(readers: &SqlitePool, account_id: AccountId, task_id: TaskId) -> Result<TaskId> {
    let found: Option<Vec<u8>> =
        sqlx::query_scalar(PROJECT_OF).bind(id(&task_id)).bind(owner(&account_id)).fetch_optional(readers).await.map_err(database)?;
    rows::task_id(&found.ok_or(StoreError::NotFound)?)
}

pub async fn present_run(readers: &SqlitePool, account_id: AccountId, project_id: TaskId) -> Result<TaskId> {
    let found: Option<Vec<u8>> =
        sqlx::query_scalar(PRESENT_RUN).bind(id(&project_id)).bind(owner(&account_id)).fetch_one(readers).await.map_err(database)?;
    rows::task_id(&found.ok_or(StoreError::NotFound)?)
}

#[derive(FromRow)]
struct RunRow {
    #[sqlx(flatten)]
    task: SummaryRow,
    number: i64,
    download: bool,
}

pub async fn runs(readers: &SqlitePool, account_id: AccountId, project_id: TaskId, before: Option<TaskId>, limit: u32) -> Result<RunPage> {
    let limit = limit.clamp(1, MAX_RUNS_PER_READ);
    let before = before.map_or([0xFF; 16], |task_id| *task_id.0.as_bytes());
    let query = sqlx::query_as(RUNS).bind(id(&project_id)).bind(owner(&account_id)).bind(before.as_slice());
    // One more than asked for tells whether there is more.
    let found: Vec<RunRow> = query.bind(i64::from(limit) + 1).fetch_all(readers).await.map_err(database)?;
    let more = found.len() > limit as usize;
    let run = |row: RunRow| Ok(RunInfo { number: number(row.number, "number")?, download: row.download, task: row.task.into_summary()? });
    Ok(RunPage { runs: found.into_iter().take(limit as usize).map(run).collect::<Result<_>>()?, more })
}

fn share(share_id: &ShareId) -> &[u8] {
    share_id.0.as_bytes()
}

fn share_id(bytes: &[u8]) -> Result<ShareId> {
    Uuid::from_slice(bytes).map(ShareId).map_err(|_| damaged("a link's id"))
}

/// Those that have expired go when the next one comes.
pub async fn add_share(db: &mut SqliteConnection, new: NewShare) -> Result<()> {
    let known: Option<Vec<u8>> = sqlx::query_scalar(PROJECT_OF)
        .bind(id(&new.project_id))
        .bind(owner(&new.account_id))
        .fetch_optional(&mut *db)
        .await
        .map_err(database)?;
    if known.as_deref() != Some(id(&new.project_id)) {
        return Err(StoreError::NotFound);
    }
    let at = new.share.created_at.as_micros();
    sqlx::query(FORGET_OLD).bind(id(&new.project_id)).bind(at).execute(&mut *db).await.map_err(database)?;
    let made = sqlx::query(ADD_SHARE)
        .bind(share(&new.share.id))
        .bind(&new.secret[..])
        .bind(id(&new.project_id))
        .bind(new.share.label)
        .bind(new.share.may_comment)
        .bind(at)
        .bind(new.share.expires_at.as_micros())
        .bind(i64::from(MAX_SHARES))
        .execute(db)
        .await
        .map_err(database)?;
    if made.rows_affected() == 0 { Err(StoreError::Limit { what: "links to one project" }) } else { Ok(()) }
}

#[derive(FromRow)]
struct ShareRow {
    share_id: Vec<u8>,
    label: String,
    may_comment: bool,
    created_at: i64,
    expires_at: i64,
    last_used_at: Option<i64>,
}

pub async fn shares(readers: &SqlitePool, account_id: AccountId, project_id: TaskId, at: Timestamp) -> Result<Vec<ShareInfo>> {
    let query = sqlx::query_as(SHARES).bind(id(&project_id)).bind(owner(&account_id)).bind(at.as_micros());
    let found: Vec<ShareRow> = query.fetch_all(readers).await.map_err(database)?;
    found
        .into_iter()
        .map(|row| {
            Ok(ShareInfo {
                id: share_id(&row.share_id)?,
                label: row.label,
                may_comment: row.may_comment,
                created_at: Timestamp::from_micros(row.created_at),
                expires_at: Timestamp::from_micros(row.expires_at),
                last_used_at: row.last_used_at.map(Timestamp::from_micros),
            })
        })
        .collect()
}

pub async fn revoke_share(db: &mut SqliteConnection, account_id: AccountId, project_id: TaskId, share_id: ShareId) -> Result<()> {
    let query = sqlx::query_scalar(SECRET_OF_SHARE).bind(share(&share_id)).bind(id(&project_id)).bind(owner(&account_id));
    let secret: Option<Vec<u8>> = query.fetch_optional(&mut *db).await.map_err(database)?;
    let secret = secret.ok_or(StoreError::NotFound)?;
    sqlx::query(REVOKE_SHARE).bind(owner(&account_id)).bind(secret).execute(db).await.map_err(database)?;
    Ok(())
}

#[derive(FromRow)]
struct SharedRow {
    share_id: Vec<u8>,
    secret_sha256: Vec<u8>,
    project_id: Vec<u8>,
    may_comment: bool,
    expires_at: i64,
    account_id: Vec<u8>,
}

pub async fn shared(readers: &SqlitePool, secret: Digest, task_id: TaskId, at: Timestamp) -> Result<Option<Shared>> {
    let query = sqlx::query_as(SHARED).bind(&secret[..]).bind(id(&task_id)).bind(at.as_micros());
    let found: Option<SharedRow> = query.fetch_optional(readers).await.map_err(database)?;
    found
        .map(|row| {
            Ok(Shared {
                share_id: share_id(&row.share_id)?,
                secret: row.secret_sha256.as_slice().try_into().map_err(|_| damaged("a digest"))?,
                project_id: rows::task_id(&row.project_id)?,
                owner: rows::account_id(&row.account_id)?,
                may_comment: row.may_comment,
                expires_at: Timestamp::from_micros(row.expires_at),
            })
        })
        .transpose()
}

pub async fn touch_share(db: &mut SqliteConnection, secret: Digest, at: Timestamp) -> Result<()> {
    sqlx::query(TOUCH_SHARE).bind(&secret[..]).bind(at.as_micros()).execute(db).await.map_err(database)?;
    Ok(())
}
