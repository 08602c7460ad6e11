//! What people say about moments of runs.

use sqlx::{FromRow, SqliteConnection, SqlitePool};

use super::{database, id, owner};
use crate::protocol::{
    AccountId, TaskId, Timestamp,
    room::{Comment, CommentPage},
};
use crate::server::store::{
    Result, StoreError,
    room::{MAX_COMMENTS, MAX_COMMENTS_OF_ONE, MAX_COMMENTS_PER_READ, NewComment},
    rows::{self, number, signed},
};

super::statements! {
    MOMENT = "SELECT project_id, head_seq,
            (SELECT count(*) FROM comment WHERE comment.project_id = task.project_id) AS everybodys,
            (SELECT count(*) FROM comment INDEXED BY comment_account WHERE comment.account_id = $2 AND comment.project_id = task.project_id) AS theirs
        FROM task WHERE task_id = $1";
    ADD = "INSERT INTO comment (project_id, task_id, seq, account_id, name, text, at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING comment_id";
    COMMENTS = "SELECT comment_id, comment.task_id, seq, name, text, at, comment.account_id, task.account_id AS owner_id
        FROM comment INDEXED BY comment_project JOIN task ON task.task_id = comment.project_id
        WHERE comment.project_id = $1 AND comment_id < $2 ORDER BY comment_id DESC LIMIT $3";
    REMOVE = "DELETE FROM comment WHERE comment_id = $1 AND project_id = $2
        AND (account_id = $3 OR EXISTS (SELECT 1 FROM task WHERE task.task_id = $2 AND task.account_id = $3))";
}

#[derive(FromRow)]
struct MomentRow {
    project_id: Vec<u8>,
    head_seq: i64,
    everybodys: i64,
    theirs: i64,
}

pub async fn add(db: &mut SqliteConnection, new: NewComment) -> Result<i64> {
    let moment: Option<MomentRow> =
        sqlx::query_as(MOMENT).bind(id(&new.task_id)).bind(owner(&new.account_id)).fetch_optional(&mut *db).await.map_err(database)?;
    let moment = moment.ok_or(StoreError::NotFound)?;
    if !(1..=moment.head_seq).contains(&signed(new.seq)) {
        return Err(StoreError::Refused { what: "a moment that the log does not have" });
    }
    if moment.everybodys >= i64::from(MAX_COMMENTS) {
        return Err(StoreError::Limit { what: "comments on one project" });
    }
    if moment.theirs >= i64::from(MAX_COMMENTS_OF_ONE) {
        return Err(StoreError::Limit { what: "comments of one author on one project" });
    }
    sqlx::query_scalar(ADD)
        .bind(moment.project_id)
        .bind(id(&new.task_id))
        .bind(signed(new.seq))
        .bind(owner(&new.account_id))
        .bind(new.name)
        .bind(new.text)
        .bind(new.at.as_micros())
        .fetch_one(db)
        .await
        .map_err(database)
}

#[derive(FromRow)]
struct CommentRow {
    comment_id: i64,
    task_id: Vec<u8>,
    seq: i64,
    name: String,
    text: String,
    at: i64,
    account_id: Vec<u8>,
    owner_id: Vec<u8>,
}

pub async fn comments(readers: &SqlitePool, project_id: TaskId, asker: AccountId, before: Option<i64>, limit: u32) -> Result<CommentPage> {
    let limit = limit.clamp(1, MAX_COMMENTS_PER_READ);
    let query = sqlx::query_as(COMMENTS).bind(id(&project_id)).bind(before.unwrap_or(i64::MAX)).bind(i64::from(limit) + 1);
    let mut found: Vec<CommentRow> = query.fetch_all(readers).await.map_err(database)?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let comment = |row: CommentRow| {
        Ok(Comment {
            id: row.comment_id,
            task_id: rows::task_id(&row.task_id)?,
            seq: number(row.seq, "seq")?,
            name: row.name,
            text: row.text,
            at: Timestamp::from_micros(row.at),
            owner: row.account_id == row.owner_id,
            mine: row.account_id == owner(&asker),
        })
    };
    Ok(CommentPage { comments: found.into_iter().rev().map(comment).collect::<Result<_>>()?, more })
}

pub async fn remove(db: &mut SqliteConnection, project_id: TaskId, asker: AccountId, comment_id: i64) -> Result<()> {
    let query = sqlx::query(REMOVE).bind(comment_id).bind(id(&project_id)).bind(owner(&asker));
    let removed = query.execute(db).await.map_err(database)?;
    if removed.rows_affected() == 0 { Err(StoreError::NotFound) } else { Ok(()) }
}
