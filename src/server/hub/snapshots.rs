//! Snapshots of the tasks that were asked for last, so that a page load folds only what is new.
//!
//! A cache over the log and nothing more: an entry is brought up to date from the store at every use.

use std::sync::{Arc, Mutex, PoisonError};

use crate::{
    protocol::{Applied, TaskId, TaskSnapshot},
    server::store::{Result, Store, StoreError},
};

/// Tasks kept; a snapshot is bounded by `protocol::fold`, at most some hundred KiB.
const ENTRIES: usize = 64;
const PAGE_EVENTS: u32 = 2_000;

pub struct Snapshots {
    store: Arc<dyn Store>,
    /// Most recently used last.
    entries: Mutex<Vec<Arc<TaskSnapshot>>>,
}

impl Snapshots {
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store, entries: Mutex::default() }
    }

    /// The task as its log says now.
    ///
    /// # Errors
    /// `NotFound` when there is no such task. The caller has checked whose it is.
    pub async fn get(&self, task_id: TaskId) -> Result<Arc<TaskSnapshot>> {
        let mut snapshot = self.cached(task_id).unwrap_or_else(|| Arc::new(TaskSnapshot::empty(task_id)));
        let known = snapshot.seq;
        while !snapshot.is_terminal() {
            let events = self.store.events_after(task_id, snapshot.seq, PAGE_EVENTS).await?;
            if events.is_empty() {
                break;
            }
            let folded = Arc::make_mut(&mut snapshot);
            if events.iter().any(|event| folded.apply(event) == Applied::Gap) {
                return Err(StoreError::Damaged(format!("the log of {task_id} has a gap after {}", folded.seq)));
            }
        }
        if snapshot.seq == 0 {
            return Err(StoreError::NotFound);
        }
        if snapshot.seq > known {
            self.keep(&snapshot);
        }
        Ok(snapshot)
    }

    fn cached(&self, task_id: TaskId) -> Option<Arc<TaskSnapshot>> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let index = entries.iter().position(|entry| entry.task_id == task_id)?;
        let entry = entries.remove(index);
        entries.push(Arc::clone(&entry));
        Some(entry)
    }

    fn keep(&self, snapshot: &Arc<TaskSnapshot>) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        // Two readers may have folded at once; the further one stays.
        if let Some(index) = entries.iter().position(|entry| entry.task_id == snapshot.task_id) {
            if entries[index].seq >= snapshot.seq {
                return;
            }
            entries.remove(index);
        }
        entries.push(Arc::clone(snapshot));
        if entries.len() > ENTRIES {
            entries.remove(0);
        }
    }
}
