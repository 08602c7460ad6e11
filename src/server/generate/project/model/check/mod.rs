//! Whether a model makes sense: the rules that every blueprint relies on. All errors at once, each with what to do about it.
//!
//! What is not looked at: whether the model is what somebody wanted.

mod entities;
mod fields;
mod relations;
mod texts;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::faults::{Faults, Place};
use crate::protocol::FieldError;
use crate::protocol::project::ProjectModel;

pub use entities::is_snake;
pub use fields::{MAX_BYTES, MAX_STRING, MAX_TEXT, is_decimal, length_bounds};
pub use texts::{MAX_DESCRIPTION, MAX_PROJECT_NAME};

pub const MAX_ENTITIES: usize = 100;
pub const MAX_FIELDS: usize = 60;
pub const MAX_ENUMS: usize = 50;
pub const MAX_VALUES: usize = 50;
pub const MAX_RELATIONS: usize = 200;
/// Of an entity, a field, a value.
pub const MAX_NAME: usize = 40;

/// Looks at everything.
///
/// # Errors
/// What is wrong, in the order of the model; the first fifty of it.
pub fn validate(model: &ProjectModel) -> Result<(), Vec<FieldError>> {
    let mut faults = Faults::default();
    let root = Place::default();
    texts::project(model, &mut faults);
    let counts = [
        ("entities", model.entities.len(), MAX_ENTITIES),
        ("enums", model.enums.len(), MAX_ENUMS),
        ("relations", model.relations.len(), MAX_RELATIONS),
    ];
    for (key, count, most) in counts {
        if count > most {
            faults.add(&root.key(key), format!("There are {count} {key}; {most} are possible."));
        }
    }
    if model.entities.is_empty() {
        faults.add(&root.key("entities"), "There is no entity: name at least one kind of thing that the project keeps.");
    }
    entities::check(model, &mut faults);
    fields::check(model, &mut faults);
    relations::check(model, &mut faults);
    faults.into_result()
}

/// Names that are taken, and by what.
#[derive(Default)]
struct Taken(BTreeMap<String, String>);

impl Taken {
    /// Takes a name; what has it already, if something has.
    fn take(&mut self, name: &str, by: &str) -> Result<(), String> {
        if let Some(other) = self.0.get(name) {
            return Err(other.clone());
        }
        self.0.insert(name.to_owned(), by.to_owned());
        Ok(())
    }

    fn get(&self, name: &str) -> Option<&String> {
        self.0.get(name)
    }
}
