//! What is wrong with a description, and where: the difference between a user who can help themselves and one who cannot.

use std::fmt::Write as _;

use crate::protocol::{FieldError, Problem};

/// More than this is noise: people mend the first ones and try again.
const MAX_REPORTED: usize = 20;

/// One thing that is wrong. Structural faults carry a pointer, syntax faults a line and column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fault {
    pub message: String,
    pub pointer: Option<String>,
    pub line: Option<u64>,
    pub column: Option<u64>,
}

impl Fault {
    /// A fault of the document as a whole.
    pub fn document(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }

    pub fn at(pointer: String, message: impl Into<String>) -> Self {
        Self { message: message.into(), pointer: Some(pointer), ..Self::default() }
    }
}

/// Something that lets the suite check less than it could. Goes to the task's log and the suite's README.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub pointer: String,
    pub message: String,
}

/// All faults as the one problem that every client understands.
pub fn problem(faults: Vec<Fault>) -> Problem {
    let more = faults.len().saturating_sub(MAX_REPORTED);
    let mut detail = match faults.first() {
        Some(first) => sentence(first),
        None => "The description cannot be used.".to_owned(),
    };
    match faults.len() {
        0 | 1 => {}
        2 => detail.push_str(" One more place needs mending."),
        count => {
            let _ = write!(detail, " {} more places need mending{}.", count - 1, if more > 0 { "; the first 20 are listed" } else { "" });
        }
    }
    let mut problem = Problem::new(422, "invalid-description", "The description cannot be used", detail);
    for fault in faults.into_iter().take(MAX_REPORTED) {
        problem = problem.with_error(FieldError {
            field: "description".into(),
            message: fault.message,
            pointer: fault.pointer,
            line: fault.line,
            column: fault.column,
        });
    }
    problem
}

fn sentence(fault: &Fault) -> String {
    let mut text = String::new();
    if let Some(line) = fault.line {
        let _ = write!(text, "Line {line}, column {}: ", fault.column.unwrap_or(1));
    } else if let Some(pointer) = &fault.pointer {
        let _ = write!(text, "At {}: ", if pointer.is_empty() { "the root" } else { pointer });
    }
    let mut message = fault.message.chars();
    if let Some(first) = message.next() {
        if text.is_empty() {
            text.extend(first.to_uppercase());
        } else {
            text.push(first);
        }
    }
    text.push_str(message.as_str());
    text.push('.');
    text
}
