//! The `livegen` binary.

fn main() {}
