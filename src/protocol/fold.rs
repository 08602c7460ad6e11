//! The only reducer: a task's log of events folded into what anyone sees of it.
//!
//! Server-rendered page, browser, REST answer, terminal and tests all use [`TaskSnapshot::apply`].
//! Guarantees: an event is applied once and in order or not at all; `progress` never falls; nothing
//! changes after the terminal event. Bounded: the log keeps its newest [`LOG_TAIL`] lines (older ones are
//! read over HTTP), files and stages have caps of their own.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    event::{AgentState, CancelPhase, Event, EventBody, Kind, Level, Status, StatusUpdate},
    id::TaskId,
    problem::Problem,
    time::Timestamp,
};

/// Log lines that a snapshot carries; `log_total` counts all of them.
pub const LOG_TAIL: usize = 500;
/// Files that a snapshot lists; `files_total` counts all of them.
pub const MAX_FILES: usize = 5_000;

/// What became of an event that was offered to a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// It was the next one and is now part of the snapshot.
    Yes,
    /// It was already part of it.
    Duplicate,
    /// Something between is missing: read the log again after `snapshot.seq`.
    Gap,
}

/// A task as the last applied event left it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TaskSnapshot {
    pub task_id: TaskId,
    /// The last event applied; 0 when none was.
    pub seq: u64,
    pub kind: Kind,
    pub title: String,
    pub source: String,
    pub status: Status,
    pub attempt: u32,
    pub max_attempts: u32,
    pub retry_of: Option<TaskId>,
    /// The whole task's progress in percent. Never falls; 100 only when completed.
    pub progress: u8,
    pub message: String,
    pub stage: Option<String>,
    pub endpoint_count: Option<u32>,
    pub current_endpoint: Option<u32>,
    pub counts: BTreeMap<String, u64>,
    pub stages: Vec<StageSnapshot>,
    pub agents: Vec<AgentSnapshot>,
    #[cfg_attr(feature = "ssr", schema(value_type = Vec<LogLine>))]
    pub log: VecDeque<LogLine>,
    pub log_total: u64,
    pub files: Vec<FileEntry>,
    pub files_total: u64,
    pub cancel: Option<CancelPhase>,
    /// When a retry is due.
    pub run_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    /// When the last event was written.
    pub updated_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    pub result: Option<Value>,
    pub error: Option<Problem>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StageState {
    Waiting,
    Running,
    Completed,
    Failed,
    Cancelled,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct StageSnapshot {
    pub name: String,
    pub label: String,
    pub weight: u8,
    /// As in the plan: those that have to be finished before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Vec<String>>,
    pub state: StageState,
    /// The stage's own progress in percent.
    pub progress: u8,
    pub message: String,
    /// The attempt that works, or worked, on it.
    pub attempt: u32,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct AgentSnapshot {
    pub name: String,
    pub state: AgentState,
    pub progress: u8,
    pub message: String,
    pub duration_ms: Option<u64>,
}

/// A line of the log; `seq` is its permanent address (`#L{seq}`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct LogLine {
    pub seq: u64,
    pub at: Timestamp,
    pub level: Level,
    pub message: String,
    pub stage: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct FileEntry {
    pub seq: u64,
    pub path: String,
    pub bytes: u64,
    pub sha256: String,
}

impl TaskSnapshot {
    /// The address of the log's newest line; of the newest event where there is no line.
    pub fn last_line(&self) -> u64 {
        self.log.back().map_or(self.seq, |line| line.seq)
    }

    /// The snapshot before its first event.
    pub fn empty(task_id: TaskId) -> Self {
        Self {
            task_id,
            seq: 0,
            kind: Kind::TestSuite,
            title: String::new(),
            source: String::new(),
            status: Status::Queued,
            attempt: 0,
            max_attempts: 1,
            retry_of: None,
            progress: 0,
            message: String::new(),
            stage: None,
            endpoint_count: None,
            current_endpoint: None,
            counts: BTreeMap::new(),
            stages: Vec::new(),
            agents: Vec::new(),
            log: VecDeque::new(),
            log_total: 0,
            files: Vec::new(),
            files_total: 0,
            cancel: None,
            run_at: None,
            created_at: Timestamp::default(),
            started_at: None,
            updated_at: Timestamp::default(),
            finished_at: None,
            result: None,
            error: None,
        }
    }

    /// Folds `events` in order, stopping at the first gap.
    pub fn fold<'e>(task_id: TaskId, events: impl IntoIterator<Item = &'e Event>) -> Self {
        let mut snapshot = Self::empty(task_id);
        for event in events {
            snapshot.apply(event);
        }
        snapshot
    }

    pub fn apply(&mut self, event: &Event) -> Applied {
        if event.seq <= self.seq {
            return Applied::Duplicate;
        }
        if event.seq != self.seq + 1 {
            return Applied::Gap;
        }
        self.seq = event.seq;
        if self.status.is_terminal() {
            // The store writes nothing after a completion; should it ever, the outcome stays what it was.
            return Applied::Yes;
        }
        let at = event.timestamp;
        self.updated_at = at;
        match &event.body {
            EventBody::StatusUpdate(update) => self.apply_status(update, at),
            EventBody::AgentUpdate { agent, state, duration_ms, progress, message } => {
                self.apply_agent(agent, *state, *duration_ms, *progress, message);
            }
            EventBody::Log { level, message, stage } => {
                if self.log.len() == LOG_TAIL {
                    self.log.pop_front();
                }
                self.log_total += 1;
                self.log.push_back(LogLine { seq: event.seq, at, level: *level, message: message.clone(), stage: stage.clone() });
            }
            EventBody::File { path, bytes, sha256, .. } => self.apply_file(event.seq, path, *bytes, sha256),
            EventBody::Completion { status, message, result, error } => {
                self.finish(*status, at);
                self.message.clone_from(message);
                self.result.clone_from(result);
                self.error.clone_from(error);
            }
            EventBody::Unknown => {}
        }
        Applied::Yes
    }

    /// Milliseconds that the task has run, up to `now` while it does.
    pub fn elapsed_ms(&self, now: Timestamp) -> Option<i64> {
        self.started_at.map(|from| self.finished_at.unwrap_or(now).ms_since(from))
    }

    /// The range of seconds that the rest will probably take: at the pace of the heaviest stage that is running, for stages differ; ± a
    /// third. None before a quarter of that stage is done: less says too little.
    pub fn remaining_seconds(&self, now: Timestamp) -> Option<(i64, i64)> {
        if self.status != Status::Running {
            return None;
        }
        let stage = self.stages.iter().filter(|stage| stage.state == StageState::Running).max_by_key(|stage| stage.weight)?;
        let elapsed = now.ms_since(stage.started_at?);
        let done = i64::from(stage.progress);
        if elapsed < 1000 || !(25..100).contains(&done) {
            return None;
        }
        let open = |other: &&StageSnapshot| other.state != StageState::Completed && other.name != stage.name;
        let others: i64 = self.stages.iter().filter(open).map(|other| i64::from(other.weight) * i64::from(100 - other.progress)).sum();
        let rest = elapsed * (100 - done) / done + elapsed * others / (done * i64::from(stage.weight.max(1)));
        Some((rest * 2 / 3000, rest * 4 / 3000 + 1))
    }

    pub fn is_terminal(&self) -> bool {
        self.status.is_terminal()
    }

    fn apply_status(&mut self, update: &StatusUpdate, at: Timestamp) {
        if let Some(created) = &update.created {
            self.kind = created.kind;
            self.title.clone_from(&created.title);
            self.source.clone_from(&created.source);
            self.max_attempts = created.max_attempts;
            self.retry_of = created.retry_of;
            self.created_at = at;
            self.stages = created
                .stages
                .iter()
                .map(|plan| StageSnapshot {
                    name: plan.name.clone(),
                    label: plan.label.clone(),
                    weight: plan.weight,
                    after: plan.after.clone(),
                    state: StageState::Waiting,
                    progress: 0,
                    message: String::new(),
                    attempt: 0,
                    started_at: None,
                    finished_at: None,
                })
                .collect();
        }
        self.status = update.status;
        self.attempt = self.attempt.max(update.attempt);
        self.progress = self.progress.max(update.progress.min(99));
        self.message.clone_from(&update.message);
        self.run_at = update.run_at;
        self.cancel = update.cancel.or(self.cancel);
        if update.status == Status::Running && self.started_at.is_none() {
            self.started_at = Some(at);
        }
        self.endpoint_count = update.endpoint_count.or(self.endpoint_count);
        self.current_endpoint = update.current_endpoint.or(self.current_endpoint);
        self.counts.extend(update.counts.iter().map(|(name, count)| (name.clone(), *count)));
        if let Some(name) = &update.stage {
            self.stage = Some(name.clone());
            self.apply_stage(name, update, at);
        }
    }

    fn apply_stage(&mut self, name: &str, update: &StatusUpdate, at: Timestamp) {
        let Some(stage) = self.stages.iter_mut().find(|stage| stage.name == name) else { return };
        if stage.state == StageState::Completed && stage.attempt >= update.attempt {
            return;
        }
        if stage.started_at.is_none() || stage.attempt < update.attempt {
            stage.started_at = Some(at);
        }
        stage.attempt = update.attempt;
        stage.message.clone_from(&update.message);
        stage.progress = stage.progress.max(update.stage_progress.unwrap_or(0).min(100));
        stage.state = if update.stage_progress == Some(100) { StageState::Completed } else { StageState::Running };
        stage.finished_at = (stage.state == StageState::Completed).then_some(at);
    }

    fn apply_agent(&mut self, name: &str, state: AgentState, duration_ms: Option<u64>, progress: Option<u8>, message: &str) {
        let index = self.agents.iter().position(|agent| agent.name == name).unwrap_or_else(|| {
            self.agents.push(AgentSnapshot { name: name.into(), state, progress: 0, message: String::new(), duration_ms: None });
            self.agents.len() - 1
        });
        let agent = &mut self.agents[index];
        agent.state = state;
        agent.duration_ms = duration_ms.or(agent.duration_ms);
        agent.progress = if state == AgentState::Completed { 100 } else { agent.progress.max(progress.unwrap_or(0).min(100)) };
        agent.message = message.into();
    }

    fn apply_file(&mut self, seq: u64, path: &str, bytes: u64, sha256: &str) {
        let entry = FileEntry { seq, path: path.into(), bytes, sha256: sha256.into() };
        match self.files.binary_search_by(|file| file.path.as_str().cmp(path)) {
            Ok(index) => self.files[index] = entry,
            Err(index) => {
                self.files_total += 1;
                if self.files.len() < MAX_FILES {
                    self.files.insert(index, entry);
                }
            }
        }
    }

    fn finish(&mut self, status: Status, at: Timestamp) {
        self.status = status;
        self.finished_at = Some(at);
        self.run_at = None;
        if status == Status::Completed {
            self.progress = 100;
        }
        for stage in &mut self.stages {
            if stage.state == StageState::Running {
                stage.finished_at = Some(at);
                stage.state = match status {
                    Status::Completed => StageState::Completed,
                    Status::Cancelled => StageState::Cancelled,
                    _ => StageState::Failed,
                };
            }
        }
    }
}
