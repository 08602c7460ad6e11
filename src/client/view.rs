//! What a page shows of a task that it watches, as signals: one batch of events is one notification.
//!
//! The snapshot is the fold. Files notify only when a file came. Log lines are kept as data beside it, because a page must
//! not redraw the lines that it has: it is told what to add.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use leptos::prelude::*;

use super::reconnect::{Input, Link};
use crate::protocol::{Applied, Event, EventBody, FileEntry, LogLine, TaskId, TaskSnapshot, Timestamp};

/// Lines that a page keeps while it follows the end of the log; older ones can be loaded again.
const KEPT_LINES: usize = 5_000;

/// The state of the line to the server, in the browser's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connection {
    pub link: Link,
    /// When anything was last received.
    pub heard_at: Option<Timestamp>,
    /// When the next attempt is due.
    pub due_at: Option<Timestamp>,
}

#[derive(Clone, Copy)]
pub struct Live {
    pub task_id: TaskId,
    pub snapshot: RwSignal<TaskSnapshot>,
    pub files: RwSignal<Arc<Vec<FileEntry>>>,
    pub log: LogView,
    pub connection: RwSignal<Connection>,
    /// Tells the connection what the person wants of it.
    pub tell: Callback<Input>,
}

impl Live {
    pub fn new(snapshot: TaskSnapshot, tell: Callback<Input>) -> Self {
        let link = if snapshot.is_terminal() { Link::Ended } else { Link::Connecting };
        Self {
            task_id: snapshot.task_id,
            files: RwSignal::new(Arc::new(snapshot.files.clone())),
            log: LogView::new(&snapshot),
            connection: RwSignal::new(Connection { link, heard_at: None, due_at: None }),
            snapshot: RwSignal::new(snapshot),
            tell,
        }
    }

    /// A part of the snapshot that notifies only when it changes.
    pub fn part<T: PartialEq + Send + Sync + 'static>(self, part: impl Fn(&TaskSnapshot) -> T + Send + Sync + 'static) -> Memo<T> {
        // Boxed: one memo's code for each type, not for each closure.
        let part: Box<dyn Fn(&TaskSnapshot) -> T + Send + Sync> = Box::new(part);
        Memo::new(move |_| self.snapshot.with(&*part))
    }

    pub fn words(self, words: impl Fn(&TaskSnapshot) -> String + Send + Sync + 'static) -> Signal<String> {
        Signal::derive(move || self.snapshot.with(&words))
    }

    pub fn switch(self, switch: impl Fn(&TaskSnapshot) -> bool + Send + Sync + 'static) -> Signal<bool> {
        Signal::derive(move || self.snapshot.with(&switch))
    }

    /// Reads without following.
    pub fn now<T>(self, read: impl FnOnce(&TaskSnapshot) -> T) -> T {
        self.snapshot.with_untracked(read)
    }

    /// Applies a batch. The answer is that of the last event; whoever calls has sorted out gaps before.
    pub fn apply(self, events: &[Event]) -> Applied {
        let mut applied = Applied::Yes;
        let mut lines = Vec::new();
        let mut files = false;
        batch(|| {
            self.snapshot.update(|snapshot| {
                for event in events {
                    applied = snapshot.apply(event);
                    if applied != Applied::Yes {
                        continue;
                    }
                    files |= matches!(event.body, EventBody::File { .. });
                    if matches!(event.body, EventBody::Log { .. }) {
                        lines.extend(snapshot.log.back().filter(|line| line.seq == event.seq).cloned());
                    }
                }
            });
            if files {
                self.files.set(Arc::new(self.now(|snapshot| snapshot.files.clone())));
            }
            if !lines.is_empty() {
                self.log.append(lines);
            }
        });
        applied
    }
}

/// The lines that a page has. `changed` says that there is something to add to what is shown.
#[derive(Clone, Copy)]
pub struct LogView {
    pub lines: StoredValue<VecDeque<LogLine>>,
    /// Lines of the end that are not shown yet.
    pub fresh: StoredValue<usize>,
    pub changed: Trigger,
    /// How many lines the page has; the snapshot's `log_total` says how many there are.
    pub loaded: RwSignal<usize>,
    /// Whether the page follows the end: only then old lines may go.
    pub following: RwSignal<bool>,
    /// The lines that somebody has picked, first and last.
    pub picked: RwSignal<Option<(u64, u64)>>,
    /// How many comments there are on which lines.
    pub noted: RwSignal<BTreeMap<u64, usize>>,
}

impl LogView {
    fn new(snapshot: &TaskSnapshot) -> Self {
        Self {
            lines: StoredValue::new(snapshot.log.clone()),
            fresh: StoredValue::new(0),
            changed: Trigger::new(),
            loaded: RwSignal::new(snapshot.log.len()),
            following: RwSignal::new(true),
            picked: RwSignal::new(None),
            noted: RwSignal::new(BTreeMap::new()),
        }
    }

    /// The seq of the first line that the page has.
    pub fn first_seq(self) -> Option<u64> {
        self.lines.with_value(|lines| lines.front().map(|line| line.seq))
    }

    /// Puts older lines in front, without those that are there already. Returns them: showing them is the caller's.
    pub fn prepend(self, mut older: Vec<LogLine>) -> Vec<LogLine> {
        let before = self.first_seq().unwrap_or(u64::MAX);
        older.retain(|line| line.seq < before);
        self.lines.update_value(|lines| {
            for line in older.iter().rev() {
                lines.push_front(line.clone());
            }
        });
        self.count();
        older
    }

    /// Forgets the oldest lines beyond what a page keeps. Returns how many.
    pub fn trim(self) -> usize {
        if !self.following.get_untracked() {
            return 0;
        }
        let mut gone = 0;
        self.lines.update_value(|lines| {
            gone = lines.len().saturating_sub(KEPT_LINES);
            lines.drain(..gone);
        });
        if gone > 0 {
            self.count();
        }
        gone
    }

    fn append(self, lines: Vec<LogLine>) {
        self.fresh.update_value(|fresh| *fresh += lines.len());
        self.lines.update_value(|all| all.extend(lines));
        self.count();
        self.changed.notify();
    }

    fn count(self) {
        self.loaded.set(self.lines.with_value(VecDeque::len));
    }
}
