//! Live fan-out inside this process: who watches a task is woken when its log grows.
//!
//! The hub is a wake-up and a cache, never the truth: every event in here was committed before, and whatever the
//! ring no longer holds is read from the store. Sessions *pull* with a cursor at their own pace, so a slow reader
//! costs the memory of one batch and nothing else. An event is serialised once, whatever the number of readers.

mod channel;
mod snapshots;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

pub use channel::{Batch, Encoded, Subscription};
pub use snapshots::Snapshots;

use self::channel::Channel;
use super::store::Store;
use crate::protocol::{Event, TaskId};

pub struct Hub {
    store: Arc<dyn Store>,
    /// Channels live as long as somebody watches; dead entries are swept when the map has doubled.
    channels: Mutex<Channels>,
}

#[derive(Default)]
struct Channels {
    by_task: HashMap<TaskId, Weak<Channel>>,
    sweep_at: usize,
}

impl Hub {
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store, channels: Mutex::default() }
    }

    /// Hands committed events of one task to its watchers. Order between callers does not matter: a late or
    /// missing event makes readers ask the store.
    pub fn publish(&self, events: &[Event]) {
        let Some(first) = events.first() else { return };
        let channel = self.lock().by_task.get(&first.task_id).and_then(Weak::upgrade);
        if let Some(channel) = channel {
            channel.push(events);
        }
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

    fn lock(&self) -> std::sync::MutexGuard<'_, Channels> {
        self.channels.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
