//! What the store itself says in a task's log, the same in every database.
//!
//! Pure functions from what happened to an [`EventBody`]; sequence numbers and SQL are elsewhere.

use serde_json::Value;

use crate::protocol::{CancelPhase, Created, EventBody, Kind, Problem, Status, Timestamp, event::StatusUpdate};
use crate::server::inert::{clean_text, cut_text};

/// Bounds of a problem inside a completion, so that failing is never refused for its size.
const MAX_DETAIL_BYTES: usize = 4 * 1024;
const MAX_FIELD_ERRORS: usize = 20;
const MAX_FIELD_BYTES: usize = 256;

/// Event 1.
pub fn queued(created: Created) -> EventBody {
    let mut update = StatusUpdate::new(Status::Queued, waiting(created.kind));
    update.created = Some(created);
    EventBody::StatusUpdate(update)
}

/// The words of the founding documents, where they have some.
const fn waiting(kind: Kind) -> &'static str {
    match kind {
        Kind::TestSuite | Kind::Project => "Waiting for a free worker",
        Kind::Prompt => "Task queued, waiting to start...",
    }
}

/// A stage whose output came along from an earlier task.
pub fn carried(stage: &str, progress: u8) -> EventBody {
    let update = StatusUpdate::new(Status::Queued, "Carried over from the earlier run");
    EventBody::StatusUpdate(StatusUpdate { stage: Some(stage.into()), stage_progress: Some(100), progress, ..update })
}

/// After what was carried over: what remains to be done waits.
pub fn waits(kind: Kind, progress: u8) -> EventBody {
    EventBody::StatusUpdate(StatusUpdate { progress, ..StatusUpdate::new(Status::Queued, waiting(kind)) })
}

/// A worker took the task. `after_stage` is the label of the last finished stage, if an earlier attempt finished one.
pub fn started(attempt: u32, progress: u8, after_stage: Option<&str>) -> EventBody {
    let message = match (attempt, after_stage) {
        (..=1, None) => "Started".into(),
        (_, None) => format!("Attempt {attempt} started"),
        (_, Some(label)) => format!("Attempt {attempt} started, continuing after stage {label}"),
    };
    EventBody::StatusUpdate(StatusUpdate { attempt, progress, ..StatusUpdate::new(Status::Running, message) })
}

/// Back to the queue: by a failure that is worth another attempt, by a stopping server, by rescue.
pub fn requeued(attempt: u32, progress: u8, run_at: Timestamp, message: &str) -> EventBody {
    EventBody::StatusUpdate(StatusUpdate { attempt, progress, run_at: Some(run_at), ..StatusUpdate::new(Status::Queued, message) })
}

pub fn cancel_requested(attempt: u32, progress: u8) -> EventBody {
    let update = StatusUpdate::new(Status::Running, "Cancelling: the worker was asked to stop");
    EventBody::StatusUpdate(StatusUpdate { attempt, progress, cancel: Some(CancelPhase::Requested), ..update })
}

pub fn completed(message: &str, result: Value) -> EventBody {
    EventBody::Completion { status: Status::Completed, message: message.into(), result: Some(result), error: None }
}

pub fn failed(problem: Problem) -> EventBody {
    let problem = bounded(problem);
    let message = if problem.detail.is_empty() { problem.title.clone() } else { problem.detail.clone() };
    EventBody::Completion { status: Status::Failed, message, result: None, error: Some(problem) }
}

pub fn cancelled(message: &str) -> EventBody {
    EventBody::Completion { status: Status::Cancelled, message: message.into(), result: None, error: None }
}

pub const CANCELLED_BEFORE_START: &str = "Cancelled before it started";
/// The attempt ended (error, stopping server, dead worker) after somebody had asked to cancel.
pub const CANCELLED_INSTEAD: &str = "Cancelled";

/// Why rescue put a task back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Its lease ran out.
    LeaseExpired,
    /// The server that ran it is gone; the new one found it.
    Restarted,
}

impl Loss {
    pub const fn message(self) -> &'static str {
        match self {
            Self::LeaseExpired => "The worker stopped answering; the task goes on with another one",
            Self::Restarted => "The server was restarted; the task goes on where it was",
        }
    }
}

/// `failures` attempts ended badly, and that is enough.
pub fn worker_died(failures: u32) -> Problem {
    let times = if failures == 1 { "once".into() } else { format!("{failures} times") };
    let detail =
        format!("The task was tried {times}, and each time it ended with an error or with the death of its worker. It is not tried again.");
    Problem::new(500, "worker-died", "The worker died", detail)
}

fn bounded(mut problem: Problem) -> Problem {
    let bound = |text: &mut String, max| *text = cut_text(&clean_text(text), max).into_owned();
    bound(&mut problem.kind, MAX_FIELD_BYTES);
    bound(&mut problem.title, MAX_FIELD_BYTES);
    bound(&mut problem.detail, MAX_DETAIL_BYTES);
    problem.errors.truncate(MAX_FIELD_ERRORS);
    for error in &mut problem.errors {
        bound(&mut error.field, MAX_FIELD_BYTES);
        bound(&mut error.message, MAX_FIELD_BYTES);
        if let Some(pointer) = &mut error.pointer {
            bound(pointer, MAX_FIELD_BYTES);
        }
    }
    problem
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Event, FieldError, TaskId, event::MAX_EVENT_BYTES};

    #[test]
    fn starts_read_well() {
        for (attempt, stage, expect) in [
            (1, None, "Started"),
            (2, None, "Attempt 2 started"),
            (2, Some("Parsing"), "Attempt 2 started, continuing after stage Parsing"),
            (7, Some("Zipping"), "Attempt 7 started, continuing after stage Zipping"),
        ] {
            let EventBody::StatusUpdate(update) = started(attempt, 10, stage) else { panic!() };
            assert_eq!((update.message.as_str(), update.attempt, update.status), (expect, attempt, Status::Running));
        }
    }

    #[test]
    fn the_worst_problem_fits_into_an_event() {
        let worst = "\u{1B}\"\\\n\t".repeat(100_000);
        let error = FieldError {
            field: worst.clone(),
            message: worst.clone(),
            pointer: Some(worst.clone()),
            line: Some(u64::MAX),
            column: Some(1),
        };
        let mut problem = Problem::new(500, &worst, &worst, worst.clone());
        problem.errors = vec![error; 1000];
        let task_id = TaskId::from_parts(Timestamp::default(), &[0; 10]);
        let event = Event { task_id, seq: u64::MAX, timestamp: Timestamp::default(), body: failed(problem) };
        let json = serde_json::to_string(&event).unwrap();
        assert!(json.len() <= MAX_EVENT_BYTES, "{}", json.len());
        assert!(!json.contains("\\u001b"));
    }

    #[test]
    fn a_dead_worker_is_told_with_its_number_of_tries() {
        assert!(worker_died(3).detail.contains("3 times"));
        assert_eq!(worker_died(1).slug(), "worker-died");
    }
}
