//! Projects: entity model and choices → the files of a project that builds.

pub mod blueprint;
pub mod model;
