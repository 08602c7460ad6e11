//! How what somebody says becomes an entry of the log: cleaned, bounded, numbered and serialised once.
//!
//! Guarantees: the JSON is at most [`MAX_EVENT_BYTES`] and is what every client gets. Log lines and previews are
//! cut with a mark; anything else that is too large is an error, because half of it would be wrong.

use std::borrow::Cow;

use super::{Lease, Result, StoreError};
use crate::protocol::{
    Created, Event, EventBody, Status, TaskId, Timestamp,
    event::{MAX_EVENT_BYTES, MAX_PREVIEW_BYTES, StatusUpdate},
};
use crate::server::inert::{clean_text, cut_text};

/// A log line longer than this is cut. Escaped as JSON it is at most twice as long, so it always fits.
const MAX_LOG_BYTES: usize = 16 * 1024;
/// What lists show of a message; the log has all of it.
const MAX_SUMMARY_BYTES: usize = 1024;

/// An event and its one serialisation.
#[derive(Debug)]
pub struct Entry {
    pub event: Event,
    pub json: String,
}

impl Entry {
    /// # Errors
    /// `Limit` when it is too large, `Refused` for a body of unknown type.
    pub fn new(task_id: TaskId, seq: u64, at: Timestamp, body: EventBody) -> Result<Self> {
        let event = Event { task_id, seq, timestamp: at, body: cleaned(body)? };
        let json = serde_json::to_string(&event).map_err(|error| StoreError::Damaged(error.to_string()))?;
        if json.len() > MAX_EVENT_BYTES {
            return Err(StoreError::Limit { what: "bytes of one event" });
        }
        Ok(Self { event, json })
    }

    /// The message that a list shows for the task from now on; only status updates and completions change it.
    pub fn summary_message(&self) -> Option<String> {
        match &self.event.body {
            EventBody::StatusUpdate(StatusUpdate { message, .. }) | EventBody::Completion { message, .. } => {
                Some(cut_text(message, MAX_SUMMARY_BYTES).into_owned())
            }
            _ => None,
        }
    }
}

/// What a worker wants to say, with what the store knows better: its status and attempt, and a progress that
/// neither falls nor claims the end.
///
/// # Errors
/// `Refused` for completions: they belong to `finish`.
pub fn by_worker(lease: Lease, progress: u8, body: EventBody) -> Result<EventBody> {
    match body {
        EventBody::StatusUpdate(update) => Ok(EventBody::StatusUpdate(StatusUpdate {
            status: Status::Running,
            attempt: lease.attempt,
            progress: update.progress.min(99).max(progress),
            stage_progress: update.stage_progress.map(|percent| percent.min(100)),
            run_at: None,
            created: None,
            ..update
        })),
        EventBody::Completion { .. } => Err(StoreError::Refused { what: "a completion outside of finish" }),
        body => Ok(body),
    }
}

fn cleaned(body: EventBody) -> Result<EventBody> {
    Ok(match body {
        EventBody::StatusUpdate(mut update) => {
            update.message = clean(update.message);
            update.created = update.created.map(clean_created);
            EventBody::StatusUpdate(update)
        }
        EventBody::AgentUpdate { agent, state, duration_ms, progress, message } => {
            EventBody::AgentUpdate { agent: clean(agent), state, duration_ms, progress, message: clean(message) }
        }
        EventBody::Log { level, message, stage } => {
            EventBody::Log { level, message: cut_text(&clean(message), MAX_LOG_BYTES).into_owned(), stage }
        }
        EventBody::File { path, bytes, sha256, preview } => {
            let preview = preview.map(|text| cut_text(&clean(text), MAX_PREVIEW_BYTES).into_owned());
            EventBody::File { path, bytes, sha256, preview }
        }
        EventBody::Completion { status, message, result, error } => {
            EventBody::Completion { status, message: cut_text(&clean(message), MAX_LOG_BYTES).into_owned(), result, error }
        }
        EventBody::Unknown => return Err(StoreError::Refused { what: "an event of unknown type" }),
    })
}

/// Titles are shown in lists and terminals: no control characters, and one line each.
pub fn clean_created(mut created: Created) -> Created {
    created.title = clean(created.title).replace(['\n', '\t'], " ");
    created.source = clean(created.source).replace(['\n', '\t'], " ");
    created
}

fn clean(text: String) -> String {
    match clean_text(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(clean) => clean,
    }
}

/// A path inside the result: relative, normal, printable.
///
/// # Errors
/// `Refused`.
pub fn check_path(path: &str) -> Result<()> {
    let normal = path.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
    if path.len() > 1024 || !normal || path.contains('\\') || clean_text(path) != path || path.contains(['\n', '\t']) {
        return Err(StoreError::Refused { what: "a file path that is not relative, normal and printable" });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Level;
    use proptest::prelude::*;

    fn entry(body: EventBody) -> Result<Entry> {
        Entry::new(TaskId::from_parts(Timestamp::default(), &[1; 10]), 7, Timestamp::from_micros(5), body)
    }

    #[test]
    fn long_lines_and_previews_are_cut_and_the_rest_is_refused() {
        let long = "xy\u{1B}".repeat(200_000);
        let line = entry(EventBody::Log { level: Level::Info, message: long.clone(), stage: None }).unwrap();
        let EventBody::Log { message, .. } = &line.event.body else { panic!() };
        assert!(message.contains("bytes cut") && message.len() <= MAX_LOG_BYTES && !message.contains('\u{1B}'));

        let file = entry(EventBody::File { path: "a".into(), bytes: 1, sha256: String::new(), preview: Some(long.clone()) }).unwrap();
        let EventBody::File { preview: Some(preview), .. } = &file.event.body else { panic!() };
        assert!(preview.len() <= MAX_PREVIEW_BYTES && preview.contains("bytes cut"));

        let update = StatusUpdate::new(Status::Running, long);
        assert!(matches!(entry(EventBody::StatusUpdate(update)), Err(StoreError::Limit { .. })));
        assert!(matches!(entry(EventBody::Unknown), Err(StoreError::Refused { .. })));
    }

    #[test]
    fn paths_stay_inside() {
        for good in ["a", "tests/test_pets.py", "a b/ü.txt", ".gitignore", "..."] {
            assert!(check_path(good).is_ok(), "{good}");
        }
        for bad in ["", "/etc/passwd", "a//b", "a/", "..", "a/../b", "./a", "a\\b", "a\0b", "a\nb", "a\u{202E}b", &"a".repeat(1025)] {
            assert!(check_path(bad).is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn any_log_line_fits_and_is_one_line_of_json(message in any::<String>(), repeat in 1_usize..2000) {
            let entry = entry(EventBody::Log { level: Level::Error, message: message.repeat(repeat), stage: None }).unwrap();
            prop_assert!(entry.json.len() <= MAX_EVENT_BYTES);
            prop_assert!(!entry.json.contains('\n'));
            prop_assert_eq!(serde_json::from_str::<Event>(&entry.json).unwrap(), entry.event);
        }
    }
}
