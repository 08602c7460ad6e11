//! Server functions: what the pages ask of the server. Each hands over to the use case of the same name.

use leptos::{
    prelude::*,
    server_fn::{
        Bytes, ContentType, Decodes, Encodes, Format, FormatType,
        codec::Post,
        error::{FromServerFnError, ServerFnErrorErr},
    },
};
use serde::{Serialize, de::DeserializeOwned};

use crate::protocol::{
    FileView, Inspected, LogLine, Problem, TaskFilter, TaskId, TaskInput, TaskPage, TaskSnapshot,
    edit::Fork,
    project::{ModelDraft, ProjectInput},
    room::{self as rooms, CommentPage, CommentWish, FreshShare, RunPage, SealedRoom, ShareId, ShareWish},
};

#[server(prefix = "/api/fn", endpoint = "check", input = Json, output = Json)]
pub async fn check(input: TaskInput) -> Result<Inspected, Problem> {
    use crate::server::functions::answer;
    answer(|caller| async move { caller.inspect(input).await }).await
}

#[server(prefix = "/api/fn", endpoint = "submit", input = Json, output = Json)]
pub async fn submit(input: TaskInput, idempotency_key: String) -> Result<TaskId, Problem> {
    use crate::server::functions::answer;
    answer(|caller| async move { caller.submit(input, Some(idempotency_key)).await }).await
}

#[server(prefix = "/api/fn", endpoint = "task", input = Json, output = Json)]
pub async fn task(id: String) -> Result<TaskSnapshot, Problem> {
    use crate::server::functions::{answer, task_id};
    answer(|caller| async move { caller.page(task_id(&id)?).await }).await
}

#[server(prefix = "/api/fn", endpoint = "tasks", input = Json, output = Json)]
pub async fn tasks(filter: TaskFilter) -> Result<TaskPage, Problem> {
    use crate::server::functions::answer;
    answer(|caller| async move { caller.list(filter).await }).await
}

#[server(prefix = "/api/fn", endpoint = "cancel", input = Json, output = Json)]
pub async fn cancel(task_id: TaskId) -> Result<(), Problem> {
    use crate::server::functions::answer;
    answer(|caller| async move { caller.cancel(task_id).await }).await
}

#[server(prefix = "/api/fn", endpoint = "retry", input = Json, output = Json)]
pub async fn retry(task_id: TaskId) -> Result<TaskId, Problem> {
    use crate::server::functions::answer;
    answer(|caller| async move { caller.retry(task_id).await }).await
}

/// A new run that begins from an earlier one.
#[server(prefix = "/api/fn", endpoint = "fork", input = Json, output = Json)]
pub async fn fork_run(task_id: TaskId, fork: Fork, idempotency_key: String) -> Result<TaskId, Problem> {
    use crate::server::functions::answer;
    answer(|caller| async move { caller.fork(task_id, fork, Some(idempotency_key)).await }).await
}

#[server(prefix = "/api/fn", endpoint = "file", input = Json, output = Json)]
pub async fn file(task_id: TaskId, path: String) -> Result<FileView, Problem> {
    use crate::server::functions::answer;
    answer(|caller| async move { caller.file_view(task_id, &path).await }).await
}

/// A model made of a brief or of an API description, to be looked at.
#[server(prefix = "/api/fn", endpoint = "draft", input = Json, output = Json)]
pub async fn draft(input: ProjectInput) -> Result<ModelDraft, Problem> {
    use crate::server::functions::answer;
    answer(|caller| async move { caller.draft(input).await }).await
}

/// The text that a task of kind `prompt` came to.
#[server(prefix = "/api/fn", endpoint = "prompt", input = Json, output = Json)]
pub async fn prompt(id: String) -> Result<String, Problem> {
    use crate::server::functions::{answer, task_id};
    answer(|caller| async move { caller.prompt(task_id(&id)?).await }).await
}

#[server(prefix = "/api/fn", endpoint = "log", input = Json, output = Json)]
pub async fn log_before(task_id: TaskId, before: u64) -> Result<Vec<LogLine>, Problem> {
    use crate::server::functions::answer;
    answer(|caller| async move { caller.log_before(task_id, before).await }).await
}

/// What whoever asks may do with a task.
#[server(prefix = "/api/fn", endpoint = "standing", input = Json, output = Json)]
pub async fn standing(id: String) -> Result<rooms::Standing, Problem> {
    use crate::server::functions::{answer, task_id};
    answer(|caller| async move { caller.standing(task_id(&id)?).await }).await
}

/// A project's room, by any of its runs.
#[server(prefix = "/api/fn", endpoint = "room", input = Json, output = Json)]
pub async fn room(id: String) -> Result<SealedRoom, Problem> {
    use crate::server::functions::{answer, task_id};
    // What a form came to that was sent without script.
    let told = use_context().unwrap_or_default();
    answer(|caller| async move { SealedRoom::seal(&caller.room(task_id(&id)?, told).await?).ok_or_else(|| Problem::not_found("project")) })
        .await
}

#[server(prefix = "/api/fn", endpoint = "runs", input = Json, output = Json)]
pub async fn runs(id: TaskId, before: Option<TaskId>) -> Result<RunPage, Problem> {
    use crate::server::functions::answer;
    answer(|caller| async move { caller.runs(id, before, 0).await }).await
}

#[server(prefix = "/api/fn", endpoint = "run_again", input = Json, output = Json)]
pub async fn run_again(id: TaskId) -> Result<TaskId, Problem> {
    use crate::server::functions::answer;
    answer(|caller| async move { caller.run_again(id).await }).await
}

#[server(prefix = "/api/fn", endpoint = "share", input = Json, output = Json)]
pub async fn share(id: TaskId, wish: ShareWish) -> Result<FreshShare, Problem> {
    use crate::server::functions::answer;
    answer(|caller| async move { caller.add_share(id, wish).await }).await
}

#[server(prefix = "/api/fn", endpoint = "unshare", input = Json, output = Json)]
pub async fn unshare(id: TaskId, share: ShareId) -> Result<(), Problem> {
    use crate::server::functions::answer;
    answer(|caller| async move { caller.revoke_share(id, share).await }).await
}

#[server(prefix = "/api/fn", endpoint = "comments", input = Json, output = Json)]
pub async fn comments(id: TaskId) -> Result<CommentPage, Problem> {
    use crate::server::functions::answer;
    answer(|caller| async move { caller.comments(id, None).await }).await
}

#[server(prefix = "/api/fn", endpoint = "comment", input = Json, output = Json)]
pub async fn comment(id: TaskId, wish: CommentWish) -> Result<rooms::Comment, Problem> {
    use crate::server::functions::answer;
    answer(|caller| async move { caller.add_comment(id, wish).await }).await
}

#[server(prefix = "/api/fn", endpoint = "uncomment", input = Json, output = Json)]
pub async fn uncomment(id: TaskId, comment: i64) -> Result<(), Problem> {
    use crate::server::functions::answer;
    answer(|caller| async move { caller.remove_comment(id, comment).await }).await
}

/// JSON that is read as text. Leptos' own reads bytes, for which the browser would need a second set of decoders.
pub struct JsonText;

type Json = Post<JsonText>;

impl ContentType for JsonText {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for JsonText {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for JsonText {
    type Error = serde_json::Error;

    fn encode(output: &T) -> Result<Bytes, Self::Error> {
        serde_json::to_string(output).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for JsonText {
    type Error = String;

    fn decode(bytes: Bytes) -> Result<T, Self::Error> {
        let text = std::str::from_utf8(&bytes).map_err(|error| error.to_string())?;
        serde_json::from_str(text).map_err(|error| error.to_string())
    }
}

impl FromServerFnError for Problem {
    type Encoder = JsonText;

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
