//! REST: `/api/v1/tasks` and below. Thin: each handler is one use case.

use axum::{
    Json,
    body::Body,
    extract::{Query, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::stream;
use serde::Deserialize;
use serde_json::json;

use super::{TaskPath, upload};
use crate::{
    protocol::{Event, EventBody, FileEntry, Kind, Problem, Status, TaskFilter, TaskId, TaskPage, TaskSummary},
    server::{state::AppState, tasks::Caller},
};

/// Events read at once for the text log.
const LOG_PAGE: u32 = 1_000;

/// `POST /api/v1/tasks`: JSON (`{"kind":"test_suite","description":"…"}` or `"url"`) or multipart (`file`, `description`, `url`).
pub(super) async fn create(
    caller: Caller,
    headers: HeaderMap,
    State(state): State<AppState>,
    request: Request,
) -> Result<Response, Problem> {
    let form = upload::read(request, &state).await?;
    let key = upload::idempotency_key(&headers)?;
    let task_id = caller.submit(form.input, key.or(form.idempotency_key)).await?;
    Ok(created(task_id))
}

pub(super) fn created(task_id: TaskId) -> Response {
    let at = format!("/api/v1/tasks/{task_id}");
    let body = json!({
        "task_id": task_id,
        "status": "queued",
        "url": at,
        "events_url": format!("{at}/events"),
        "live_url": format!("{at}/live"),
        "artifact_url": format!("{at}/artifact"),
        "page": format!("/tasks/{task_id}"),
    });
    (StatusCode::CREATED, [(header::LOCATION, at)], Json(body)).into_response()
}

#[derive(Deserialize)]
pub(super) struct ListQuery {
    status: Option<String>,
    kind: Option<String>,
    text: Option<String>,
    before: Option<String>,
    limit: Option<String>,
}

pub(super) async fn list(caller: Caller, Query(query): Query<ListQuery>) -> Result<Json<TaskPage>, Problem> {
    Ok(Json(caller.list(query.try_into()?).await?))
}

impl TryFrom<ListQuery> for TaskFilter {
    type Error = Problem;

    fn try_from(query: ListQuery) -> Result<Self, Problem> {
        fn parse<T>(field: &str, text: Option<String>, parse: impl Fn(&str) -> Option<T>, expected: &str) -> Result<Option<T>, Problem> {
            let text = text.filter(|text| !text.is_empty());
            text.map(|text| parse(&text).ok_or_else(|| Problem::invalid(field, format!("`{field}` is {expected}.")))).transpose()
        }
        Ok(Self {
            status: parse("status", query.status, Status::parse, "queued, running, completed, failed or cancelled")?,
            kind: parse("kind", query.kind, Kind::parse, "test_suite")?,
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

pub(super) async fn show(caller: Caller, TaskPath(task_id): TaskPath) -> Result<Response, Problem> {
    Ok(Json(&*caller.snapshot(task_id).await?).into_response())
}

pub(super) async fn cancel(caller: Caller, TaskPath(task_id): TaskPath) -> Result<(StatusCode, Json<TaskSummary>), Problem> {
    caller.cancel(task_id).await?;
    Ok((StatusCode::ACCEPTED, Json(caller.summary(task_id).await?)))
}

pub(super) async fn retry(caller: Caller, TaskPath(task_id): TaskPath) -> Result<Response, Problem> {
    caller.retry(task_id).await.map(created)
}

pub(super) async fn files(caller: Caller, TaskPath(task_id): TaskPath) -> Result<Json<Vec<FileEntry>>, Problem> {
    caller.files(task_id).await.map(Json)
}

#[derive(Deserialize)]
pub(super) struct FilePath {
    path: String,
}

/// A generated file as it is. Never as anything that a browser would run.
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
