//! The use cases: what a caller may ask for, whether by page, by REST or by socket.

use crate::protocol::{AccountId, FileView, Inspected, LogLine, Problem, TaskFilter, TaskId, TaskInput, TaskPage, TaskSnapshot};

/// Somebody who asks, and the server that answers. Handlers and server functions get one per request.
#[derive(Clone)]
pub struct Caller {
    pub account_id: AccountId,
}

impl Caller {
    pub async fn inspect(&self, _input: TaskInput) -> Result<Inspected, Problem> {
        Err(Problem::unavailable("not yet"))
    }
    pub async fn submit(&self, _input: TaskInput, _idempotency_key: Option<String>) -> Result<TaskId, Problem> {
        Err(Problem::unavailable("not yet"))
    }
    pub async fn snapshot(&self, _task_id: TaskId) -> Result<TaskSnapshot, Problem> {
        Err(Problem::unavailable("not yet"))
    }
    pub async fn list(&self, _filter: TaskFilter) -> Result<TaskPage, Problem> {
        Err(Problem::unavailable("not yet"))
    }
    pub async fn cancel(&self, _task_id: TaskId) -> Result<(), Problem> {
        Err(Problem::unavailable("not yet"))
    }
    pub async fn retry(&self, _task_id: TaskId) -> Result<TaskId, Problem> {
        Err(Problem::unavailable("not yet"))
    }
    pub async fn file_view(&self, _task_id: TaskId, _path: &str) -> Result<FileView, Problem> {
        Err(Problem::unavailable("not yet"))
    }
    pub async fn log_before(&self, _task_id: TaskId, _before: u64) -> Result<Vec<LogLine>, Problem> {
        Err(Problem::unavailable("not yet"))
    }
}
