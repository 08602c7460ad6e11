//! REST: `/api/v1/projects` and below: a project's runs, links and comments, and its room's socket. Thin: each handler is one use case.
//!
//! The room's socket tells what happens besides the log (`presence`, `comments`, `run`), and stays open when the run has ended: pages
//! follow the log itself by the run's own socket. Document 003's room, which tells both, is in `founding/`.

use axum::{
    Json,
    extract::{
        Path, Query,
        rejection::{PathRejection, QueryRejection},
        ws::Utf8Bytes,
    },
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    TaskPath,
    accounts::{Body, read},
    framing::{Beginning, Framing},
    live::{self, Knock},
    openapi::{Conflict, NotFound, NotOfThisKind, Unacceptable, UpgradeRequired},
};
use crate::{
    protocol::{
        Problem, TaskId,
        frame::{Connection, Heartbeat},
        room::{Comment, CommentPage, CommentWish, FreshShare, RoomFrame, RunPage, ShareId, ShareInfo, ShareWish},
    },
    server::{hub::Batch, state::AppState, tasks::Caller},
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(runs))
        .routes(routes!(shares, add_share))
        .routes(routes!(revoke_share))
        .routes(routes!(comments, add_comment))
        .routes(routes!(remove_comment))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RunsQuery {
    /// The last run of the page before.
    #[param(value_type = Option<TaskId>, nullable = false)]
    before: Option<String>,
    /// How many; 25 without it.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, nullable = false)]
    limit: Option<String>,
}

/// A project's runs, newest first.
#[utoipa::path(
    get, path = "/api/v1/projects/{id}/runs", operation_id = "list_runs", tag = "projects",
    params(("id" = TaskId, Path, description = "The project, or any run of it."), RunsQuery),
    responses((status = 200, description = "A page of them.", body = RunPage), NotFound, Unacceptable)
)]
async fn runs(caller: Caller, TaskPath(id): TaskPath, query: Result<Query<RunsQuery>, QueryRejection>) -> Result<Json<RunPage>, Problem> {
    let Query(RunsQuery { before, limit }) = query.map_err(|rejection| Problem::invalid("query", rejection.body_text()))?;
    let wrong = |field: &str, expected: &str| Problem::invalid(field, format!("`{field}` is {expected}."));
    let before = before.map(|text| text.parse().map_err(|_| wrong("before", "the id of the last run of the page before"))).transpose()?;
    let known = |limit: &u32| (1..=100).contains(limit);
    let limit = limit.map(|text| text.parse().ok().filter(known).ok_or_else(|| wrong("limit", "a number from 1 to 100"))).transpose()?;
    caller.runs(id, before, limit.unwrap_or(0)).await.map(Json)
}

#[derive(Serialize, ToSchema)]
struct Shares {
    /// Those that are good.
    shares: Vec<ShareInfo>,
}

/// The links to a project.
#[utoipa::path(
    get, path = "/api/v1/projects/{id}/shares", operation_id = "list_shares", tag = "projects",
    params(("id" = TaskId, Path, description = "The project, or any run of it.")),
    responses((status = 200, description = "Without their tokens.", body = Shares), NotFound)
)]
async fn shares(caller: Caller, TaskPath(id): TaskPath) -> Result<Json<Shares>, Problem> {
    Ok(Json(Shares { shares: caller.shares(id).await? }))
}

/// Make a link to a project.
///
/// Whoever has it may watch: runs, logs, files, downloads and comments, also without an account.
#[utoipa::path(
    post, path = "/api/v1/projects/{id}/shares", operation_id = "add_share", tag = "projects",
    params(("id" = TaskId, Path, description = "The project, or any run of it.")), request_body = ShareWish,
    responses((status = 201, description = "With its token, shown this once.", body = FreshShare), NotFound, Conflict, NotOfThisKind, Unacceptable)
)]
async fn add_share(caller: Caller, TaskPath(id): TaskPath, body: Body<ShareWish>) -> Result<(StatusCode, Json<FreshShare>), Problem> {
    let share = caller.add_share(id, read(body)?).await?;
    Ok((StatusCode::CREATED, Json(share)))
}

type Within<T> = Result<Path<(String, T)>, PathRejection>;

/// Revoke a link.
#[utoipa::path(
    delete, path = "/api/v1/projects/{id}/shares/{share}", operation_id = "revoke_share", tag = "projects",
    params(("id" = TaskId, Path, description = "The project, or any run of it."), ("share" = ShareId, Path, description = "The link.")),
    responses((status = 204, description = "Whoever has it is out."), NotFound)
)]
async fn revoke_share(caller: Caller, TaskPath(id): TaskPath, path: Within<Uuid>) -> Result<StatusCode, Problem> {
    let Path((_, share)) = path.map_err(|_| Problem::not_found("link"))?;
    caller.revoke_share(id, ShareId(share)).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct CommentsQuery {
    /// The first comment of the page before.
    #[param(value_type = Option<i64>, nullable = false)]
    before: Option<String>,
}

/// What was said about a project's runs.
#[utoipa::path(
    get, path = "/api/v1/projects/{id}/comments", operation_id = "list_comments", tag = "projects",
    params(("id" = TaskId, Path, description = "The project, or any run of it."), CommentsQuery),
    responses((status = 200, description = "The newest 200, oldest first.", body = CommentPage), NotFound, Unacceptable)
)]
async fn comments(
    caller: Caller,
    TaskPath(id): TaskPath,
    query: Result<Query<CommentsQuery>, QueryRejection>,
) -> Result<Json<CommentPage>, Problem> {
    let Query(CommentsQuery { before }) = query.map_err(|rejection| Problem::invalid("query", rejection.body_text()))?;
    let before = before.map(|text| text.parse().map_err(|_| Problem::invalid("before", "`before` is the id of a comment."))).transpose()?;
    caller.comments(id, before).await.map(Json)
}

/// Say something about a moment of a run.
#[utoipa::path(
    post, path = "/api/v1/projects/{id}/comments", operation_id = "add_comment", tag = "projects",
    params(("id" = TaskId, Path, description = "The project, or any run of it.")), request_body = CommentWish,
    responses((status = 201, description = "Everybody in the room is told.", body = Comment), NotFound, Conflict, NotOfThisKind, Unacceptable)
)]
async fn add_comment(caller: Caller, TaskPath(id): TaskPath, body: Body<CommentWish>) -> Result<(StatusCode, Json<Comment>), Problem> {
    let comment = caller.add_comment(id, read(body)?).await?;
    Ok((StatusCode::CREATED, Json(comment)))
}

/// Take a comment back. The project's owner may take back anybody's.
#[utoipa::path(
    delete, path = "/api/v1/projects/{id}/comments/{comment}", operation_id = "remove_comment", tag = "projects",
    params(("id" = TaskId, Path, description = "The project, or any run of it."), ("comment" = i64, Path, description = "The comment.")),
    responses((status = 204, description = "It is gone."), NotFound)
)]
async fn remove_comment(caller: Caller, TaskPath(id): TaskPath, path: Within<i64>) -> Result<StatusCode, Problem> {
    let Path((_, comment)) = path.map_err(|_| Problem::not_found("comment"))?;
    caller.remove_comment(id, comment).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What happens in a project's room besides the log: who is there, comments, runs that begin.
#[utoipa::path(
    get, path = "/api/v1/projects/{id}/live", operation_id = "watch_room", tag = "projects",
    params(("id" = TaskId, Path, description = "The project, or any run of it.")),
    responses((status = 101, description = "A WebSocket."), NotFound, UpgradeRequired)
)]
pub(super) async fn live(knock: Knock) -> Response {
    let (caller, TaskPath(id), _, upgrade) = knock;
    let opened = async {
        let project_id = caller.standing(id).await?.project_id;
        Ok::<_, Problem>((project_id, caller.present_run(project_id).await?))
    };
    match opened.await {
        // From the end: what is in the log is not told here.
        Ok((project_id, run)) => {
            let cursor = Ok(Query(live::Cursor { after: None }));
            live::watch((caller, TaskPath(run), cursor, upgrade), Box::new(Besides { project_id })).await
        }
        Err(problem) => problem.into_response(),
    }
}

/// Tells nothing of the log.
struct Besides {
    project_id: TaskId,
}

impl Framing for Besides {
    fn beginning(&self) -> Beginning {
        Beginning::Snapshot
    }

    fn greet(&mut self, _: &Connection) -> Option<Utf8Bytes> {
        None
    }

    fn tell(&mut self, _: &Batch) -> Vec<Utf8Bytes> {
        Vec::new()
    }

    fn heartbeat(&self, _: Heartbeat) -> Option<Utf8Bytes> {
        serde_json::to_string(&RoomFrame::Heartbeat).ok().map(Into::into)
    }

    fn room(&self) -> Option<TaskId> {
        Some(self.project_id)
    }

    fn tells_runs(&self) -> bool {
        true
    }
}
