//! One watched task: a ring of its newest events, already serialised, and the seq of its head.
//!
//! Invariant: the ring is contiguous. An event that arrives out of order restarts it; readers whose cursor lies
//! before the ring read the store, one read for all that ask for the same page.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::extract::ws::Utf8Bytes;
use tokio::sync::watch;

use crate::{
    protocol::{Event, Frame, TaskId},
    server::store::{Result, Store},
};

/// Events that the ring keeps for readers that are a little behind.
const RING_EVENTS: usize = 512;
/// … and the bytes of them.
const RING_BYTES: usize = 1024 * 1024;
/// What a session takes at once: its whole memory of a task.
const BATCH_BYTES: usize = 256 * 1024;
const PAGE_EVENTS: u32 = 500;
/// Store pages kept for others that resume at the same cursor.
const PAGES: usize = 4;

/// One event as it goes over the wire. Cloning shares the bytes.
#[derive(Clone, Debug)]
pub struct Encoded {
    pub seq: u64,
    pub json: Utf8Bytes,
    pub terminal: bool,
}

/// Consecutive events after a cursor.
pub type Batch = Vec<Encoded>;

pub(super) struct Channel {
    task_id: TaskId,
    store: Arc<dyn Store>,
    ring: Mutex<Ring>,
    /// The highest seq heard of; readers wait for it to pass their cursor.
    head: watch::Sender<u64>,
    /// The completion was heard of: there is nothing to come.
    complete: AtomicBool,
    /// Counts hints that the task was repeated: there may be a newer run.
    repeats: watch::Sender<u64>,
    /// Held while one reader fetches a page for all.
    pages: tokio::sync::Mutex<VecDeque<(u64, Arc<Batch>)>>,
}

#[derive(Default)]
struct Ring {
    events: VecDeque<Encoded>,
    bytes: usize,
    /// The batch that was made last and the cursor it follows: those who wait at the head all ask for the same.
    latest: Option<(u64, Arc<Batch>)>,
}

impl Channel {
    pub(super) fn new(task_id: TaskId, store: Arc<dyn Store>) -> Self {
        let (head, complete, repeats) = (watch::Sender::new(0), AtomicBool::new(false), watch::Sender::new(0));
        Self { task_id, store, ring: Mutex::default(), head, complete, repeats, pages: tokio::sync::Mutex::default() }
    }

    pub(super) fn hint_repeat(&self) {
        self.repeats.send_modify(|count| *count += 1);
    }

    pub(super) fn push(&self, events: Vec<Encoded>) {
        let Some((head, is_last)) = events.last().map(|event| (event.seq, event.terminal)) else { return };
        self.complete.fetch_or(is_last, Ordering::Relaxed);
        {
            let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
            for event in events {
                ring.push(event);
            }
        }
        self.raise(head);
    }

    pub(super) fn head(&self) -> u64 {
        *self.head.borrow()
    }

    pub(super) fn is_complete(&self) -> bool {
        self.complete.load(Ordering::Relaxed)
    }

    /// Pushes what the store has beyond the head: events that another node wrote.
    pub(super) async fn refresh(&self) -> Result<()> {
        if self.head() == 0 {
            // Nothing was heard yet. Readers have their own way to the past; only that there is one must be known.
            self.raise(self.store.head_seq(self.task_id).await?);
        }
        while !self.is_complete() {
            let events = self.store.events_after(self.task_id, self.head(), PAGE_EVENTS).await?;
            if events.is_empty() {
                break;
            }
            self.push(events.iter().map(encode).collect());
        }
        Ok(())
    }

    fn raise(&self, head: u64) {
        self.head.send_if_modified(|known| {
            let grew = head > *known;
            *known = head.max(*known);
            grew
        });
    }

    /// Events after `cursor`; empty at the head of the log.
    async fn read_after(&self, cursor: u64) -> Result<Arc<Batch>> {
        if let Some(batch) = self.ring_after(cursor) {
            return Ok(batch);
        }
        let mut pages = self.pages.lock().await;
        if let Some((_, page)) = pages.iter().find(|(after, _)| *after == cursor) {
            return Ok(Arc::clone(page));
        }
        let events = self.store.events_after(self.task_id, cursor, PAGE_EVENTS).await?;
        let page = Arc::new(take_batch(events.iter().map(encode)));
        // An empty page would go stale; a page with events is a part of the log and stays right for ever.
        if !page.is_empty() {
            pages.push_back((cursor, Arc::clone(&page)));
            if pages.len() > PAGES {
                pages.pop_front();
            }
        }
        Ok(page)
    }

    /// `None` when the ring does not reach back to `cursor`, or knows nothing yet.
    fn ring_after(&self, cursor: u64) -> Option<Arc<Batch>> {
        let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        // The store has more than came by: another node's events.
        let last = ring.events.back()?.seq;
        if cursor >= last && self.head() > last {
            return None;
        }
        if let Some((_, batch)) = ring.latest.as_ref().filter(|(after, _)| *after == cursor) {
            return Some(Arc::clone(batch));
        }
        let first = ring.events.front()?.seq;
        if cursor + 1 < first {
            return None;
        }
        let skip = usize::try_from(cursor + 1 - first).ok()?;
        // A reader ahead of the ring can only be one whose events came by another way: ask the store.
        let batch = (cursor <= last).then(|| Arc::new(take_batch(ring.events.iter().skip(skip).cloned())))?;
        ring.latest = Some((cursor, Arc::clone(&batch)));
        Some(batch)
    }
}

impl Ring {
    fn push(&mut self, event: Encoded) {
        if let Some(last) = self.events.back() {
            if event.seq <= last.seq {
                return;
            }
            if event.seq > last.seq + 1 {
                self.events.clear();
                self.bytes = 0;
            }
        }
        self.latest = None;
        self.bytes += event.json.len();
        self.events.push_back(event);
        while self.events.len() > RING_EVENTS || self.bytes > RING_BYTES {
            let Some(oldest) = self.events.pop_front() else { break };
            self.bytes -= oldest.json.len();
        }
    }
}

/// A reader's place in a task's log.
pub struct Subscription {
    channel: Arc<Channel>,
    head: watch::Receiver<u64>,
    repeats: watch::Receiver<u64>,
    cursor: u64,
    /// The log must be read once before waiting: the head may be unknown to a new channel.
    caught_up: bool,
}

impl Subscription {
    pub(super) fn new(channel: Arc<Channel>, cursor: u64) -> Self {
        let (head, repeats) = (channel.head.subscribe(), channel.repeats.subscribe());
        Self { channel, head, repeats, cursor, caught_up: false }
    }

    /// Waits for events after the cursor and moves it behind them.
    ///
    /// # Cancel safety
    /// Cancel safe: the cursor moves only when the batch is returned.
    ///
    /// # Errors
    /// When the store cannot be read; asking again is fine.
    pub async fn next(&mut self) -> Result<Arc<Batch>> {
        loop {
            let batch = self.try_next().await?;
            if !batch.is_empty() {
                return Ok(batch);
            }
            let cursor = self.cursor;
            // The sender lives in the channel that this subscription holds: it cannot be gone.
            let _ = self.head.wait_for(|head| *head > cursor).await;
        }
    }

    /// As [`Subscription::next`]; `None` when a hint came that the task was repeated. Each hint is told once.
    ///
    /// # Cancel safety
    /// Cancel safe, as `next` is.
    pub async fn next_or_repeat(&mut self) -> Result<Option<Arc<Batch>>> {
        let mut repeats = self.repeats.clone();
        tokio::select! {
            biased;
            batch = self.next() => batch.map(Some),
            _ = repeats.changed() => {
                self.repeats.mark_unchanged();
                Ok(None)
            }
        }
    }

    /// What is there after the cursor now; empty at the head.
    pub async fn try_next(&mut self) -> Result<Arc<Batch>> {
        if self.caught_up && *self.head.borrow() <= self.cursor {
            return Ok(Arc::default());
        }
        let batch = self.channel.read_after(self.cursor).await?;
        if let Some(last) = batch.last() {
            self.cursor = last.seq;
        } else {
            self.caught_up = true;
        }
        Ok(batch)
    }

    /// The highest seq that this node knows of.
    pub fn head(&self) -> u64 {
        self.cursor.max(*self.head.borrow())
    }

    pub const fn cursor(&self) -> u64 {
        self.cursor
    }
}

pub(super) fn encode(event: &Event) -> Encoded {
    let json = Frame::Event(Box::new(event.clone())).encode();
    Encoded { seq: event.seq, json: json.into(), terminal: event.body.is_terminal() }
}

fn take_batch(events: impl Iterator<Item = Encoded>) -> Batch {
    let mut bytes = 0;
    events
        .take_while(|event| {
            let first = bytes == 0;
            bytes += event.json.len();
            first || bytes <= BATCH_BYTES
        })
        .collect()
}
