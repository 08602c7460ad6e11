//! Projects: from what somebody wants to files that build, start and pass their tests.
//!
//! `model` makes an entity model of words, text or an API description; `blueprint` makes files of it, without asking anybody anything;
//! `edits` merges what people changed with what is made anew; `verify` runs what came out; `ask` is what language models are asked for.
//! `fork` says what has to be made again. `task` lets twelve agents do it.

pub mod agents;
pub mod ask;
pub mod blueprint;
pub mod edits;
pub mod fork;
pub mod input;
pub mod model;
pub mod review;
mod task;
pub mod verify;
mod writing;

pub use task::Project;

/// What a project was made of, and what of it was seen to work.
const MANIFEST: &str = "MANIFEST.json";
