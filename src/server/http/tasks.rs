//! REST: `/api/v1/tasks` and below. Thin: each handler is one use case.

use axum::{
    Json,
    body::Body,
    extract::{Query, Request, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::stream;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    TaskPath,
    openapi::{
        Conflict, NotFound, NotOfThisKind, TooFewTokens, Unacceptable,
        requests::{NewTask, TaskForm},
    },
    upload,
};
use crate::{
    protocol::{Event, EventBody, FileEntry, Kind, Problem, Status, TaskFilter, TaskId, TaskPage, TaskSnapshot, TaskSummary},
    server::{state::AppState, tasks::Caller},
};

/// Events read at once for the text log.
const LOG_PAGE: u32 = 1_000;

/// Start a generation.
///
/// As JSON (`{"kind":"test_suite","description":"…"}` or `"url"`, `{"kind":"project","brief":"…"}`, `{"kind":"prompt","prompt":"…"}`), or as a
/// form with the same fields.
#[utoipa::path(
    post, path = "/api/v1/tasks", operation_id = "start_task", tag = "tasks",
    params(upload::IdempotencyKey),
    request_body(content((NewTask = "application/json"), (TaskForm = "multipart/form-data"))),
    responses((status = 201, description = "It is queued.", body = Started, headers(("Location" = String, description = "The task."))), TooFewTokens, NotOfThisKind, Unacceptable)
)]
pub(super) async fn create(
    caller: Caller,
    headers: HeaderMap,
    State(state): State<AppState>,
    request: Request,
) -> Result<Response, Problem> {
    let form = upload::read(request, &state).await?;
    let key = upload::idempotency_key(&headers)?;
    let task_id = caller.submit(form.input, key.or(form.idempotency_key)).await?;
    created(&caller, task_id).await
}

/// A task that was just made, and where its parts are.
#[derive(Serialize, ToSchema)]
pub(super) struct Started {
    task_id: TaskId,
    status: Status,
    url: String,
    events_url: String,
    live_url: String,
    artifact_url: String,
    page: String,
    /// Of a project: the page of all its runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    room: Option<String>,
}

pub(super) async fn created(caller: &Caller, task_id: TaskId) -> Result<Response, Problem> {
    let is_project = caller.summary(task_id).await?.kind == Kind::Project;
    let room = if is_project { Some(format!("/projects/{}", caller.standing(task_id).await?.project_id)) } else { None };
    let at = format!("/api/v1/tasks/{task_id}");
    let body = Started {
        task_id,
        status: Status::Queued,
        events_url: format!("{at}/events"),
        live_url: format!("{at}/live"),
        artifact_url: format!("{at}/artifact"),
        page: format!("/tasks/{task_id}"),
        room,
        url: at.clone(),
    };
    Ok((StatusCode::CREATED, [(header::LOCATION, at)], Json(body)).into_response())
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    #[param(value_type = Option<Status>, nullable = false)]
    status: Option<String>,
    #[param(value_type = Option<Kind>, nullable = false)]
    kind: Option<String>,
    /// A part of title or source, in any case.
    #[param(nullable = false)]
    text: Option<String>,
    /// The last task of the page before.
    #[param(value_type = Option<TaskId>, nullable = false)]
    before: Option<String>,
    /// How many; 25 without it.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, nullable = false)]
    limit: Option<String>,
}

/// The account's tasks, newest first.
#[utoipa::path(
    get, path = "/api/v1/tasks", operation_id = "list_tasks", tag = "tasks", params(ListQuery),
    responses((status = 200, description = "A page of them.", body = TaskPage), Unacceptable)
)]
pub(super) async fn list(caller: Caller, query: Result<Query<ListQuery>, QueryRejection>) -> Result<Json<TaskPage>, Problem> {
    let Query(query) = query.map_err(|rejection| Problem::invalid("query", rejection.body_text()))?;
    Ok(Json(caller.list(query.try_into()?).await?))
}

impl TryFrom<ListQuery> for TaskFilter {
    type Error = Problem;

    fn try_from(query: ListQuery) -> Result<Self, Problem> {
        fn parse<T>(field: &str, text: Option<String>, parse: impl Fn(&str) -> Option<T>, expected: &str) -> Result<Option<T>, Problem> {
            text.map(|text| parse(&text).ok_or_else(|| Problem::invalid(field, format!("`{field}` is {expected}.")))).transpose()
        }
        Ok(Self {
            status: parse("status", query.status, Status::parse, "queued, running, completed, failed or cancelled")?,
            kind: parse("kind", query.kind, Kind::parse, "test_suite, prompt or project")?,
            text: query.text.filter(|text| !text.is_empty()),
            before: parse("before", query.before, |text| text.parse().ok(), "the id of the last task of the page before")?,
            limit: parse(
                "limit",
                query.limit,
                |text| text.parse().ok().filter(|limit| (1..=100).contains(limit)),
                "a number from 1 to 100",
            )?
            .unwrap_or(0),
        })
    }
}

/// A task as it stands.
#[utoipa::path(
    get, path = "/api/v1/tasks/{id}", operation_id = "show_task", tag = "tasks", params(("id" = TaskId, Path, description = "The task.")),
    responses((status = 200, description = "The fold of its log.", body = TaskSnapshot), NotFound)
)]
pub(super) async fn show(caller: Caller, TaskPath(task_id): TaskPath) -> Result<Response, Problem> {
    Ok(Json(&*caller.snapshot(task_id).await?).into_response())
}

/// Ask a task to stop.
#[utoipa::path(
    post, path = "/api/v1/tasks/{id}/cancel", operation_id = "cancel_task", tag = "tasks", params(("id" = TaskId, Path, description = "The task.")),
    responses((status = 202, description = "Asked; its log says when it has stopped.", body = TaskSummary), NotFound, Conflict)
)]
pub(super) async fn cancel(caller: Caller, TaskPath(task_id): TaskPath) -> Result<(StatusCode, Json<TaskSummary>), Problem> {
    caller.cancel(task_id).await?;
    Ok((StatusCode::ACCEPTED, Json(caller.summary(task_id).await?)))
}

/// Run a task's input again, as a new task.
#[utoipa::path(
    post, path = "/api/v1/tasks/{id}/retry", operation_id = "retry_task", tag = "tasks", params(("id" = TaskId, Path, description = "The task.")),
    responses(
        (status = 201, description = "The new one is queued.", body = Started, headers(("Location" = String, description = "The new task."))),
        TooFewTokens, NotFound, Conflict
    )
)]
pub(super) async fn retry(caller: Caller, TaskPath(task_id): TaskPath) -> Result<Response, Problem> {
    let new = caller.retry(task_id).await?;
    created(&caller, new).await
}

/// The files that a task made.
#[utoipa::path(
    get, path = "/api/v1/tasks/{id}/files", operation_id = "list_files", tag = "tasks", params(("id" = TaskId, Path, description = "The task.")),
    responses((status = 200, description = "Of a running task: those so far.", body = [FileEntry]), NotFound)
)]
pub(super) async fn files(caller: Caller, TaskPath(task_id): TaskPath) -> Result<Json<Vec<FileEntry>>, Problem> {
    caller.files(task_id).await.map(Json)
}

#[derive(Deserialize)]
pub(super) struct FilePath {
    pub path: String,
}

/// A generated file as it is. Never as anything that a browser would run.
#[utoipa::path(
    get, path = "/api/v1/tasks/{id}/files/{*path}", operation_id = "download_file", tag = "tasks",
    params(("id" = TaskId, Path, description = "The task."), ("path" = String, Path, description = "The file's path, slashes and all.")),
    responses((status = 200, description = "Its content.", content(([u8] = "application/octet-stream"), (String = "text/plain"))), NotFound, Conflict)
)]
pub(super) async fn file(
    caller: Caller,
    TaskPath(task_id): TaskPath,
    axum::extract::Path(FilePath { path }): axum::extract::Path<FilePath>,
) -> Result<Response, Problem> {
    let file = caller.file(task_id, &path).await?;
    let is_text = std::str::from_utf8(&file.content).is_ok_and(|text| !text.contains('\0'));
    let media_type = if is_text { "text/plain; charset=utf-8" } else { "application/octet-stream" };
    let name = path.rsplit('/').next().unwrap_or_default();
    Ok(download(media_type, name, &file.entry.sha256, file.content))
}

/// What a task made, in one file.
#[utoipa::path(
    get, path = "/api/v1/tasks/{id}/artifact", operation_id = "download_artifact", tag = "tasks", params(("id" = TaskId, Path, description = "The task.")),
    responses((status = 200, description = "A ZIP of all files, or the one file there is.", content(([u8] = "application/zip"), (String = "text/markdown"))), NotFound, Conflict)
)]
pub(super) async fn artifact(caller: Caller, TaskPath(task_id): TaskPath) -> Result<Response, Problem> {
    let artifact = caller.artifact(task_id).await?;
    Ok(download(&artifact.media_type, &artifact.name, &artifact.sha256, artifact.content))
}

fn download(media_type: &str, name: &str, sha256: &str, content: Vec<u8>) -> Response {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || ".-_".contains(c) { c } else { '_' }).collect();
    let value = |text: String| HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [
        (header::CONTENT_TYPE, value(media_type.into())),
        (header::CONTENT_DISPOSITION, value(format!("attachment; filename=\"{plain}\""))),
        (header::ETAG, value(format!("\"{sha256}\""))),
    ];
    (headers, content).into_response()
}

/// The whole log as text, one line each, streamed. Of a running task: up to now.
#[utoipa::path(
    get, path = "/api/v1/tasks/{id}/log.txt", operation_id = "read_log", tag = "tasks", params(("id" = TaskId, Path, description = "The task.")),
    responses((status = 200, description = "Time, level, message.", body = String, content_type = "text/plain"), NotFound)
)]
pub(super) async fn log_text(caller: Caller, TaskPath(task_id): TaskPath) -> Result<Response, Problem> {
    caller.summary(task_id).await?;
    let pages = stream::try_unfold((caller, 0), move |(caller, after)| async move {
        let events = caller.events(task_id, after, LOG_PAGE).await?;
        let Some(last) = events.last().map(|event| event.seq) else { return Ok(None) };
        let text: String = events.iter().filter_map(log_line).collect();
        Ok::<_, Problem>(Some((text, (caller, last))))
    });
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"))];
    Ok((headers, Body::from_stream(pages)).into_response())
}

fn log_line(event: &Event) -> Option<String> {
    let (level, message) = match &event.body {
        EventBody::Log { level, message, .. } => (level.as_str(), message.as_str()),
        EventBody::StatusUpdate(update) => ("status", update.message.as_str()),
        EventBody::Completion { status, message, .. } => (status.as_str(), message.as_str()),
        EventBody::File { path, .. } => ("file", path.as_str()),
        EventBody::AgentUpdate { .. } | EventBody::Unknown => return None,
    };
    Some(format!("{} {:<9} {}\n", event.timestamp, level, message.replace('\n', "\n    ")))
}
