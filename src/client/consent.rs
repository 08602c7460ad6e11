//! Whether a page may show notifications outside of itself.

/// The browser's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// This browser shows none, or not for a page that came unprotected.
    Unavailable,
    Undecided,
    Given,
    Refused,
}
