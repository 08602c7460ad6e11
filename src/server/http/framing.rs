//! How one live session speaks: the log is the same for all, the words around it differ by who wrote the client.
//!
//! A framing turns what a session sends (greeting, events, heartbeat) into messages. It holds no socket and reads no store,
//! so what a founding client sees is a pure function of the log. The founding framings are in `founding/`.

use axum::extract::ws::Utf8Bytes;

use crate::{
    protocol::{
        Frame, TaskId,
        frame::{Connection, Heartbeat},
    },
    server::hub::Batch,
};

pub(super) trait Framing: Send {
    /// What a session starts from when its client names no cursor, or one from another life of the log.
    fn beginning(&self) -> Beginning;

    /// The first message, if there is one before the events.
    fn greet(&mut self, connection: &Connection) -> Option<Utf8Bytes>;

    /// The messages that tell of these events, in order; events that the format has no words for give none.
    fn tell(&mut self, batch: &Batch) -> Vec<Utf8Bytes>;

    /// The message beside each WebSocket ping.
    fn heartbeat(&self, beat: Heartbeat) -> Option<Utf8Bytes>;

    /// Whether text that is no frame ends the session. The founding documents do not say what their clients may send.
    fn is_strict(&self) -> bool {
        false
    }

    /// The task whose newer runs the session goes on with after a completion; `None`: a completion ends it.
    fn room(&self) -> Option<TaskId> {
        None
    }

    /// Whether the room's next run is told of; where its log is, that says it.
    fn tells_runs(&self) -> bool {
        false
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beginning {
    /// A snapshot in the greeting stands for everything so far.
    Snapshot,
    /// Every event from the first.
    WholeLog,
}

/// The format of `protocol/frame.rs`: events as they are.
pub(super) struct Native;

impl Framing for Native {
    fn beginning(&self) -> Beginning {
        Beginning::Snapshot
    }

    fn greet(&mut self, connection: &Connection) -> Option<Utf8Bytes> {
        Some(Frame::Connection(connection.clone()).encode().into())
    }

    fn tell(&mut self, batch: &Batch) -> Vec<Utf8Bytes> {
        batch.iter().map(|event| event.json.clone()).collect()
    }

    fn heartbeat(&self, beat: Heartbeat) -> Option<Utf8Bytes> {
        Some(Frame::Heartbeat(beat).encode().into())
    }

    fn is_strict(&self) -> bool {
        true
    }
}
