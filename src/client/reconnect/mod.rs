//! Decides how the browser stays connected: a pure state machine without I/O, clock or chance.
//!
//! The edge tells it what happened ([`Input`]), when, and a random fraction; it answers with what to do
//! ([`Command`]) and when it wants to be woken ([`Reconnect::wake_at`]). The ladder is WebSocket → SSE → long-poll →
//! poll; from every lower rung the WebSocket is probed about every 30 s, and the probe takes over once it is open.
//!
//! Guarantees, held by a property test over arbitrary interleavings:
//! - at most one feed at a time, and beside it at most one probe, only while the feed is not the WebSocket;
//! - unless it ended, was refused or is paused, there is always something to wait for;
//! - every delay stays within its bounds.

mod backoff;
mod feed;
#[cfg(test)]
mod tests;
mod words;

use backoff::{CAP_MS, FALLBACK_ATTEMPTS, SOCKET_ATTEMPTS, delay_ms, scale};
use feed::{CONNECT_MS, Feed, PING_AFTER_MS};

pub use words::{Command, ConnectionId, Input, Link, Transport};

use crate::protocol::CloseCode;

/// How long a connection has for an answer when there is reason for doubt: the tab was shown again or the
/// network changed, or the device even says that it is offline.
const DOUBT_MS: u64 = 2_000;
const OFFLINE_DOUBT_MS: u64 = 1_000;
/// A connection that held this long was a good one: its end starts the count anew.
const HEALTHY_MS: u64 = 10_000;
const PROBE_EVERY_MS: u64 = 30_000;
/// After a lower rung answered for the first time, the WebSocket may work again too.
const PROBE_SOON_MS: u64 = 2_000;
const POLL_MS: u64 = 2_000;
/// A tab that nobody sees polls this often, and a device that says it is offline tries this often.
const IDLE_MS: u64 = 30_000;
/// A server that answers long polls at once must not make a busy loop of them.
const LONG_POLL_GAP_MS: u64 = 250;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Idle,
    Running,
    Paused,
    Ended,
    Refused,
}

#[derive(Clone, Debug)]
pub struct Reconnect {
    mode: Mode,
    rung: Transport,
    feed: Option<Feed>,
    probe: Option<(ConnectionId, u64)>,
    retry_at: Option<u64>,
    probe_at: Option<u64>,
    /// Failures in a row since the last healthy connection; what the indicator counts.
    failures: u32,
    /// Of those, on the present rung.
    rung_failures: u32,
    /// Whether the last exchange on a request rung went well.
    answering: bool,
    heard_at: Option<u64>,
    online: bool,
    shown: bool,
    next_id: ConnectionId,
}

impl Default for Reconnect {
    fn default() -> Self {
        Self {
            mode: Mode::Idle,
            rung: Transport::WebSocket,
            feed: None,
            probe: None,
            retry_at: None,
            probe_at: None,
            failures: 0,
            rung_failures: 0,
            answering: false,
            heard_at: None,
            online: true,
            shown: true,
            next_id: 1,
        }
    }
}

impl Reconnect {
    /// Takes in what happened and says what to do about it, in order.
    pub fn step(&mut self, input: Input, now_ms: u64, random: f64) -> Vec<Command> {
        let mut commands = Vec::new();
        self.take_in(input, now_ms, random, &mut commands);
        if self.mode == Mode::Running {
            self.act(now_ms, random, &mut commands);
        }
        commands
    }

    /// When [`Input::Woken`] is due; `None` when only an event can change anything.
    pub fn wake_at(&self) -> Option<u64> {
        if self.mode != Mode::Running {
            return None;
        }
        let feed = self.feed.map(|feed| feed.deadline());
        let probe = self.probe.map(|(_, asked_at)| asked_at + CONNECT_MS);
        [feed, probe, self.retry_at, self.probe_at].into_iter().flatten().min()
    }

    /// When anything was last received on any connection.
    pub fn heard_at(&self) -> Option<u64> {
        self.heard_at
    }

    pub fn link(&self) -> Link {
        match self.mode {
            Mode::Idle => Link::Connecting,
            Mode::Paused => Link::Paused,
            Mode::Ended => Link::Ended,
            Mode::Refused => Link::Refused,
            Mode::Running => self.running_link(),
        }
    }

    fn running_link(&self) -> Link {
        if self.rung.is_request() && self.answering {
            return Link::Polling;
        }
        match self.feed {
            Some(feed) if feed.opened_at.is_some() && !feed.transport.is_request() => Link::Live,
            _ if !self.online => Link::Offline,
            Some(_) if self.failures == 0 && self.heard_at.is_none() => Link::Connecting,
            Some(feed) => Link::Reconnecting { attempt: self.failures.max(1), at_ms: feed.asked_at },
            None => Link::Reconnecting { attempt: self.failures.max(1), at_ms: self.retry_at.unwrap_or(0) },
        }
    }

    fn take_in(&mut self, input: Input, now: u64, random: f64, commands: &mut Vec<Command>) {
        match input {
            Input::Start if self.mode == Mode::Idle => self.run(now),
            Input::Opened(id) => self.opened(id, now, random, commands),
            Input::Heard(id) => self.heard(id, now, random),
            Input::Answered(id) => self.answered(id, now, random),
            Input::Failed(id, code) => self.failed(id, code, now, random, commands),
            Input::Gap(id) if self.is_feed(id) => {
                commands.push(Command::Close(id));
                self.lost(now, random);
            }
            Input::Online => {
                self.online = true;
                self.climb(now);
                self.doubt(DOUBT_MS, now, commands);
            }
            Input::Offline => {
                self.online = false;
                self.doubt(OFFLINE_DOUBT_MS, now, commands);
            }
            Input::Shown => {
                self.shown = true;
                self.hurry(now);
                self.doubt(DOUBT_MS, now, commands);
            }
            Input::Hidden => self.shown = false,
            Input::ReconnectNow if matches!(self.mode, Mode::Running | Mode::Paused) => {
                self.close_all(commands);
                self.failures = 0;
                self.run(now);
            }
            Input::Resume if self.mode == Mode::Paused => self.run(now),
            Input::Pause if matches!(self.mode, Mode::Idle | Mode::Running) => self.stop(Mode::Paused, commands),
            Input::Ended if self.mode != Mode::Refused => self.stop(Mode::Ended, commands),
            _ => {}
        }
    }

    /// What is due now: deadlines that passed, attempts and probes whose time has come.
    fn act(&mut self, now: u64, random: f64, commands: &mut Vec<Command>) {
        if let Some((id, asked_at)) = self.probe
            && now >= asked_at + CONNECT_MS
        {
            commands.push(Command::Close(id));
            self.probe = None;
            self.probe_at = Some(next_probe_at(now, random));
        }
        if let Some(feed) = self.feed
            && now >= feed.deadline()
        {
            if feed.is_quiet_only() {
                self.ping(now, PING_AFTER_MS, commands);
            } else {
                commands.push(Command::Close(feed.id));
                self.lost(now, random);
            }
        }
        if self.retry_at.is_some_and(|at| now >= at) {
            self.retry_at = None;
            let id = self.new_id();
            self.feed = Some(Feed::asked(id, self.rung, now));
            commands.push(Command::Open(id, self.rung));
        }
        if self.probe_at.is_some_and(|at| now >= at) {
            self.probe_at = None;
            let id = self.new_id();
            self.probe = Some((id, now));
            commands.push(Command::Open(id, Transport::WebSocket));
        }
    }

    fn run(&mut self, now: u64) {
        self.mode = Mode::Running;
        self.rung = Transport::WebSocket;
        self.rung_failures = 0;
        self.answering = false;
        self.retry_at = Some(now);
    }

    fn stop(&mut self, mode: Mode, commands: &mut Vec<Command>) {
        self.close_all(commands);
        self.mode = mode;
    }

    fn close_all(&mut self, commands: &mut Vec<Command>) {
        commands.extend(self.feed.take().map(|feed| Command::Close(feed.id)));
        commands.extend(self.probe.take().map(|(id, _)| Command::Close(id)));
        self.retry_at = None;
        self.probe_at = None;
        self.answering = false;
    }

    fn opened(&mut self, id: ConnectionId, now: u64, random: f64, commands: &mut Vec<Command>) {
        if self.probe.is_some_and(|(probe, _)| probe == id) {
            self.close_all_but_probe(commands);
            self.rung = Transport::WebSocket;
            self.rung_failures = 0;
            self.feed = Some(Feed::asked(id, Transport::WebSocket, now));
        }
        self.heard(id, now, random);
    }

    fn close_all_but_probe(&mut self, commands: &mut Vec<Command>) {
        self.probe = None;
        self.close_all(commands);
    }

    fn heard(&mut self, id: ConnectionId, now: u64, random: f64) {
        let Some(feed) = self.feed.as_mut().filter(|feed| feed.id == id) else { return };
        feed.heard_at = now;
        feed.answer_by = None;
        let opened_at = *feed.opened_at.get_or_insert(now);
        let streaming = !feed.transport.is_request();
        if streaming && now >= opened_at + HEALTHY_MS {
            self.failures = 0;
            self.rung_failures = 0;
        }
        self.heard_at = Some(now);
        if streaming {
            self.plan_first_probe(now, random);
        }
    }

    fn answered(&mut self, id: ConnectionId, now: u64, random: f64) {
        let Some(feed) = self.feed.take_if(|feed| feed.id == id && feed.transport.is_request()) else { return };
        self.heard_at = Some(now);
        self.answering = true;
        self.failures = 0;
        self.rung_failures = 0;
        self.retry_at = Some(match self.rung {
            Transport::LongPoll => now.max(feed.asked_at + LONG_POLL_GAP_MS),
            _ if self.shown => now + POLL_MS,
            _ => now + IDLE_MS,
        });
        self.plan_first_probe(now, random);
    }

    fn plan_first_probe(&mut self, now: u64, random: f64) {
        if self.rung != Transport::WebSocket && self.probe.is_none() && self.probe_at.is_none() {
            self.probe_at = Some(now + scale(PROBE_SOON_MS, random));
        }
    }

    fn failed(&mut self, id: ConnectionId, code: Option<u16>, now: u64, random: f64, commands: &mut Vec<Command>) {
        let refused = code.is_some_and(|code| !CloseCode::should_reconnect(code));
        let is_probe = self.probe.is_some_and(|(probe, _)| probe == id);
        if refused && (is_probe || self.is_feed(id)) {
            self.probe.take_if(|(probe, _)| *probe == id);
            self.feed.take_if(|feed| feed.id == id);
            self.stop(Mode::Refused, commands);
        } else if is_probe {
            self.probe = None;
            self.probe_at = Some(next_probe_at(now, random));
        } else if self.is_feed(id) {
            self.lost(now, random);
        }
    }

    /// The feed is gone: plan the next attempt, perhaps one rung lower.
    fn lost(&mut self, now: u64, random: f64) {
        let Some(feed) = self.feed.take() else { return };
        if feed.opened_at.is_some_and(|at| now >= at + HEALTHY_MS) && !feed.transport.is_request() {
            self.failures = 0;
            self.rung_failures = 0;
        }
        self.answering = false;
        self.failures = self.failures.saturating_add(1);
        self.rung_failures = self.rung_failures.saturating_add(1);
        let attempts = if self.rung == Transport::WebSocket { SOCKET_ATTEMPTS } else { FALLBACK_ATTEMPTS };
        let delay = if !self.online {
            IDLE_MS
        } else if self.rung_failures >= attempts && self.rung != Transport::Poll {
            self.rung = self.rung.below();
            self.rung_failures = 0;
            0
        } else {
            delay_ms(self.rung_failures, random)
        };
        self.retry_at = Some(now + delay);
        // Nothing answers at all: a probe beside the retries would only double them. The next answer plans one.
        if self.rung == Transport::WebSocket {
            self.probe_at = None;
        }
    }

    /// A new network: whatever was learnt about the old one is void.
    fn climb(&mut self, now: u64) {
        self.failures = 0;
        self.rung_failures = 0;
        if self.feed.is_none() && !self.answering && self.probe.is_none() {
            self.rung = Transport::WebSocket;
            self.probe_at = None;
        }
        self.hurry(now);
    }

    /// Does now what was planned for later.
    fn hurry(&mut self, now: u64) {
        if self.mode == Mode::Running {
            self.retry_at = self.retry_at.map(|_| now);
            self.probe_at = self.probe_at.map(|_| now);
        }
    }

    /// The connection may be dead without knowing: ask it.
    fn doubt(&mut self, patience_ms: u64, now: u64, commands: &mut Vec<Command>) {
        if self.mode == Mode::Running && self.feed.is_some_and(|feed| feed.can_ping()) {
            self.ping(now, patience_ms, commands);
        }
    }

    fn ping(&mut self, now: u64, patience_ms: u64, commands: &mut Vec<Command>) {
        if let Some(feed) = &mut self.feed {
            let by = now + patience_ms;
            feed.answer_by = Some(feed.answer_by.map_or(by, |before| before.min(by)));
            commands.push(Command::Ping(feed.id));
        }
    }

    fn is_feed(&self, id: ConnectionId) -> bool {
        self.feed.is_some_and(|feed| feed.id == id)
    }

    fn new_id(&mut self) -> ConnectionId {
        let id = self.next_id;
        self.next_id = self.next_id.wrapping_add(1);
        id
    }
}

/// About every 30 s, spread over the last third.
fn next_probe_at(now: u64, random: f64) -> u64 {
    now + PROBE_EVERY_MS - scale(CAP_MS / 3, random)
}
