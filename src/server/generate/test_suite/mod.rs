//! OpenAPI description → runnable test suite: `description` → `model` → `cases` → `emit` → `archive`.
//!
//! Pure and deterministic: the same description gives the same bytes. [`suite`] is the whole way as functions;
//! [`task`] is the same way as the stages of a task that people watch.

pub mod cases;
pub mod description;
pub mod emit;
pub mod json;
pub mod model;
pub mod number;
pub mod resource;
pub mod schema;
pub mod suite;
mod task;
#[cfg(test)]
mod task_tests;

pub use suite::{Suite, generate};
pub use task::TestSuite;
