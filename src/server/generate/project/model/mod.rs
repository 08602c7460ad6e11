//! The model of a project: whether it makes sense, and the ways to one.
//!
//! [`validate`] has the rules that every blueprint relies on. A model comes as JSON, as text ([`text`], with JHipster's words), out of
//! an OpenAPI description ([`openapi`]) or of a brief in plain words ([`brief`]); whichever way, it keeps the rules. [`sample`] makes
//! models for tests and measurements. All of it is pure.

pub mod check;
mod faults;
pub mod names;
pub mod pattern;
mod reserved;
pub mod sample;
pub mod text;

pub use check::validate;
pub use faults::problem;
