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
    use crate::server::functions::answer;
    answer(|caller| async move { caller.inspect(input).await }).await
}

#[server(prefix = "/api/fn", endpoint = "submit", input = Json)]
pub async fn submit(input: TaskInput, idempotency_key: String) -> Result<TaskId, Problem> {
    use crate::server::functions::answer;
    answer(|caller| async move { caller.submit(input, Some(idempotency_key)).await }).await
}

#[server(prefix = "/api/fn", endpoint = "task", input = Json)]
pub async fn task(id: String) -> Result<TaskSnapshot, Problem> {
    use crate::server::functions::{answer, task_id};
    answer(|caller| async move { caller.snapshot(task_id(&id)?).await.map(|snapshot| snapshot.as_ref().clone()) }).await
}

#[server(prefix = "/api/fn", endpoint = "tasks", input = Json)]
pub async fn tasks(filter: TaskFilter) -> Result<TaskPage, Problem> {
    use crate::server::functions::answer;
    answer(|caller| async move { caller.list(filter).await }).await
}

#[server(prefix = "/api/fn", endpoint = "cancel", input = Json)]
pub async fn cancel(task_id: TaskId) -> Result<(), Problem> {
    use crate::server::functions::answer;
    answer(|caller| async move { caller.cancel(task_id).await }).await
}

#[server(prefix = "/api/fn", endpoint = "retry", input = Json)]
pub async fn retry(task_id: TaskId) -> Result<TaskId, Problem> {
    use crate::server::functions::answer;
    answer(|caller| async move { caller.retry(task_id).await }).await
}

#[server(prefix = "/api/fn", endpoint = "file", input = Json)]
pub async fn file(task_id: TaskId, path: String) -> Result<FileView, Problem> {
    use crate::server::functions::answer;
    answer(|caller| async move { caller.file_view(task_id, &path).await }).await
}

#[server(prefix = "/api/fn", endpoint = "log", input = Json)]
pub async fn log_before(task_id: TaskId, before: u64) -> Result<Vec<LogLine>, Problem> {
    use crate::server::functions::answer;
    answer(|caller| async move { caller.log_before(task_id, before).await }).await
}

impl FromServerFnError for Problem {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::unreachable(),
            ServerFnErrorErr::Args(detail) | ServerFnErrorErr::MissingArg(detail) => {
                Self::new(400, "invalid-json", "The request was not understood", detail)
            }
            ServerFnErrorErr::Deserialization(_) => {
                Self::unavailable("The server's answer was not understood. It may have been updated: please reload the page.")
            }
            _ => Self::internal(),
        }
    }
}

impl Problem {
    /// Nothing answers: told apart from an answer by its status, 0.
    pub fn unreachable() -> Self {
        Self::new(0, "unreachable", "The server cannot be reached", "Check that it runs and that you are connected. Nothing was lost.")
    }
}
