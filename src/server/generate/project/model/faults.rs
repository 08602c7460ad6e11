//! What is wrong with a model: every error names its entity and field, in words and as a pointer into the JSON.

use std::fmt::Write as _;

use crate::protocol::{FieldError, Problem};

/// More than this is noise: people mend the first ones and try again.
const MAX_FAULTS: usize = 50;
/// Of somebody else's words, in a message.
const MAX_SHOWN: usize = 60;

/// Errors as they are found, up to a bound.
#[derive(Debug, Default)]
pub struct Faults(Vec<FieldError>);

impl Faults {
    pub fn add(&mut self, place: &Place, message: impl Into<String>) {
        if !self.is_full() {
            self.0.push(FieldError {
                field: place.field.clone(),
                message: message.into(),
                pointer: Some(place.pointer.clone()),
                ..FieldError::default()
            });
        }
    }

    pub fn is_full(&self) -> bool {
        self.0.len() >= MAX_FAULTS
    }

    pub fn into_result(self) -> Result<(), Vec<FieldError>> {
        if self.0.is_empty() { Ok(()) } else { Err(self.0) }
    }
}

/// A place in a model: `entities.Book.fields.title` for people, `/entities/0/fields/2` for programs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    field: String,
    pointer: String,
}

impl Place {
    /// A property.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        let dot = if self.field.is_empty() { "" } else { "." };
        Self { field: format!("{}{dot}{key}", self.field), pointer: format!("{}/{key}", self.pointer) }
    }

    /// An element of a list, called by its name where that is a name.
    #[must_use]
    pub fn item(&self, index: usize, name: &str) -> Self {
        let is_name = !name.is_empty() && name.len() <= MAX_SHOWN && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let field = if is_name { format!("{}.{name}", self.field) } else { format!("{}[{index}]", self.field) };
        Self { field, pointer: format!("{}/{index}", self.pointer) }
    }
}

/// Somebody else's words, fit for a message.
pub fn shown(text: &str) -> String {
    crate::server::generate::test_suite::description::one_line(text, MAX_SHOWN)
}

/// All errors as the one problem that every client understands.
pub fn problem(errors: Vec<FieldError>) -> Problem {
    let mut detail = errors.first().map_or_else(
        || "The model cannot be used.".to_owned(),
        |first| match (first.line, first.field.is_empty()) {
            (Some(line), _) => format!("Line {line}, column {}: {}", first.column.unwrap_or(1), first.message),
            (None, false) => format!("{}: {}", first.field, first.message),
            (None, true) => first.message.clone(),
        },
    );
    match errors.len() {
        0 | 1 => {}
        2 => detail.push_str(" One more place needs mending."),
        count => {
            let _ = write!(detail, " {} more places need mending.", count - 1);
        }
    }
    let mut problem = Problem::new(422, "invalid-model", "The model cannot be used", detail);
    problem.errors = errors;
    problem
}
