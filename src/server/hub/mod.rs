//! Live fan-out inside this process: who watches a task is woken when its log grows.
//!
//! The hub is a wake-up and a cache, never the truth: every event in here was committed before, and whatever the
//! ring no longer holds is read from the store. Sessions *pull* with a cursor at their own pace, so a slow reader
//! costs the memory of one batch and nothing else. An event is serialised once, whatever the number of readers.
//!
//! Beside it, [`Rooms`]: who watches which project, which is nobody's but this node's.
//!
//! Other nodes and the public hear of it by the [`Bus`]; what they publish makes this hub look at the store ([`feed`]).

mod bus;
mod channel;
mod feed;
mod rooms;
mod snapshots;

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError, Weak},
};

pub use bus::{Bus, BusCounts};
pub use channel::{Batch, Encoded, Subscription};
pub use feed::Feed;
pub use rooms::{Guise, News, Rooms, Seat};
pub use snapshots::Snapshots;
use tokio::sync::Notify;

use self::channel::{Channel, encode};
use super::store::Store;
use crate::protocol::{Event, EventBody, TaskId, event::StatusUpdate};

pub struct Hub {
    store: Arc<dyn Store>,
    /// Channels live as long as somebody watches; dead entries are swept when the map has doubled.
    channels: Mutex<Channels>,
    bus: Bus,
    /// Tasks of which the store may know more than this node.
    marks: Mutex<HashSet<TaskId>>,
    marked: Arc<Notify>,
    ended: Arc<Notify>,
}

#[derive(Default)]
struct Channels {
    by_task: HashMap<TaskId, Weak<Channel>>,
    sweep_at: usize,
}

impl Hub {
    pub fn new(store: Arc<dyn Store>, bus: Bus) -> Self {
        Self { store, channels: Mutex::default(), bus, marks: Mutex::default(), marked: Arc::default(), ended: Arc::default() }
    }

    /// Hands committed events of one task to its watchers. Order between callers does not matter: a late or
    /// missing event makes readers ask the store.
    pub fn publish(&self, events: &[Event]) {
        let Some(first) = events.first() else { return };
        if let EventBody::StatusUpdate(StatusUpdate { created: Some(created), .. }) = &first.body {
            self.hint_repeat(created.retry_of);
        }
        if events.iter().any(|event| event.body.is_terminal()) {
            self.ended.notify_one();
        }
        let channel = self.channel(first.task_id);
        if channel.is_none() && self.bus.is_local() {
            return;
        }
        let events: Vec<Encoded> = events.iter().map(encode).collect();
        self.bus.offer(first.task_id, &events);
        if let Some(channel) = channel {
            channel.push(events);
        }
    }

    /// Tells the watchers of a task that it was repeated: a hint to look, as everything in here.
    fn hint_repeat(&self, repeated: Option<TaskId>) {
        if let Some(channel) = repeated.and_then(|task_id| self.channel(task_id)) {
            channel.hint_repeat();
        }
    }

    /// Rung when a task has ended on this node. For one listener.
    pub fn ended(&self) -> Arc<Notify> {
        Arc::clone(&self.ended)
    }

    pub const fn bus(&self) -> &Bus {
        &self.bus
    }

    /// Starts watching after `cursor`. Subscribe first, read then: nothing between is missed.
    pub fn subscribe(&self, task_id: TaskId, cursor: u64) -> Subscription {
        let mut channels = self.lock();
        let existing = channels.by_task.get(&task_id).and_then(Weak::upgrade);
        let channel = existing.unwrap_or_else(|| {
            if channels.by_task.len() >= channels.sweep_at {
                channels.by_task.retain(|_, channel| channel.strong_count() > 0);
                channels.sweep_at = (channels.by_task.len() * 2).max(64);
            }
            let channel = Arc::new(Channel::new(task_id, Arc::clone(&self.store)));
            channels.by_task.insert(task_id, Arc::downgrade(&channel));
            channel
        });
        Subscription::new(channel, cursor)
    }

    /// Tasks that somebody watches right now.
    pub fn watched(&self) -> usize {
        self.lock().by_task.values().filter(|channel| channel.strong_count() > 0).count()
    }

    fn channel(&self, task_id: TaskId) -> Option<Arc<Channel>> {
        self.lock().by_task.get(&task_id).and_then(Weak::upgrade)
    }

    /// Watched tasks whose completion was not seen yet.
    fn unfinished(&self) -> Vec<TaskId> {
        let channels = self.lock();
        let living = channels.by_task.iter().filter_map(|(task_id, channel)| Some((task_id, channel.upgrade()?)));
        living.filter(|(_, channel)| !channel.is_complete()).map(|(task_id, _)| *task_id).collect()
    }

    fn mark(&self, tasks: impl IntoIterator<Item = TaskId>) {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner).extend(tasks);
        self.marked.notify_one();
    }

    /// Rung when tasks were marked.
    fn marked(&self) -> Arc<Notify> {
        Arc::clone(&self.marked)
    }

    fn take_marks(&self) -> HashSet<TaskId> {
        std::mem::take(&mut *self.marks.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Brings a watched task's channel up to what the store has.
    async fn refresh(&self, task_id: TaskId) {
        let Some(channel) = self.channel(task_id) else { return };
        if let Err(error) = channel.refresh().await {
            // Readers ask again by themselves, and so does the next round.
            tracing::warn!(%error, %task_id, "cannot look for another node's events");
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Channels> {
        self.channels.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
