//! Projects: from what somebody wants to files that build.
//!
//! `blueprint` makes files of a model, without asking anybody anything.

pub mod blueprint;
