//! A generated file as the preview shows it: lines of highlighted spans.

use serde::{Deserialize, Serialize};

/// A run of characters of one class. `class` is one of the names in `style/code.css` or empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub class: String,
    pub text: String,
}

pub type FileLine = Vec<Span>;

/// What the preview shows of a file. `lines` is empty for binary files; `truncated` says that only the
/// beginning is here (the whole file is one download away).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileView {
    pub path: String,
    pub bytes: u64,
    pub sha256: String,
    pub lines: Vec<FileLine>,
    pub truncated: bool,
    pub binary: bool,
}
