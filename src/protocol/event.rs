//! One entry of a task's log, in the one message format that every client gets.
//!
//! On the wire an event is a single flat JSON object: a superset of the four founding message formats, so
//! that a client written for any of them reads it unchanged. In Rust it is an enum; [`Wire`] is the bridge.
//! Unknown types decode to [`EventBody::Unknown`], so that an old tab survives a newer server.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{id::TaskId, problem::Problem, time::Timestamp};

/// An event may be this large as JSON; larger things are files fetched over HTTP.
pub const MAX_EVENT_BYTES: usize = 64 * 1024;
/// How much of a file travels inside its event.
pub const MAX_PREVIEW_BYTES: usize = 4 * 1024;

words!(
    /// Where a task is in its life. A retry is `queued` with `run_at` in the future.
    Status { Queued = "queued", Running = "running", Completed = "completed", Failed = "failed", Cancelled = "cancelled" }
);
words!(
    /// What is being generated.
    Kind { TestSuite = "test_suite", Prompt = "prompt", Project = "project" }
);
words!(Level { Debug = "debug", Info = "info", Warning = "warning", Error = "error" });
words!(AgentState { Started = "started", Completed = "completed", Failed = "failed" });
words!(
    /// How far a cancellation is; its last phase is the `completion` with status `cancelled`.
    CancelPhase { Requested = "requested", Acknowledged = "acknowledged" }
);

impl Status {
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }
}

impl Kind {
    pub const fn label(self) -> &'static str {
        match self {
            Self::TestSuite => "API test suite",
            Self::Prompt => "Prompt",
            Self::Project => "Project",
        }
    }

    /// As it stands in addresses: `/new/test-suite`.
    pub const fn path(self) -> &'static str {
        match self {
            Self::TestSuite => "test-suite",
            Self::Prompt => "prompt",
            Self::Project => "project",
        }
    }
}

/// One stage of a pipeline as announced in event 1. Weights of a plan add up to 100.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct StagePlan {
    pub name: String,
    pub label: String,
    pub weight: u8,
    /// Those that have to be finished before; absent: the one that stands before it. The last stage comes after all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Vec<String>>,
}

impl StagePlan {
    pub fn new(name: &str, label: &str, weight: u8) -> Self {
        Self { name: name.into(), label: label.into(), weight, after: None }
    }
}

/// What event 1 says about the task, so that the log alone is enough to show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Created {
    pub kind: Kind,
    pub title: String,
    /// Where the input came from, in words: `museum.yaml · OpenAPI 3.1 · 8 operations`.
    pub source: String,
    pub stages: Vec<StagePlan>,
    pub max_attempts: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_of: Option<TaskId>,
}

/// A numbered entry of a task's log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Event {
    pub task_id: TaskId,
    /// 1, 2, 3 … per task, no gaps.
    pub seq: u64,
    pub timestamp: Timestamp,
    pub body: EventBody,
}

#[derive(Clone, Debug, PartialEq)]
pub enum EventBody {
    StatusUpdate(StatusUpdate),
    AgentUpdate {
        agent: String,
        state: AgentState,
        duration_ms: Option<u64>,
        progress: Option<u8>,
        message: String,
    },
    Log {
        level: Level,
        message: String,
        stage: Option<String>,
    },
    File {
        path: String,
        bytes: u64,
        sha256: String,
        preview: Option<String>,
    },
    /// The last event of every task.
    Completion {
        status: Status,
        message: String,
        result: Option<Value>,
        error: Option<Problem>,
    },
    Unknown,
}

/// Progress. `progress` is the whole task's in percent, `stage_progress` the stage's own.
#[derive(Clone, Debug, PartialEq)]
pub struct StatusUpdate {
    pub status: Status,
    pub attempt: u32,
    pub stage: Option<String>,
    pub progress: u8,
    pub stage_progress: Option<u8>,
    pub message: String,
    pub endpoint_count: Option<u32>,
    pub current_endpoint: Option<u32>,
    /// Figures that grow while the task runs (`cases`, `skipped`, …); later values replace earlier ones.
    pub counts: BTreeMap<String, u64>,
    pub run_at: Option<Timestamp>,
    pub cancel: Option<CancelPhase>,
    pub created: Option<Created>,
}

impl StatusUpdate {
    pub fn new(status: Status, message: impl Into<String>) -> Self {
        Self {
            status,
            attempt: 0,
            stage: None,
            progress: 0,
            stage_progress: None,
            message: message.into(),
            endpoint_count: None,
            current_endpoint: None,
            counts: BTreeMap::new(),
            run_at: None,
            cancel: None,
            created: None,
        }
    }
}

impl EventBody {
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::StatusUpdate(_) => "status_update",
            Self::AgentUpdate { .. } => "agent_update",
            Self::Log { .. } => "log",
            Self::File { .. } => "file",
            Self::Completion { .. } => "completion",
            Self::Unknown => "unknown",
        }
    }

    pub const fn is_terminal(&self) -> bool {
        matches!(self, Self::Completion { .. })
    }
}

/// The flat JSON object. Every field but the first four is optional, and unknown fields are ignored.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Wire {
    #[serde(rename = "type")]
    kind: String,
    task_id: String,
    /// The founding room format; the same as `task_id` until a task belongs to a larger project.
    #[serde(default)]
    project_id: String,
    seq: u64,
    timestamp: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    attempt: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stage: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    progress: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stage_progress: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    endpoint_count: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    current_endpoint: Option<u32>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    counts: BTreeMap<String, u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    run_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cancel: Option<CancelPhase>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created: Option<Created>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agent: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    duration_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    level: Option<Level>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    preview: Option<String>,
    /// Always present, as the founding documents show them.
    #[serde(default)]
    result: Option<Value>,
    #[serde(default)]
    error: Option<Problem>,
}

impl From<Event> for Wire {
    fn from(event: Event) -> Self {
        let base = Self {
            kind: event.body.type_name().into(),
            task_id: event.task_id.to_string(),
            project_id: event.task_id.to_string(),
            seq: event.seq,
            timestamp: event.timestamp,
            ..Self::default()
        };
        match event.body {
            EventBody::StatusUpdate(update) => Self {
                status: Some(update.status.as_str().into()),
                attempt: Some(update.attempt),
                stage: update.stage,
                progress: Some(update.progress),
                stage_progress: update.stage_progress,
                message: Some(update.message),
                endpoint_count: update.endpoint_count,
                current_endpoint: update.current_endpoint,
                counts: update.counts,
                run_at: update.run_at,
                cancel: update.cancel,
                created: update.created,
                ..base
            },
            EventBody::AgentUpdate { agent, state, duration_ms, progress, message } => {
                Self { agent: Some(agent), status: Some(state.as_str().into()), duration_ms, progress, message: Some(message), ..base }
            }
            EventBody::Log { level, message, stage } => Self { level: Some(level), message: Some(message), stage, ..base },
            EventBody::File { path, bytes, sha256, preview } => {
                Self { path: Some(path), bytes: Some(bytes), sha256: Some(sha256), preview, ..base }
            }
            EventBody::Completion { status, message, result, error } => Self {
                status: Some(status.as_str().into()),
                progress: (status == Status::Completed).then_some(100),
                stage: (status == Status::Completed).then(|| "complete".into()),
                message: Some(message),
                result,
                error,
                ..base
            },
            EventBody::Unknown => base,
        }
    }
}

impl TryFrom<Wire> for Event {
    type Error = String;

    fn try_from(wire: Wire) -> Result<Self, String> {
        let missing = |field: &str| format!("{} without {field}", wire.kind);
        let status = || wire.status.as_deref().and_then(Status::parse).ok_or_else(|| missing("status"));
        let body = match wire.kind.as_str() {
            "status_update" => EventBody::StatusUpdate(StatusUpdate {
                status: status()?,
                attempt: wire.attempt.unwrap_or(0),
                stage: wire.stage,
                progress: wire.progress.unwrap_or(0).min(100),
                stage_progress: wire.stage_progress,
                message: wire.message.unwrap_or_default(),
                endpoint_count: wire.endpoint_count,
                current_endpoint: wire.current_endpoint,
                counts: wire.counts,
                run_at: wire.run_at,
                cancel: wire.cancel,
                created: wire.created,
            }),
            "agent_update" => EventBody::AgentUpdate {
                state: wire.status.as_deref().and_then(AgentState::parse).ok_or_else(|| missing("status"))?,
                agent: wire.agent.clone().ok_or_else(|| missing("agent"))?,
                duration_ms: wire.duration_ms,
                progress: wire.progress,
                message: wire.message.unwrap_or_default(),
            },
            "log" => {
                EventBody::Log { level: wire.level.unwrap_or(Level::Info), message: wire.message.unwrap_or_default(), stage: wire.stage }
            }
            "file" => EventBody::File {
                path: wire.path.clone().ok_or_else(|| missing("path"))?,
                bytes: wire.bytes.unwrap_or(0),
                sha256: wire.sha256.unwrap_or_default(),
                preview: wire.preview,
            },
            "completion" => EventBody::Completion {
                status: status()?,
                message: wire.message.unwrap_or_default(),
                result: wire.result,
                error: wire.error,
            },
            _ => EventBody::Unknown,
        };
        let task_id = wire.task_id.parse().map_err(|_| format!("task_id is not a UUID: {}", wire.task_id))?;
        Ok(Self { task_id, seq: wire.seq, timestamp: wire.timestamp, body })
    }
}
