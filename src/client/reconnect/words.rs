//! What goes into the state machine and what comes out of it.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    WebSocket,
    EventStream,
    LongPoll,
    Poll,
}

impl Transport {
    pub(super) const fn below(self) -> Self {
        match self {
            Self::WebSocket => Self::EventStream,
            Self::EventStream => Self::LongPoll,
            Self::LongPoll | Self::Poll => Self::Poll,
        }
    }

    /// One request, one answer, instead of a stream.
    pub(super) const fn is_request(self) -> bool {
        matches!(self, Self::LongPoll | Self::Poll)
    }
}

/// Names one connection, so that a late word from an old one is not mistaken for the present one's.
pub type ConnectionId = u32;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    Start,
    Opened(ConnectionId),
    /// Anything at all was received.
    Heard(ConnectionId),
    /// A poll was answered in full.
    Answered(ConnectionId),
    /// The connection broke or was refused, with the close code if there was one.
    Failed(ConnectionId, Option<u16>),
    /// Events are missing: read again after the last one known.
    Gap(ConnectionId),
    /// The time asked for by [`wake_at`](super::Reconnect::wake_at) has come.
    Woken,
    Online,
    Offline,
    Shown,
    Hidden,
    ReconnectNow,
    Pause,
    Resume,
    /// The terminal event was applied: there is nothing more to come.
    Ended,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    Open(ConnectionId, Transport),
    Close(ConnectionId),
    Ping(ConnectionId),
}

/// What the connection indicator says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    Connecting,
    Live,
    Polling,
    /// Which attempt is next or under way, and when it is due.
    Reconnecting {
        attempt: u32,
        at_ms: u64,
    },
    Offline,
    Paused,
    Ended,
    /// The server will not have us: the task is gone or somebody else's.
    Refused,
}
