//! What a page shows of a task that it watches, as signals: one batch of events is one notification.
//!
//! The snapshot is the fold; log lines and files are kept beside it, because they grow and a page must not
//! redraw what it has: lines come in chunks that are closed once full, files notify only when a file came.

use std::sync::Arc;

use leptos::prelude::*;

use super::reconnect::{Input, Link};
use crate::protocol::{Applied, Event, EventBody, FileEntry, LogLine, TaskSnapshot, Timestamp};

/// Lines per chunk; the browser skips the layout of chunks that are out of sight.
const CHUNK_LINES: usize = 100;
/// Lines that a page keeps while it follows the end of the log; older ones can be loaded again.
const KEPT_LINES: usize = 5_000;

/// The state of the line to the server, in the server's time.
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
            files: RwSignal::new(Arc::new(snapshot.files.clone())),
            log: LogView::new(&snapshot),
            connection: RwSignal::new(Connection { link, heard_at: None, due_at: None }),
            snapshot: RwSignal::new(snapshot),
            tell,
        }
    }

    /// A part of the snapshot that notifies only when it changes.
    pub fn part<T: PartialEq + Send + Sync + 'static>(self, part: impl Fn(&TaskSnapshot) -> T + Send + Sync + 'static) -> Memo<T> {
        Memo::new(move |_| self.snapshot.with(&part))
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
                self.files.set(Arc::new(self.snapshot.with_untracked(|snapshot| snapshot.files.clone())));
            }
            if !lines.is_empty() {
                self.log.append(lines);
            }
        });
        applied
    }
}

/// A stretch of the log. Its id is its first line's seq.
#[derive(Clone)]
pub struct Chunk {
    pub id: u64,
    pub lines: ArcRwSignal<Vec<LogLine>>,
}

#[derive(Clone, Copy)]
pub struct LogView {
    pub chunks: RwSignal<Vec<Chunk>>,
    /// Lines shown; the snapshot's `log_total` says how many there are.
    pub loaded: RwSignal<usize>,
    /// Whether the page follows the end: only then old lines may go.
    pub following: RwSignal<bool>,
}

impl LogView {
    fn new(snapshot: &TaskSnapshot) -> Self {
        let lines: Vec<LogLine> = snapshot.log.iter().cloned().collect();
        Self { loaded: RwSignal::new(lines.len()), chunks: RwSignal::new(chunked(lines)), following: RwSignal::new(true) }
    }

    /// The seq of the first line shown.
    pub fn first_seq(self) -> Option<u64> {
        self.chunks.with(|chunks| chunks.first().map(|chunk| chunk.id))
    }

    /// Puts older lines, which end right before the first one shown, on top.
    pub fn prepend(self, lines: Vec<LogLine>) {
        let before = self.chunks.with_untracked(|chunks| chunks.first().map_or(u64::MAX, |chunk| chunk.id));
        let lines: Vec<LogLine> = lines.into_iter().filter(|line| line.seq < before).collect();
        self.loaded.update(|count| *count += lines.len());
        self.chunks.update(|chunks| {
            chunks.splice(0..0, chunked(lines));
        });
    }

    fn append(self, lines: Vec<LogLine>) {
        self.loaded.update(|count| *count += lines.len());
        let open = self.chunks.with_untracked(|chunks| chunks.last().cloned());
        let mut rest = lines.into_iter();
        if let Some(chunk) = open {
            let room = CHUNK_LINES.saturating_sub(chunk.lines.with_untracked(Vec::len));
            let fitting: Vec<LogLine> = rest.by_ref().take(room).collect();
            if !fitting.is_empty() {
                chunk.lines.update(|lines| lines.extend(fitting));
            }
        }
        let rest: Vec<LogLine> = rest.collect();
        if !rest.is_empty() {
            self.chunks.update(|chunks| chunks.extend(chunked(rest)));
        }
        self.trim();
    }

    fn trim(self) {
        if !self.following.get_untracked() || self.loaded.get_untracked() <= KEPT_LINES + CHUNK_LINES {
            return;
        }
        self.chunks.update(|chunks| {
            let mut loaded = self.loaded.get_untracked();
            let mut gone = 0;
            for chunk in chunks.iter() {
                if loaded <= KEPT_LINES {
                    break;
                }
                loaded -= chunk.lines.with_untracked(Vec::len);
                gone += 1;
            }
            chunks.drain(..gone);
            self.loaded.set(loaded);
        });
    }
}

fn chunked(lines: Vec<LogLine>) -> Vec<Chunk> {
    let mut chunks = Vec::with_capacity(lines.len() / CHUNK_LINES + 1);
    let mut lines = lines.into_iter().peekable();
    while let Some(first) = lines.peek() {
        let id = first.seq;
        chunks.push(Chunk { id, lines: ArcRwSignal::new(lines.by_ref().take(CHUNK_LINES).collect()) });
    }
    chunks
}
