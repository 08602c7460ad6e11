//! The way in and out.

pub mod security;
