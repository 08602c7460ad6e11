//! Cancel and retry.

use super::{Caller, submit::Refusal};
use crate::{
    protocol::{Problem, TaskId},
    server::store::CancelAnswer,
};

impl Caller {
    /// Asks for the task to stop: at once when it is queued, at its next step when it runs. Asking twice is fine.
    pub async fn cancel(&self, task_id: TaskId) -> Result<(), Problem> {
        self.owned(task_id).await?;
        match self.state.store.request_cancel(self.account_id, task_id, self.state.clock.now()).await? {
            CancelAnswer::Cancelled(event) => self.state.hub.publish(&[event]),
            CancelAnswer::Requested(event) => {
                self.state.hub.publish(&[event]);
                self.state.queue.cancel(task_id);
            }
            CancelAnswer::AlreadyRequested => {}
            CancelAnswer::Ended(status) => {
                return Err(Problem::conflict(format!("The task is {status} already; there is nothing to cancel.")));
            }
        }
        Ok(())
    }

    /// Starts a new task with the input of one that has ended. The old one stays as it is: a log never reopens.
    pub async fn retry(&self, task_id: TaskId) -> Result<TaskId, Problem> {
        self.repeat(task_id, None).await
    }

    /// The newest run of what `task_id` began; itself when it was never repeated.
    pub async fn latest_run(&self, task_id: TaskId) -> Result<TaskId, Problem> {
        let owner = self.access(task_id).await?.owner;
        Ok(self.state.store.latest_run(owner, task_id).await?)
    }

    /// The run that is under way of what `task_id` began, started if none is. Asking twice, even at once, starts one.
    pub async fn run_again(&self, task_id: TaskId) -> Result<TaskId, Problem> {
        self.owned(task_id).await?;
        let latest = self.latest_run(task_id).await?;
        if !self.summary(latest).await?.status.is_terminal() {
            return Ok(latest);
        }
        self.repeat(latest, Some(format!("run-after-{latest}"))).await
    }

    async fn repeat(&self, task_id: TaskId, key: Option<String>) -> Result<TaskId, Problem> {
        let summary = self.owned(task_id).await?;
        if !summary.status.is_terminal() {
            return Err(Problem::conflict(format!("The task is still {}. Cancel it first, or wait.", summary.status)));
        }
        let input = self.state.store.input(self.account_id, task_id).await?;
        self.submit_as(input, key, Some(task_id), Refusal::Said).await
    }
}
