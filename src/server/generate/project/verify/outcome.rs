//! What a verification says: gates with their receipts; or the gate that was not passed, as a value that somebody can mend by.

use serde::{Deserialize, Serialize};

use super::stacks::Expected;
use crate::{
    protocol::Problem,
    server::{
        generate::{StageError, Stop},
        run::Ended,
    },
};

/// What was run, and how it ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    pub command: String,
    pub exit_code: Option<i32>,
    pub seconds: f64,
    /// Whether it ran in a sandbox. Fetching packages does not: it needs the network, and runs no code of theirs.
    #[serde(default)]
    pub sandboxed: bool,
    /// For an earlier project with the same lock files; what it left was used again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub kept: bool,
}

/// A gate: what is expected, whether it was seen here, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    pub name: String,
    pub expectation: String,
    pub verified: bool,
    /// Why it was not verified here; or what was seen.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    pub receipts: Vec<Receipt>,
}

/// All gates: each was passed, or could not be tried here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub gates: Vec<Gate>,
    /// What the project's own code ran in: which sandbox, or why in none; for people.
    pub sandbox: String,
}

impl Report {
    /// None of the gates.
    pub fn nothing(why: &str) -> Self {
        Self { gates: Vec::new(), sandbox: why.to_owned() }
    }
}

/// A gate that was not passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub gate: String,
    pub expectation: String,
    /// What was run, as its file has it; empty when the gate only reads.
    pub command: String,
    /// Where the command stands, or what it is for: `README.md, line 12`.
    pub place: String,
    /// `ended with 1`, `was ended because it took too long`.
    pub how: String,
    pub exit_code: Option<i32>,
    /// The end of what it said, or what was found; at most [`MAX_TAIL_LINES`] lines.
    pub output: Vec<String>,
}

pub const MAX_TAIL_LINES: usize = 60;
/// Longer lines are cut.
const MAX_LINE_CHARS: usize = 500;

impl Failure {
    pub(super) fn new(gate: Expected, command: &str, place: &str, how: &str, output: &str) -> Self {
        let Expected(name, expectation) = gate;
        Self {
            gate: name.into(),
            expectation: expectation.into(),
            command: command.into(),
            place: place.into(),
            how: how.into(),
            exit_code: None,
            output: tail(output),
        }
    }

    /// One sentence.
    pub fn summary(&self) -> String {
        let command = one_line(&self.command);
        if command.is_empty() { format!("{}: {}", self.gate, self.how) } else { format!("{}: `{command}` {}", self.gate, self.how) }
    }

    pub fn problem(&self) -> Problem {
        let detail = format!("{} {} ({}). The log has the end of what it said.", self.expectation, self.summary(), self.place);
        Problem::new(500, "gate-failed", &format!("The gate “{}” was not passed", self.gate), detail)
    }
}

/// Why a verification ended early.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Broken {
    /// The project has a fault. It has been logged.
    #[error("{}", .0.summary())]
    Gate(Box<Failure>),
    /// Something else has.
    #[error(transparent)]
    Stage(#[from] StageError),
}

impl From<Stop> for Broken {
    fn from(stop: Stop) -> Self {
        Self::Stage(stop.into())
    }
}

impl From<Broken> for StageError {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Gate(failure) => Self::Fail(failure.problem()),
            Broken::Stage(error) => error,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of minutes")]
pub(super) fn receipt(text: &str, ended: &Ended, sandboxed: bool) -> Receipt {
    let seconds = ended.milliseconds as f64 / 1000.0;
    Receipt { command: text.to_owned(), exit_code: ended.exit_code, seconds, sandboxed, kept: false }
}

pub(super) fn how(ended: &Ended) -> String {
    match (ended.exit_code, &ended.stopped_for) {
        (_, Some(why)) => format!("was ended because {why}"),
        _ if ended.timed_out => "was ended because it took too long".into(),
        (Some(code), _) => format!("ended with {code}"),
        (None, _) => "was ended by a signal".into(),
    }
}

/// The end of what a program said, without empty lines.
pub(super) fn tail(output: &str) -> Vec<String> {
    let lines: Vec<&str> = output.lines().filter(|line| !line.trim().is_empty()).collect();
    let last = lines[lines.len().saturating_sub(MAX_TAIL_LINES)..].iter();
    last.map(|line| line.chars().take(MAX_LINE_CHARS).collect()).collect()
}

pub(super) fn one_line(text: &str) -> String {
    text.lines().collect::<Vec<_>>().join("; ")
}
