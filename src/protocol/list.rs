//! A list of tasks: how it is asked for and what it shows.

use serde::{Deserialize, Serialize};

use super::{
    event::{Kind, Status},
    id::TaskId,
    time::Timestamp,
};

/// Which tasks a list shows; newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskFilter {
    #[serde(default)]
    pub status: Option<Status>,
    #[serde(default)]
    pub kind: Option<Kind>,
    /// Case-insensitive part of title or source.
    #[serde(default)]
    pub text: Option<String>,
    /// Only tasks older than this one (the last of the page before).
    #[serde(default)]
    pub before: Option<TaskId>,
    /// 1 ..= 100; 0 stands for 25.
    #[serde(default)]
    pub limit: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TaskPage {
    pub tasks: Vec<TaskSummary>,
    /// Whether older ones match too.
    pub more: bool,
}

/// A task as a list shows it: what the store keeps beside the log for finding and sorting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TaskSummary {
    pub task_id: TaskId,
    pub kind: Kind,
    pub title: String,
    pub source: String,
    pub status: Status,
    pub progress: u8,
    pub message: String,
    pub attempt: u32,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    pub seq: u64,
}
