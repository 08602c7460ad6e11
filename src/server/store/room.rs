//! The contract for rooms: the runs of a project, the links that let others watch them, and comments.
//!
//! Guarantees, held by every implementation and checked by the conformance suite: a project is the first task of a chain of repeats and
//! all that follow, and belongs to whom that task belongs to; whoever else asks for it by account finds nothing; a link is good for its
//! project only, until it expires or is revoked, and while its owner is let in; revoking one is told to every process by
//! [`Accounts::revoked_after`](super::Accounts::revoked_after). Comments are bounded, and stay with the run that they are about.

use async_trait::async_trait;

use super::{Result, accounts::Digest};
use crate::protocol::{
    AccountId, TaskId, Timestamp,
    room::{CommentPage, RunPage, ShareId, ShareInfo},
};

/// Links of one project that are good at one time.
pub const MAX_SHARES: u32 = 50;
/// Comments on one project, and of one author on it.
pub const MAX_COMMENTS: u32 = 1_000;
pub const MAX_COMMENTS_OF_ONE: u32 = 300;
/// Most that one read returns.
pub const MAX_RUNS_PER_READ: u32 = 100;
pub const MAX_COMMENTS_PER_READ: u32 = 200;

#[derive(Clone, Debug)]
pub struct NewShare {
    pub share: ShareInfo,
    pub project_id: TaskId,
    pub account_id: AccountId,
    pub secret: Digest,
}

/// What a link is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shared {
    pub share_id: ShareId,
    pub secret: Digest,
    pub project_id: TaskId,
    pub owner: AccountId,
    pub may_comment: bool,
    pub expires_at: Timestamp,
}

#[derive(Clone, Debug)]
pub struct NewComment {
    pub task_id: TaskId,
    pub seq: u64,
    pub account_id: AccountId,
    pub name: String,
    pub text: String,
    pub at: Timestamp,
}

#[async_trait]
pub trait Rooms: Send + Sync + 'static {
    /// The project that the task is a run of.
    ///
    /// # Errors
    /// `NotFound`, also for another account's task.
    async fn project_of(&self, account_id: AccountId, task_id: TaskId) -> Result<TaskId>;

    /// The project's newest run.
    ///
    /// # Errors
    /// `NotFound`, also for another account's project.
    async fn present_run(&self, account_id: AccountId, project_id: TaskId) -> Result<TaskId>;

    /// Its runs, newest first, those before `before` if it is given. Of another account's project: none.
    async fn runs(&self, account_id: AccountId, project_id: TaskId, before: Option<TaskId>, limit: u32) -> Result<RunPage>;

    // -- links ------------------------------------------------------------------------------------------

    /// # Errors
    /// `NotFound`, also for another account's project; `Limit` beyond [`MAX_SHARES`].
    async fn add_share(&self, new: NewShare) -> Result<()>;

    /// Those that are good, newest first. Of another account's project: none.
    async fn shares(&self, account_id: AccountId, project_id: TaskId, at: Timestamp) -> Result<Vec<ShareInfo>>;

    /// # Errors
    /// `NotFound`, also for another account's link and for one of another project.
    async fn revoke_share(&self, account_id: AccountId, project_id: TaskId, share_id: ShareId) -> Result<()>;

    /// What the link is good for, if it is good for the task's project.
    async fn shared(&self, secret: Digest, task_id: TaskId, at: Timestamp) -> Result<Option<Shared>>;

    /// Remembers that a link was used; to the minute is enough.
    async fn touch_share(&self, secret: Digest, at: Timestamp) -> Result<()>;

    // -- comments. Callers have checked that the author may see the task ----------------------------------

    /// The comment's id.
    ///
    /// # Errors
    /// `NotFound`; `Refused` when the log has no such event yet; `Limit` beyond [`MAX_COMMENTS`] and [`MAX_COMMENTS_OF_ONE`].
    async fn add_comment(&self, new: NewComment) -> Result<i64>;

    /// The newest on the project, or the newest before `before`, oldest first. `asker` tells which are theirs.
    async fn comments(&self, project_id: TaskId, asker: AccountId, before: Option<i64>, limit: u32) -> Result<CommentPage>;

    /// Takes a comment back: its author may, and the project's owner.
    ///
    /// # Errors
    /// `NotFound`, also for somebody else's comment and for one of another project.
    async fn remove_comment(&self, project_id: TaskId, asker: AccountId, comment_id: i64) -> Result<()>;
}
