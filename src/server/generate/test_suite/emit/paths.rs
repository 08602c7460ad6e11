//! File names out of texts that strangers wrote: ASCII words, never a path, never a reserved name, never twice.

use crate::server::generate::test_suite::cases::{Unique, snake};

/// Device names that Windows gives to no file, whatever the extension.
const RESERVED: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2", "lpt3", "lpt4",
    "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// Names that are given out once.
#[derive(Debug, Default)]
pub struct Names {
    names: Unique,
}

impl Names {
    /// A snake-case stem for a file. `fallback` serves texts without any ASCII letter or digit.
    pub fn stem(&mut self, text: &str, fallback: &str) -> String {
        let has_words = text.chars().any(|c| c.is_ascii_alphanumeric());
        let stem = if has_words { snake(text) } else { fallback.to_owned() };
        let stem = if RESERVED.contains(&stem.as_str()) { format!("{stem}_") } else { stem };
        self.names.name(stem)
    }
}

/// The suite's own folder: `museum-api-tests`.
pub fn folder(title: &str) -> String {
    let stem = Names::default().stem(title, "api").replace('_', "-");
    let stem = stem.trim_matches('-');
    format!("{}-tests", if stem.is_empty() { "api" } else { stem })
}
