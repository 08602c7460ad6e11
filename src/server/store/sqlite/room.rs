//! The contract for rooms, method by method: writes by the one writer, reads by the pool.

use async_trait::async_trait;

use super::{SqliteStore, comments, runs};
use crate::protocol::{
    AccountId, TaskId, Timestamp,
    room::{CommentPage, RunPage, ShareId, ShareInfo},
};
use crate::server::store::{
    Result,
    accounts::Digest,
    room::{NewComment, NewShare, Rooms, Shared},
};

#[async_trait]
impl Rooms for SqliteStore {
    async fn project_of(&self, account_id: AccountId, task_id: TaskId) -> Result<TaskId> {
        runs::project_of(&self.readers, account_id, task_id).await
    }

    async fn present_run(&self, account_id: AccountId, project_id: TaskId) -> Result<TaskId> {
        runs::present_run(&self.readers, account_id, project_id).await
    }

    async fn runs(&self, account_id: AccountId, project_id: TaskId, before: Option<TaskId>, limit: u32) -> Result<RunPage> {
        runs::runs(&self.readers, account_id, project_id, before, limit).await
    }

    async fn add_share(&self, new: NewShare) -> Result<()> {
        self.writer.write(move |db| Box::pin(runs::add_share(db, new))).await
    }

    async fn shares(&self, account_id: AccountId, project_id: TaskId, at: Timestamp) -> Result<Vec<ShareInfo>> {
        runs::shares(&self.readers, account_id, project_id, at).await
    }

    async fn revoke_share(&self, account_id: AccountId, project_id: TaskId, share_id: ShareId) -> Result<()> {
        self.writer.write(move |db| Box::pin(runs::revoke_share(db, account_id, project_id, share_id))).await
    }

    async fn shared(&self, secret: Digest, task_id: TaskId, at: Timestamp) -> Result<Option<Shared>> {
        runs::shared(&self.readers, secret, task_id, at).await
    }

    async fn touch_share(&self, secret: Digest, at: Timestamp) -> Result<()> {
        self.writer.write(move |db| Box::pin(runs::touch_share(db, secret, at))).await
    }

    async fn add_comment(&self, new: NewComment) -> Result<i64> {
        self.writer.write(move |db| Box::pin(comments::add(db, new))).await
    }

    async fn comments(&self, project_id: TaskId, asker: AccountId, before: Option<i64>, limit: u32) -> Result<CommentPage> {
        comments::comments(&self.readers, project_id, asker, before, limit).await
    }

    async fn remove_comment(&self, project_id: TaskId, asker: AccountId, comment_id: i64) -> Result<()> {
        self.writer.write(move |db| Box::pin(comments::remove(db, project_id, asker, comment_id))).await
    }
}
