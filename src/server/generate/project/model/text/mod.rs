//! A model as text, with the words of JHipster's language for entities; one's own spellings and JHipster's are both read.
//!
//! ```text
//! project "Town library"
//! /** Something to read. */
//! entity Book {
//!   title string required maxlength(200)
//!   isbn string required unique pattern(/^[0-9]{13}$/)
//!   genre Genre
//! }
//! enum Genre { novel, poetry }
//! relationship OneToMany { Author{books} to Book{author required} }
//! paginate Book no
//! ```
//!
//! Printing a sound model and reading it again gives the same model. What JHipster's files have beyond a model (applications,
//! annotations, options of its generators) is passed over with a note. One to one is refused.

mod fields;
mod options;
mod parser;
mod print;
mod relations;
mod statements;
mod tokens;
mod types;

#[cfg(test)]
mod tests;

use super::{Drafted, faults};
use crate::protocol::project::ProjectModel;
use crate::protocol::{FieldError, Problem};

pub use print::print;
use print::quoted;

/// Larger than a hundred entities of sixty fields with all validations.
pub const MAX_BYTES: usize = 1024 * 1024;

/// Reads a model that keeps the rules.
///
/// # Errors
/// One problem with all errors found, each with its line and column.
pub fn parse(text: &str) -> Result<ProjectModel, Problem> {
    read(text).map(|read| read.model)
}

/// The text, calling the project so where it says nothing about that. At the end, so that every line keeps its number.
pub fn named(text: String, name: &str) -> String {
    let is_unnamed = parser::parse(&text).is_ok_and(|parsed| parsed.model.name == parser::UNNAMED);
    if is_unnamed { format!("{}\nproject {}\n", text.trim_end(), quoted(name)) } else { text }
}

/// [`parse`], with what was passed over.
///
/// # Errors
/// As [`parse`] has them.
pub fn read(text: &str) -> Result<Drafted, Problem> {
    if text.len() > MAX_BYTES {
        let message = format!("The text has more than {} KiB.", MAX_BYTES / 1024);
        return Err(faults::problem(vec![FieldError { field: "text".into(), message, ..FieldError::default() }]));
    }
    let parsed = parser::parse(text).map_err(faults::problem)?;
    super::validate(&parsed.model).map_err(|mut errors| {
        for error in &mut errors {
            let at = parsed.position(error.pointer.as_deref().unwrap_or_default());
            error.line = Some(at.line);
            error.column = Some(at.column);
        }
        faults::problem(errors)
    })?;
    Ok(Drafted { model: parsed.model, notes: parsed.notes })
}
