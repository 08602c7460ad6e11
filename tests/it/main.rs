//! Everything that is tested through a public door, in one binary: one link instead of many.
//!
//! - `store`: the conformance suite of [`livegen::server::store::Store`], run for every database

mod store;
