//! What travels over a live connection: events as they are, and three frames around them.
//!
//! Server → client: `connection` (first), events, `heartbeat` (every 30 s, with the head seq, so that a
//! client notices a gap), `pong`. Client → server: `{"type":"ping"}`.

use serde::{Deserialize, Serialize};

use super::{
    event::{Event, Status},
    fold::TaskSnapshot,
    id::TaskId,
    time::Timestamp,
};

/// Largest frame that a server accepts from a client.
pub const MAX_CLIENT_FRAME_BYTES: usize = 64 * 1024;
/// The server's heartbeat.
pub const HEARTBEAT_MS: u64 = 30_000;
/// Silence after which a client takes the connection for dead.
pub const SILENCE_MS: u64 = 40_000;

/// Server → client.
#[derive(Clone, Debug, PartialEq)]
pub enum Frame {
    Connection(Connection),
    Event(Box<Event>),
    Heartbeat(Heartbeat),
    Pong,
}

/// First frame. With `?after=N` every event after N follows and there is no snapshot; without it the
/// snapshot stands for everything up to its seq.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Connection {
    pub task_id: TaskId,
    /// Head of the log when the connection was made.
    pub seq: u64,
    pub timestamp: Timestamp,
    pub status: Status,
    pub progress: u8,
    pub message: String,
    #[serde(default)]
    pub snapshot: Option<Box<TaskSnapshot>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    pub task_id: TaskId,
    pub seq: u64,
    pub timestamp: Timestamp,
}

/// Client → server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientFrame {
    Ping,
}

#[derive(Serialize)]
struct Tagged<'a, T> {
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(flatten)]
    rest: &'a T,
}

#[derive(Deserialize)]
struct Kind {
    #[serde(rename = "type")]
    kind: String,
}

impl Frame {
    pub fn encode(&self) -> String {
        let tagged = match self {
            Self::Connection(rest) => serde_json::to_string(&Tagged { kind: "connection", rest }),
            Self::Heartbeat(rest) => serde_json::to_string(&Tagged { kind: "heartbeat", rest }),
            Self::Event(event) => serde_json::to_string(event),
            Self::Pong => Ok(r#"{"type":"pong"}"#.into()),
        };
        // Plain data with string keys: serde_json has nothing to refuse.
        tagged.unwrap_or_default()
    }

    /// # Errors
    /// In words, when the text is no frame. Unknown types are events of type `Unknown`, not errors.
    pub fn decode(text: &str) -> Result<Self, String> {
        // Twice over the text instead of once into a tree and from there: the browser needs no second set of decoders.
        let error = |error: serde_json::Error| error.to_string();
        let Kind { kind } = serde_json::from_str(text).map_err(error)?;
        match kind.as_str() {
            "connection" => serde_json::from_str(text).map(Self::Connection).map_err(error),
            "heartbeat" => serde_json::from_str(text).map(Self::Heartbeat).map_err(error),
            "pong" => Ok(Self::Pong),
            _ => serde_json::from_str(text).map(|event| Self::Event(Box::new(event))).map_err(error),
        }
    }
}

/// Why the server closed a connection. 4000–4499: reconnect; 4500–4999: do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum CloseCode {
    Shutdown = 4000,
    SlowConsumer = 4008,
    NoPong = 4010,
    Internal = 4011,
    UnknownTask = 4504,
    Forbidden = 4503,
    BadFrame = 4500,
}

impl CloseCode {
    pub const fn code(self) -> u16 {
        self as u16
    }

    pub const fn reason(self) -> &'static str {
        match self {
            Self::Shutdown => "server is stopping, reconnect",
            Self::SlowConsumer => "slow, resume after your last seq",
            Self::NoPong => "no pong, reconnect",
            Self::Internal => "server error, reconnect",
            Self::UnknownTask => "no such task",
            Self::Forbidden => "not allowed",
            Self::BadFrame => "not a frame of this protocol",
        }
    }

    /// Whether a client that was closed with `code` should come back.
    pub const fn should_reconnect(code: u16) -> bool {
        !(code >= 4500 && code < 5000)
    }
}
