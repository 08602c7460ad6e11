//! Signing in: accounts with e-mail and password, bearer tokens that expire.

pub mod access;
pub mod guesses;
pub mod passwords;
pub mod routes;
