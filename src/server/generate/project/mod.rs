//! Projects: from what somebody wants to files that build, start and pass their tests.
//!
//! `model` makes an entity model of words, text or an API description; `blueprint` makes files of it, without asking anybody anything;
//! `verify` runs what came out; `ask` is what language models are asked for. `task` lets twelve agents do it.

pub mod agents;
pub mod ask;
pub mod blueprint;
pub mod input;
pub mod model;
pub mod review;
mod task;
pub mod verify;

pub use task::Project;
