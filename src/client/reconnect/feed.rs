//! The one connection that events come from, and when something must be done about it.

use super::words::{ConnectionId, Transport};
use crate::protocol::frame::SILENCE_MS;

/// A stream that is not open after this long has failed.
pub const CONNECT_MS: u64 = 10_000;
/// Silence on a WebSocket after which it is asked for a sign of life, and how long it has for the answer.
pub const PING_AFTER_MS: u64 = SILENCE_MS / 2;

#[derive(Clone, Copy, Debug)]
pub struct Feed {
    pub id: ConnectionId,
    pub transport: Transport,
    pub asked_at: u64,
    pub opened_at: Option<u64>,
    pub heard_at: u64,
    /// A ping is out; without any word until then the connection is dead.
    pub answer_by: Option<u64>,
}

impl Feed {
    pub const fn asked(id: ConnectionId, transport: Transport, now: u64) -> Self {
        Self { id, transport, asked_at: now, opened_at: None, heard_at: now, answer_by: None }
    }

    /// When something must be done about the connection if nothing is heard.
    pub fn deadline(&self) -> u64 {
        match (self.opened_at, self.answer_by) {
            (None, _) if self.transport.is_request() => self.asked_at + SILENCE_MS,
            (None, _) => self.asked_at + CONNECT_MS,
            (Some(_), Some(by)) => by.min(self.heard_at + SILENCE_MS),
            (Some(_), None) if self.transport == Transport::WebSocket => self.heard_at + PING_AFTER_MS,
            (Some(_), None) => self.heard_at + SILENCE_MS,
        }
    }

    /// Past its deadline, but only because nobody asked it yet.
    pub fn is_quiet_only(&self) -> bool {
        self.can_ping() && self.answer_by.is_none()
    }

    pub fn can_ping(&self) -> bool {
        self.transport == Transport::WebSocket && self.opened_at.is_some()
    }
}
