//! The model of a project: whether it makes sense, and the ways to one.
//!
//! [`validate`] has the rules that every blueprint relies on. A model comes as JSON, as text ([`text`], with JHipster's words), out of
//! an OpenAPI description ([`openapi`]) or of a brief in plain words ([`brief`]); whichever way, it keeps the rules. [`sample`] makes
//! models for tests and measurements. All of it is pure.

pub mod brief;
pub mod check;
mod faults;
pub mod json;
pub mod names;
pub mod openapi;
pub mod pattern;
mod reserved;
pub mod sample;
mod settle;
pub mod text;

pub use check::validate;
pub use faults::problem;

use crate::protocol::project::ProjectModel;

/// A model that nobody wrote by hand: sound, to be shown for editing before anything is made of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drafted {
    pub model: ProjectModel,
    /// What was assumed, and what could not be carried over.
    pub notes: Vec<String>,
}
