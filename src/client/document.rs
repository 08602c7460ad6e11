//! A file that somebody handed to the page.

use crate::protocol::{Problem, input::MAX_DESCRIPTION_BYTES};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    pub name: String,
    pub text: String,
}

/// Refuses what the server would refuse, before it is read.
///
/// # Errors
/// A problem of the field `file`.
pub fn check_size(name: &str, bytes: f64) -> Result<(), Problem> {
    const MIB: usize = 1024 * 1024;
    // File sizes are below 2^53.
    #[allow(clippy::cast_precision_loss)]
    let limit = MAX_DESCRIPTION_BYTES as f64;
    if bytes > limit {
        return Err(Problem::invalid("file", format!("{name} is larger than {} MiB.", MAX_DESCRIPTION_BYTES / MIB)));
    }
    if bytes == 0.0 {
        return Err(Problem::invalid("file", format!("{name} is empty.")));
    }
    Ok(())
}
