//! Whether a caller may see a task: the one place that decides it, for pages, REST and sockets alike.
//!
//! A task is seen by the account that it belongs to, and by whoever has a link to its project: they may watch, and comment where the link
//! says so, and nothing else. For everybody else it does not exist. A link that has expired, was revoked or never was is no link, so
//! its answer is the same.

use super::Caller;
use crate::{
    protocol::{AccountId, Problem, TaskId, TaskSummary, room::Standing},
    server::store::{StoreError, room::Shared},
};

/// A task that the caller may see, and why.
pub struct Access {
    pub summary: TaskSummary,
    /// Whose it is.
    pub owner: AccountId,
    /// The link that lets them watch; `None`: it is theirs.
    pub shared: Option<Shared>,
}

impl Caller {
    /// # Errors
    /// Not found, for every reason alike.
    pub async fn access(&self, task_id: TaskId) -> Result<Access, Problem> {
        match self.state.store.summary(self.account_id, task_id).await {
            Ok(summary) => return Ok(Access { summary, owner: self.account_id, shared: None }),
            Err(StoreError::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
        let at = self.state.clock.now();
        for secret in &self.identity.shares {
            let Some(shared) = self.state.store.shared(*secret, task_id, at).await? else { continue };
            if self.state.key_uses.is_news(*secret, at) {
                self.state.store.touch_share(*secret, at).await?;
            }
            let summary = self.state.store.summary(shared.owner, task_id).await?;
            return Ok(Access { summary, owner: shared.owner, shared: Some(shared) });
        }
        Err(Problem::not_found("task"))
    }

    /// For whatever changes something.
    ///
    /// # Errors
    /// Not found; 403 for who may watch.
    pub async fn owned(&self, task_id: TaskId) -> Result<TaskSummary, Problem> {
        match self.access(task_id).await? {
            Access { summary, shared: None, .. } => Ok(summary),
            Access { .. } => Err(watch_only("Only whom the project belongs to may do this. The link is for watching.")),
        }
    }

    /// What the caller may do in the room of the task's project.
    pub async fn standing(&self, task_id: TaskId) -> Result<Standing, Problem> {
        let access = self.access(task_id).await?;
        let project_id = match access.shared {
            Some(shared) => shared.project_id,
            None => self.state.store.project_of(access.owner, task_id).await?,
        };
        Ok(Standing { project_id, owner: access.shared.is_none(), may_comment: access.shared.is_none_or(|shared| shared.may_comment) })
    }
}

pub(super) fn watch_only(detail: &str) -> Problem {
    Problem::new(403, "watch-only", "This link is for watching", detail)
}
