//! What differs between the files of two runs.

use serde::{Deserialize, Serialize};

use super::id::TaskId;

words!(Change { Added = "added", Changed = "changed", Removed = "removed", Same = "same" });

/// A file of either run, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct FileChange {
    pub path: String,
    pub change: Change,
    /// Before and now; nothing where there is none.
    pub bytes_before: Option<u64>,
    pub bytes: Option<u64>,
}

/// All files of two runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct RunDiff {
    pub task_id: TaskId,
    pub against: TaskId,
    /// Ordered by path.
    pub files: Vec<FileChange>,
}

/// What differs in one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct FileDiff {
    pub path: String,
    pub change: Change,
    pub hunks: Vec<DiffHunk>,
    /// Why it is not shown line by line, if it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_shown: Option<String>,
}

/// Lines that differ, with a few around them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct DiffHunk {
    pub lines: Vec<DiffLine>,
}

words!(LineChange { Same = "same", Added = "added", Removed = "removed" });

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct DiffLine {
    pub change: LineChange,
    /// 1-based, in the file before and now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<usize>,
    /// The line in pieces, without its end.
    pub pieces: Vec<DiffPiece>,
}

/// A part of a line: whether it is what differs in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct DiffPiece {
    pub differs: bool,
    pub text: String,
}
