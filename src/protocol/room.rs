//! A project's room as clients see it: its runs, who is in it, the links that let others in, and what was said.
//!
//! A task is a run; a project is the first of a chain of runs, and its id that task's. What travels in a room besides the log
//! ([`RoomFrame`]) is passing: it has no number, is in no log, and a client that missed it asks for the state again.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{TaskId, TaskSummary, Timestamp};

/// Bounds of what somebody says.
pub const MAX_COMMENT_CHARS: usize = 2_000;
pub const MAX_NAME_CHARS: usize = 40;
pub const MAX_LABEL_CHARS: usize = 80;
/// How long a link may be good.
pub const SHARE_HOURS: std::ops::RangeInclusive<u32> = 1..=30 * 24;
/// People whom a presence names; `count` says how many there are.
pub const MAX_NAMED: usize = 50;

/// Names a link; not its secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct ShareId(pub Uuid);

/// What somebody may do in a project's room, and on the pages of its runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Standing {
    pub project_id: TaskId,
    /// Whether it is theirs: who has a link may watch, and nothing else.
    pub owner: bool,
    pub may_comment: bool,
}

/// One run of a project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct RunInfo {
    /// 1 for the first.
    pub number: u32,
    /// Whether there is something to download.
    pub download: bool,
    #[serde(flatten)]
    pub task: TaskSummary,
}

/// Newest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct RunPage {
    pub runs: Vec<RunInfo>,
    /// Whether there are older ones.
    pub more: bool,
}

/// A link as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ShareInfo {
    pub id: ShareId,
    /// For the owner, to tell links apart.
    pub label: String,
    pub may_comment: bool,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// To the minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
}

/// A link as it is given out, once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct FreshShare {
    #[serde(flatten)]
    pub info: ShareInfo,
    /// As `?share=` on whatever reads the project or its runs. Not kept: it cannot be shown again.
    pub token: String,
    /// The room's address with it, without the server's name.
    pub path: String,
}

/// A link that somebody wants to make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ShareWish {
    /// How long it is good: 1 to 720.
    #[cfg_attr(feature = "ssr", schema(minimum = 1, maximum = 720))]
    pub hours: u32,
    #[serde(default)]
    #[cfg_attr(feature = "ssr", schema(max_length = 80))]
    pub label: String,
    /// Whether who has it may comment.
    #[serde(default)]
    pub may_comment: bool,
}

/// What somebody said about a moment of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Comment {
    pub id: i64,
    /// The run.
    pub task_id: TaskId,
    /// The event of its log: `#L{seq}` on its page.
    pub seq: u64,
    /// As whoever said it calls themselves; `Owner` for the owner.
    pub name: String,
    /// Plain text.
    pub text: String,
    pub at: Timestamp,
    /// The project's owner said it.
    pub owner: bool,
    /// Whoever asks said it.
    pub mine: bool,
}

/// Oldest first: the newest that there are, or those before the one that was named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct CommentPage {
    pub comments: Vec<Comment>,
    /// Whether there are older ones.
    pub more: bool,
}

/// What somebody wants to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct CommentWish {
    /// The run.
    pub task_id: TaskId,
    /// The event of its log that it is about.
    #[cfg_attr(feature = "ssr", schema(minimum = 1))]
    pub seq: u64,
    #[cfg_attr(feature = "ssr", schema(min_length = 1, max_length = 2000))]
    pub text: String,
    /// Needed of whoever has a link only.
    #[serde(default)]
    #[cfg_attr(feature = "ssr", schema(max_length = 40))]
    pub name: String,
}

/// A project's room as its page shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoomView {
    pub standing: Standing,
    /// The newest ones.
    pub runs: RunPage,
    pub comments: CommentPage,
    /// The owner's to see.
    pub shares: Vec<ShareInfo>,
    /// What a form of the page came to, where it is sent without script.
    pub told: Told,
}

/// A [`RoomView`] as text: only the room's page reads it, and a first visit to any other need not know how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedRoom {
    /// The run to show.
    pub run: TaskId,
    pub view: String,
}

impl SealedRoom {
    /// `None`: a project without a run there is not.
    pub fn seal(view: &RoomView) -> Option<Self> {
        let run = view.runs.runs.first()?.task.task_id;
        Some(Self { run, view: serde_json::to_string(view).ok()? })
    }

    pub fn open(&self) -> Option<RoomView> {
        serde_json::from_str(&self.view).ok()
    }
}

/// What a form came to: a link that was made, or what was wrong.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Told {
    pub fresh: Option<FreshShare>,
    pub problem: Option<super::Problem>,
    /// The comment that was not taken.
    pub comment: String,
    pub name: String,
}

/// One person in a room, however many tabs they have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Person {
    /// `Owner`; `Member n` for who is signed in and has a link, `Guest n` for who only has a link. Nobody's address, nor a part of it.
    pub name: String,
    /// Whoever this is told to.
    pub you: bool,
}

/// Who is in the room now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Presence {
    /// In the order in which they came, at most 50.
    pub people: Vec<Person>,
    /// How many there are.
    pub count: u32,
}

/// Server → client in a room, besides the log's frames. Whoever does not know a type leaves it out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum RoomFrame {
    /// First, and whenever somebody came or left.
    Presence {
        project_id: TaskId,
        #[serde(flatten)]
        presence: Presence,
    },
    /// Something was said or taken back: ask again.
    Comments {
        project_id: TaskId,
    },
    /// The run that is the present one now.
    Run {
        project_id: TaskId,
        task_id: TaskId,
    },
    Heartbeat,
    Pong,
    /// A type that this version does not know.
    #[serde(other)]
    Unknown,
}
