//! REST: a run that begins from an earlier one, and what differs between two. Thin: each handler is one use case.

use axum::{
    Json,
    extract::{Query, rejection::QueryRejection},
    http::HeaderMap,
    response::Response,
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    TaskPath,
    accounts::{Body, read},
    openapi::{Conflict, NotFound, NotOfThisKind, TooFewTokens, Unacceptable},
    tasks::{FilePath, Started, created},
    upload,
};
use crate::{
    protocol::{
        Problem, TaskId,
        diff::{FileDiff, RunDiff},
        edit::Fork,
    },
    server::{state::AppState, tasks::Caller},
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(fork)).routes(routes!(diff)).routes(routes!(file_diff))
}

/// Begin a new run from one that has ended.
///
/// With something changed: the model, choices, edited files. Only the agents whose input that is, and those that depend on them, work again;
/// what the others have done is carried over.
#[utoipa::path(
    post, path = "/api/v1/tasks/{id}/fork", operation_id = "fork_task", tag = "tasks",
    params(("id" = TaskId, Path, description = "A project's run."), upload::IdempotencyKey),
    request_body = Fork,
    responses(
        (status = 201, description = "The new one is queued.", body = Started, headers(("Location" = String, description = "The new task."))),
        TooFewTokens, NotFound, Conflict, NotOfThisKind, Unacceptable
    )
)]
async fn fork(caller: Caller, TaskPath(task_id): TaskPath, headers: HeaderMap, body: Body<Fork>) -> Result<Response, Problem> {
    let fork = read(body)?;
    let key = upload::idempotency_key(&headers)?;
    let new = caller.fork(task_id, fork, key).await?;
    created(&caller, new).await
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Against {
    /// The run to compare with; without it, the one that this run repeats.
    #[param(value_type = Option<TaskId>, nullable = false)]
    against: Option<String>,
}

type AgainstQuery = Result<Query<Against>, QueryRejection>;

fn against(query: AgainstQuery) -> Result<Option<TaskId>, Problem> {
    let Query(Against { against }) = query.map_err(|rejection| Problem::invalid("query", rejection.body_text()))?;
    against.map(|id| id.parse().map_err(|_| Problem::invalid("against", "`against` is the id of a task."))).transpose()
}

/// What became of each file since an earlier run.
#[utoipa::path(
    get, path = "/api/v1/tasks/{id}/diff", operation_id = "compare_runs", tag = "tasks",
    params(("id" = TaskId, Path, description = "The task."), Against),
    responses((status = 200, description = "All files of both, by path.", body = RunDiff), NotFound, Conflict, Unacceptable)
)]
async fn diff(caller: Caller, TaskPath(task_id): TaskPath, query: AgainstQuery) -> Result<Json<RunDiff>, Problem> {
    caller.diff(task_id, against(query)?).await.map(Json)
}

/// What became of one file since an earlier run, line by line and word by word.
#[utoipa::path(
    get, path = "/api/v1/tasks/{id}/diff/{*path}", operation_id = "compare_file", tag = "tasks",
    params(("id" = TaskId, Path, description = "The task."), ("path" = String, Path, description = "The file's path, slashes and all."), Against),
    responses((status = 200, description = "The lines that differ, and a few around them.", body = FileDiff), NotFound, Conflict, Unacceptable)
)]
async fn file_diff(
    caller: Caller,
    TaskPath(task_id): TaskPath,
    axum::extract::Path(FilePath { path }): axum::extract::Path<FilePath>,
    query: AgainstQuery,
) -> Result<Json<FileDiff>, Problem> {
    caller.file_diff(task_id, against(query)?, &path).await.map(Json)
}
