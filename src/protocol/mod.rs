//! What server and clients say to each other: pure data and pure functions, shared by both targets.
//!
//! Reading order: [`event`] (one entry of a task's log), [`fold`] (the only reducer: log → snapshot),
//! [`frame`] (what travels over a live connection), then the small types around them.
//! Nothing in here does I/O, reads a clock or imports from the rest of the crate.

#[macro_use]
mod words;

pub mod account;
pub mod artifact;
pub mod diff;
pub mod edit;
pub mod event;
pub mod fold;
pub mod frame;
pub mod id;
pub mod input;
pub mod list;
pub mod problem;
pub mod project;
pub mod prompt;
pub mod room;
pub mod time;
pub mod webhook;

pub use artifact::{FileLine, FileView, Span};
pub use event::{AgentState, CancelPhase, Created, Event, EventBody, Kind, Level, StagePlan, Status};
pub use fold::{Applied, FileEntry, LogLine, StageSnapshot, StageState, TaskSnapshot};
pub use frame::{ClientFrame, CloseCode, Frame};
pub use id::{AccountId, TaskId};
pub use input::{Inspected, TaskInput, TestSuiteInput};
pub use list::{TaskFilter, TaskPage, TaskSummary};
pub use problem::{FieldError, Problem};
pub use prompt::{PromptInput, PromptResult};
pub use time::Timestamp;

#[cfg(test)]
mod tests;
