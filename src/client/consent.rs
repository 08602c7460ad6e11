//! Whether a page may show notifications outside of itself.

/// The browser's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// This browser shows none.
    Unavailable,
    /// Not for a page that came unprotected.
    Insecure,
    Undecided,
    Given,
    Refused,
}
