//! Document 003: a project's page: load it, start its generation, and be told of everything in its room.
//!
//! **What a project is here.** There are no projects beside tasks yet, so a task is a project and its id is the project's. A log never
//! reopens, so generating again makes a new task; the project is then the newest run of what that first task began, under the id that
//! its page knows. The room shows the log of the present run from its beginning (or after `?after=`), stays open after a completion, as
//! the page does, and goes on with the next run: every message carries the room's `project_id`, and `task_id` says which run it is of.
//!
//! **What an agent is here.** The document tells of agents that start and complete. A test suite has none, its stages are what works, so the
//! room tells of each stage as of an agent ([`agents`](super::agents)). These messages are made here and not in the log: they have the `seq`
//! of what they tell of.
//!
//! **What is told besides.** `presence`, `comments` and `run` ([`RoomFrame`](crate::protocol::room::RoomFrame)), which the document does not know; they have no `seq`.

use std::collections::VecDeque;

use axum::{
    Json,
    extract::ws::Utf8Bytes,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::super::{
    TaskPath,
    framing::{Beginning, Framing},
    live::{self, Knock},
    openapi::{Conflict, NotFound, TooFewTokens, Unacceptable, UpgradeRequired},
};
use super::agents::Agents;
use crate::{
    protocol::{
        Event, Frame, LogLine, Problem, Status, TaskId, TaskSnapshot,
        event::AgentState,
        fold::StageState,
        frame::{Connection, Heartbeat},
    },
    server::{hub::Batch, tasks::Caller},
};

/// The snapshot of a project's present run, with what its page looks for (document 003).
#[utoipa::path(
    get, path = "/api/projects/{id}", operation_id = "show_project", tag = "founding", params(("id" = TaskId, Path, description = "The project: its first task.")),
    responses((status = 200, description = "Where it stands.", body = Project), NotFound)
)]
pub(super) async fn show(caller: Caller, TaskPath(project_id): TaskPath) -> Result<Json<Project>, Problem> {
    let task_id = caller.latest_run(project_id).await?;
    let task = caller.snapshot(task_id).await?;
    let Ok(Value::Object(mut run)) = serde_json::to_value(&*task) else { return Err(Problem::internal()) };
    let agents = match run.remove("agents") {
        Some(Value::Array(agents)) if !agents.is_empty() => agents,
        _ => stages_as_agents(&task),
    };
    let (name, description, logs) = (task.title.clone(), task.source.clone(), task.log.clone());
    Ok(Json(Project { id: project_id, project_id, name, description, agents, logs, run }))
}

/// A project: everything that a task's snapshot has, and these.
#[derive(Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the document's names")]
pub(super) struct Project {
    id: TaskId,
    project_id: TaskId,
    name: String,
    description: String,
    /// Those at work, or the run's stages where it has none: `name`, `status`, `progress`, `message`, `duration_ms`.
    agents: Vec<Value>,
    #[schema(value_type = Vec<LogLine>)]
    logs: VecDeque<LogLine>,
    #[serde(flatten)]
    run: Map<String, Value>,
}

/// A project's run.
#[derive(Serialize, ToSchema)]
pub(super) struct Run {
    project_id: TaskId,
    task_id: TaskId,
    status: Status,
}

/// Run a project (document 003).
///
/// Where a run is under way, that is the one: a task begins by itself when it is made, and the page's
/// button would otherwise be refused the first time.
#[utoipa::path(
    post, path = "/api/projects/{id}/generate", operation_id = "run_project", tag = "founding",
    params(("id" = TaskId, Path, description = "The project: its first task.")),
    responses((status = 202, description = "The run that is under way now.", body = Run), TooFewTokens, NotFound, Conflict)
)]
pub(super) async fn generate(caller: Caller, TaskPath(project_id): TaskPath) -> Result<(StatusCode, Json<Run>), Problem> {
    let task_id = caller.run_again(project_id).await?;
    let status = caller.summary(task_id).await?.status;
    Ok((StatusCode::ACCEPTED, Json(Run { project_id, task_id, status })))
}

/// A project's room (document 003).
#[utoipa::path(
    get, path = "/api/ws/projects/{id}", operation_id = "watch_project", tag = "founding",
    params(("id" = TaskId, Path, description = "The project: its first task."), live::Cursor),
    responses((status = 101, description = "A WebSocket."), NotFound, Unacceptable, UpgradeRequired)
)]
pub(super) async fn live(knock: Knock) -> Response {
    let (caller, TaskPath(project_id), cursor, upgrade) = knock;
    match caller.latest_run(project_id).await {
        Ok(latest) => live::watch((caller, TaskPath(latest), cursor, upgrade), Box::new(Room::new(project_id))).await,
        Err(problem) => problem.into_response(),
    }
}

fn stages_as_agents(task: &TaskSnapshot) -> Vec<Value> {
    let of = |state| match state {
        StageState::Waiting => "waiting",
        StageState::Running => AgentState::Started.as_str(),
        StageState::Completed => AgentState::Completed.as_str(),
        StageState::Failed | StageState::Cancelled => AgentState::Failed.as_str(),
    };
    let agent = |stage: &crate::protocol::fold::StageSnapshot| {
        let duration_ms = stage.finished_at.zip(stage.started_at).map(|(end, start)| end.ms_since(start));
        json!({ "name": stage.name, "status": of(stage.state), "progress": stage.progress, "message": stage.message, "duration_ms": duration_ms })
    };
    task.stages.iter().map(agent).collect()
}

struct Room {
    project_id: TaskId,
    agents: Agents,
}

impl Room {
    fn new(project_id: TaskId) -> Self {
        Self { project_id, agents: Agents::default() }
    }

    /// The same text with the room's `project_id`, which stands before anything that somebody else could have written.
    fn in_room(&self, task_id: TaskId, json: &str) -> Utf8Bytes {
        json.replacen(&format!(r#""project_id":"{task_id}""#), &format!(r#""project_id":"{}""#, self.project_id), 1).into()
    }
}

impl Framing for Room {
    fn beginning(&self) -> Beginning {
        Beginning::WholeLog
    }

    fn greet(&mut self, connection: &Connection) -> Option<Utf8Bytes> {
        let mut welcome: Value = serde_json::from_str(&Frame::Connection(connection.clone()).encode()).ok()?;
        welcome["project_id"] = json!(self.project_id);
        welcome["message"] = json!(format!("Connected to project {}", self.project_id));
        Some(welcome.to_string().into())
    }

    fn tell(&mut self, batch: &Batch) -> Vec<Utf8Bytes> {
        let mut messages = Vec::with_capacity(batch.len());
        for encoded in batch {
            let Ok(event) = serde_json::from_str::<Event>(&encoded.json) else { continue };
            let (before, after) = self.agents.hear(&event);
            let told = |body| Frame::Event(Box::new(Event { body, ..event.clone() })).encode();
            messages.extend(before.into_iter().map(told).map(|json| self.in_room(event.task_id, &json)));
            messages.push(self.in_room(event.task_id, &encoded.json));
            messages.extend(after.into_iter().map(told).map(|json| self.in_room(event.task_id, &json)));
        }
        messages
    }

    fn heartbeat(&self, beat: Heartbeat) -> Option<Utf8Bytes> {
        let mut message: Value = serde_json::from_str(&Frame::Heartbeat(beat).encode()).ok()?;
        message["project_id"] = json!(self.project_id);
        Some(message.to_string().into())
    }

    fn room(&self) -> Option<TaskId> {
        Some(self.project_id)
    }
}
