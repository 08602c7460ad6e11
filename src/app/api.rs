//! Server functions: what the pages ask of the server. Each hands over to the use case of the same name.

use leptos::{
    prelude::*,
    server_fn::{
        codec::{Json, JsonEncoding},
        error::{FromServerFnError, ServerFnErrorErr},
    },
};

use crate::protocol::{FileView, Inspected, LogLine, Problem, TaskFilter, TaskId, TaskInput, TaskPage, TaskSnapshot};

#[server(prefix = "/api/fn", endpoint = "check", input = Json)]
pub async fn check(input: TaskInput) -> Result<Inspected, Problem> {
    on_server::answer(on_server::caller()?.inspect(input).await)
}

#[server(prefix = "/api/fn", endpoint = "submit", input = Json)]
pub async fn submit(input: TaskInput, idempotency_key: String) -> Result<TaskId, Problem> {
    on_server::answer(on_server::caller()?.submit(input, Some(idempotency_key)).await)
}

#[server(prefix = "/api/fn", endpoint = "task", input = Json)]
pub async fn task(task_id: String) -> Result<TaskSnapshot, Problem> {
    on_server::answer(on_server::caller()?.snapshot(on_server::task_id(&task_id)?).await)
}

#[server(prefix = "/api/fn", endpoint = "tasks", input = Json)]
pub async fn tasks(filter: TaskFilter) -> Result<TaskPage, Problem> {
    on_server::answer(on_server::caller()?.list(filter).await)
}

#[server(prefix = "/api/fn", endpoint = "cancel", input = Json)]
pub async fn cancel(task_id: TaskId) -> Result<(), Problem> {
    on_server::answer(on_server::caller()?.cancel(task_id).await)
}

#[server(prefix = "/api/fn", endpoint = "retry", input = Json)]
pub async fn retry(task_id: TaskId) -> Result<TaskId, Problem> {
    on_server::answer(on_server::caller()?.retry(task_id).await)
}

#[server(prefix = "/api/fn", endpoint = "file", input = Json)]
pub async fn file(task_id: TaskId, path: String) -> Result<FileView, Problem> {
    on_server::answer(on_server::caller()?.file_view(task_id, &path).await)
}

#[server(prefix = "/api/fn", endpoint = "log", input = Json)]
pub async fn log_before(task_id: TaskId, before: u64) -> Result<Vec<LogLine>, Problem> {
    on_server::answer(on_server::caller()?.log_before(task_id, before).await)
}
