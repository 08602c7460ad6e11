//! Webhooks as clients see them: where an account wants to be told that a task has ended, and what became of each message.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{TaskId, Timestamp};

words!(
    /// What a message tells.
    Occasion {
        Completed = "task.completed",
        Failed = "task.failed",
        Cancelled = "task.cancelled",
        /// Nothing has happened: somebody tries whether messages arrive.
        Ping = "test.ping",
    }
);

impl Occasion {
    /// Those that a webhook may ask for.
    pub const OF_TASKS: [Self; 3] = [Self::Completed, Self::Failed, Self::Cancelled];
}

words!(
    /// What became of a message.
    DeliveryState { Waiting = "waiting", Arrived = "arrived", GivenUp = "given_up" }
);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct WebhookId(pub Uuid);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct WebhookInfo {
    pub id: WebhookId,
    pub url: String,
    pub description: String,
    pub events: Vec<Occasion>,
    pub created_at: Timestamp,
    /// Nothing is sent there any more; a test that arrives ends that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_why: Option<String>,
    /// The newest message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<DeliveryInfo>,
}

/// A webhook with its secret as it is given out: when it is made, and when it gets a new one.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct FreshWebhook {
    #[serde(flatten)]
    pub info: WebhookInfo,
    /// `whsec_…`: checks the signatures. It cannot be shown again.
    pub secret: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct DeliveryInfo {
    /// The header `webhook-id`: the same at every attempt.
    pub message_id: String,
    #[serde(rename = "type")]
    pub occasion: Occasion,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_id: Option<TaskId>,
    pub state: DeliveryState,
    pub created_at: Timestamp,
    pub attempts: u32,
    /// When it is sent (again).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_at: Option<Timestamp>,
    /// What the last attempt was answered with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}
