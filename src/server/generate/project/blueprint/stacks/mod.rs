//! The stacks: for each, what is its own — trees of templates, what options switch off, spellings, and what its templates see.
//!
//! A stack is a folder of `blueprints/` with its templates and a module in here that implements [`Blueprint`]. To add one:
//!
//! 1. its word and label in `protocol/project.rs`;
//! 2. `blueprints/<stack>/…`: files as they will lie in the project, rendered by minijinja. Paths are rendered too: `{{entity.module}}`
//!    in one means a file for each entity. `trees::ANY` (licence) and `trees::web` (the front end) are shared;
//! 3. `stacks/<stack>/mod.rs` with a [`Blueprint`], and its line in [`of`];
//! 4. how it is started and migrated: `verify/`.
//!
//! What every template sees, whatever the stack, is in `view.rs`, and `render.rs` has the filters that all share. All that is said here
//! of entities, fields and filters stands beside what `view.rs` says of them, in the same scope.

mod axum;
mod fastapi;
mod hono;

use std::cmp::Ordering;

use minijinja::Environment;
use serde_json::{Map, Value};

use super::shape::{EntityShape, Shape};
use super::trees::Tree;
use super::{BlueprintError, names};
use crate::protocol::project::{Field, ProjectModel, ProjectOptions, Stack};

/// What templates see of something beside what they see of it in every stack.
pub type Words = Map<String, Value>;

/// What is one stack's own. Everything has to be a pure function of its arguments.
pub trait Blueprint: Sync {
    /// Where its files come from.
    fn trees(&self) -> &'static [Tree];

    /// Whether a file of the trees is wanted, by its path in the project before names are filled in. What all stacks have in the same
    /// place is decided by then (`is_wanted` of the engine).
    fn is_wanted(&self, path: &str, model: &ProjectModel, options: &ProjectOptions) -> bool;

    /// Names of entities that its own code has taken, beyond those that no model may have (`model/reserved.rs`).
    fn own_entities(&self, options: &ProjectOptions) -> &'static [&'static str];

    /// The same for enumerations.
    fn own_enums(&self) -> &'static [&'static str] {
        &[]
    }

    /// The same for fields and the ends of relations.
    fn own_fields(&self) -> &'static [&'static str];

    /// What of a sound model it has no way to say.
    ///
    /// # Errors
    /// Names the place.
    fn check(&self, _model: &ProjectModel) -> Result<(), BlueprintError> {
        Ok(())
    }

    /// Its filters and functions.
    fn teach(&self, engine: &mut Environment<'static>);

    /// The last look at a file, by its path in the project.
    fn finish(&self, _path: &str, content: String) -> String {
        content
    }

    /// `snake_case` → the name of a module or a file.
    fn module(&self, name: &str) -> String {
        name.to_owned()
    }

    /// `snake_case` → a variable beside the names that its functions use themselves.
    fn variable(&self, name: &str) -> String {
        self.module(name)
    }

    /// The value of an enumeration → the name of its member.
    fn member(&self, value: &str) -> String;

    /// The order of modules that its formatter wants.
    fn compare(&self, a: &str, b: &str) -> Ordering {
        names::natural(a, b)
    }

    /// As `project.…`
    fn project(&self, _shape: &Shape<'_>) -> Words {
        Words::new()
    }

    /// As `entity.…`
    fn entity(&self, _shape: &Shape<'_>, _index: usize) -> Words {
        Words::new()
    }

    /// As `field.…` of `entity.fields`. The example is a valid value, where there is one.
    fn field(&self, _entity: &EntityShape<'_>, _field: &Field, _example: Option<&Value>) -> Words {
        Words::new()
    }

    /// As `filter.…` of `entity.filters`; no field: it is a relation's, by id.
    fn filter(&self, _field: Option<&Field>) -> Words {
        Words::new()
    }
}

pub fn of(stack: Stack) -> &'static dyn Blueprint {
    match stack {
        Stack::FastApi => &fastapi::FastApi,
        Stack::Axum => &self::axum::Axum,
        Stack::Hono => &hono::Hono,
    }
}

/// Words out of pairs: `words([("column", text.into())])`.
fn words<const N: usize>(pairs: [(&str, Value); N]) -> Words {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
