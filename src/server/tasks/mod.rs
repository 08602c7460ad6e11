//! The use cases: what a caller may ask for, whether by page, by REST or by socket.
//!
//! Every method looks at tasks by what [`access`] says: another account's task is not found, unless a link to its project came along, and then
//! it may be watched.

mod access;
mod control;
mod diff;
mod files;
mod fork;
mod room;
mod submit;

pub use access::Access;
pub use submit::MAX_KEY_CHARS;

use std::{net::IpAddr, sync::Arc};

use super::{accounts::Identity, hub::Subscription, state::AppState};
use crate::protocol::{AccountId, Event, LogLine, Problem, TaskFilter, TaskId, TaskPage, TaskSnapshot, TaskSummary};

/// Lines that one call of [`Caller::log_before`] gives.
const LOG_PAGE: u32 = 500;
/// Tasks of a page when nothing else is asked for.
const LIST_PAGE: u32 = 25;

/// Somebody who asks, and the server that answers. Handlers and server functions get one per request.
#[derive(Clone)]
pub struct Caller {
    pub state: AppState,
    pub account_id: AccountId,
    pub identity: Arc<Identity>,
    /// Where the request comes from.
    pub address: IpAddr,
}

impl Caller {
    /// The task as its log says now.
    pub async fn snapshot(&self, task_id: TaskId) -> Result<Arc<TaskSnapshot>, Problem> {
        self.summary(task_id).await?;
        Ok(self.state.snapshots.get(task_id).await?)
    }

    pub async fn summary(&self, task_id: TaskId) -> Result<TaskSummary, Problem> {
        self.access(task_id).await.map(|access| access.summary)
    }

    pub async fn list(&self, mut filter: TaskFilter) -> Result<TaskPage, Problem> {
        filter.limit = if filter.limit == 0 { LIST_PAGE } else { filter.limit.min(100) };
        Ok(self.state.store.list(self.account_id, &filter).await?)
    }

    /// Events after `after`, at most `limit`.
    pub async fn events(&self, task_id: TaskId, after: u64, limit: u32) -> Result<Vec<Event>, Problem> {
        self.summary(task_id).await?;
        Ok(self.state.store.events_after(task_id, after, limit).await?)
    }

    /// Log lines older than `before`, for a page that shows only the tail.
    pub async fn log_before(&self, task_id: TaskId, before: u64) -> Result<Vec<LogLine>, Problem> {
        self.summary(task_id).await?;
        Ok(self.state.store.log_before(task_id, before, LOG_PAGE).await?)
    }

    /// Follows the task's log after `cursor`.
    pub async fn watch(&self, task_id: TaskId, cursor: u64) -> Result<Subscription, Problem> {
        self.summary(task_id).await?;
        Ok(self.state.hub.subscribe(task_id, cursor))
    }
}
