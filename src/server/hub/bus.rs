//! From this node's hub to the world: nothing, or a public feed on Redis that also wakes other nodes.
//!
//! Guarantees: offering never waits and never fails; what cannot be sent is dropped, oldest first, and counted. Nothing is lost by it,
//! for the store has every event: the bus is a wake-up and a feed, never the truth. Leaves out the connection ([`feed`](super::feed)).

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use axum::extract::ws::Utf8Bytes;
use tokio::sync::Notify;

use super::channel::Encoded;
use crate::protocol::TaskId;

/// What may wait for Redis: some seconds of a busy node.
const MAX_WAITING: usize = 8 * 1024;
const MAX_WAITING_BYTES: usize = 16 * 1024 * 1024;

#[derive(Clone)]
pub enum Bus {
    /// One node is all there is.
    Local,
    Redis(Arc<Redis>),
}

/// A Redis that may or may not be there.
pub struct Redis {
    pub(super) client: redis::Client,
    pub(super) outbox: Outbox,
    /// The listener has its subscription.
    pub(super) is_heard: AtomicBool,
}

/// What the bus did since the server started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BusCounts {
    pub published: u64,
    pub dropped: u64,
    pub waiting: u64,
}

impl Bus {
    /// The bus for an address from the settings; none for an empty one. An address that is wrong must not keep a server from its work,
    /// as document 000 has it: it is told in the log, and the server goes on alone.
    pub fn open(url: &str) -> Self {
        if url.trim().is_empty() {
            return Self::Local;
        }
        match redis::Client::open(url.trim()) {
            Ok(client) => Self::Redis(Arc::new(Redis { client, outbox: Outbox::default(), is_heard: AtomicBool::new(false) })),
            Err(error) => {
                // Only the kind: the address may hold a password.
                tracing::warn!(
                    reason = ?error.kind(),
                    "redis.url (REDIS_URL) is no address such as redis://localhost:6379/0; going on without Redis"
                );
                Self::Local
            }
        }
    }

    pub(super) fn is_local(&self) -> bool {
        matches!(self, Self::Local)
    }

    /// Events of one task, to be published some time soon.
    pub(super) fn offer(&self, task_id: TaskId, events: &[Encoded]) {
        if let Self::Redis(redis) = self {
            redis.outbox.put(task_id, events);
        }
    }

    pub fn counts(&self) -> BusCounts {
        let Self::Redis(redis) = self else { return BusCounts::default() };
        let Outbox { published, dropped, .. } = &redis.outbox;
        BusCounts {
            published: published.load(Ordering::Relaxed),
            dropped: dropped.load(Ordering::Relaxed),
            waiting: redis.outbox.lock().messages.len() as u64,
        }
    }

    /// Whether other nodes' events are heard at once; otherwise they are found within a second, by asking the store.
    pub fn is_heard(&self) -> bool {
        matches!(self, Self::Redis(redis) if redis.is_heard.load(Ordering::Relaxed))
    }
}

/// Messages on their way to Redis, in the order in which they were offered.
#[derive(Default)]
pub(super) struct Outbox {
    waiting: Mutex<Waiting>,
    /// Rung when something waits.
    pub filled: Notify,
    /// Rung when nothing waits any more.
    pub emptied: Notify,
    published: AtomicU64,
    dropped: AtomicU64,
}

#[derive(Default)]
struct Waiting {
    messages: VecDeque<Letter>,
    bytes: usize,
    next: u64,
}

/// One message; numbered, so that acknowledging it is right even if it was dropped meanwhile.
#[derive(Clone)]
pub(super) struct Letter {
    pub number: u64,
    pub task_id: TaskId,
    pub json: Utf8Bytes,
}

impl Outbox {
    fn put(&self, task_id: TaskId, events: &[Encoded]) {
        let mut dropped = 0;
        {
            let mut waiting = self.lock();
            for event in events {
                let number = waiting.next;
                waiting.next += 1;
                waiting.bytes += event.json.len();
                waiting.messages.push_back(Letter { number, task_id, json: event.json.clone() });
                while waiting.messages.len() > MAX_WAITING || waiting.bytes > MAX_WAITING_BYTES {
                    waiting.pop();
                    dropped += 1;
                }
            }
        }
        self.dropped.fetch_add(dropped, Ordering::Relaxed);
        self.filled.notify_one();
    }

    /// The oldest messages, which stay until they are acknowledged.
    pub fn peek(&self, most: usize) -> Vec<Letter> {
        self.lock().messages.iter().take(most).cloned().collect()
    }

    pub fn acknowledge(&self, letters: &[Letter]) {
        let Some(last) = letters.last() else { return };
        let mut waiting = self.lock();
        while waiting.messages.front().is_some_and(|letter| letter.number <= last.number) {
            waiting.pop();
        }
        self.published.fetch_add(letters.len() as u64, Ordering::Relaxed);
        if waiting.messages.is_empty() {
            self.emptied.notify_waiters();
        }
    }

    pub fn is_empty(&self) -> bool {
        self.lock().messages.is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn pop(&mut self) {
        if let Some(letter) = self.messages.pop_front() {
            self.bytes -= letter.json.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Timestamp;

    fn events(seqs: std::ops::Range<u64>, bytes: usize) -> Vec<Encoded> {
        seqs.map(|seq| Encoded { seq, json: "x".repeat(bytes).into(), terminal: false }).collect()
    }

    #[test]
    fn what_nobody_takes_is_bounded_in_number_and_bytes_and_counted() {
        let task_id = TaskId::from_parts(Timestamp::default(), &[7; 10]);
        let Bus::Redis(redis) = Bus::open("redis://127.0.0.1:1/") else { panic!("an address") };
        let bus = Bus::Redis(Arc::clone(&redis));
        bus.offer(task_id, &events(0..MAX_WAITING as u64 + 5, 1));
        assert_eq!(bus.counts(), BusCounts { published: 0, dropped: 5, waiting: MAX_WAITING as u64 });
        let oldest = redis.outbox.peek(2);
        assert_eq!(oldest[0].number, 5, "the oldest went");
        // A large one pushes out many small ones, also those that are being sent.
        bus.offer(task_id, &events(0..1, MAX_WAITING_BYTES - 10));
        assert!(redis.outbox.lock().bytes <= MAX_WAITING_BYTES);
        let waiting = bus.counts().waiting;
        redis.outbox.acknowledge(&oldest);
        assert_eq!(bus.counts().waiting, waiting, "they were dropped already, and nothing else goes in their stead");
        let all = redis.outbox.peek(usize::MAX);
        redis.outbox.acknowledge(&all);
        assert!(redis.outbox.is_empty() && redis.outbox.lock().bytes == 0);
    }

    #[test]
    fn a_wrong_address_is_no_bus_and_no_error() {
        for url in ["", "  ", "localhost:6379", "http://localhost", "nonsense", "redis://host:port/"] {
            assert!(Bus::open(url).is_local(), "{url}");
        }
        assert!(!Bus::open("redis://localhost:6379/0").is_local());
    }
}
