//! An OpenAPI description → a model: what its requests and answers are about.
//!
//! Objects that travel in bodies become entities, what they hold fields, objects within objects relations. What a model has no place
//! for is listed. The description is read by the reader of test suites, with its bounds; nothing is fetched.

mod entities;
mod fields;
mod relations;

#[cfg(test)]
mod tests;

use super::check::MAX_ENTITIES;
use super::{Drafted, settle};
use crate::protocol::Problem;
use crate::protocol::project::{Entity, ProjectModel};
use crate::server::generate::test_suite::description::{self, one_line};
use crate::server::generate::test_suite::schema::SchemaId;
use entities::Kinds;

/// Notes about one description.
const MAX_NOTES: usize = 100;

/// A model of what a description is about.
///
/// # Errors
/// As the description's reader has them, and one if nothing in it could be an entity.
pub fn from_openapi(text: &str) -> Result<Drafted, Problem> {
    let api = description::read(text)?;
    let mut kinds = Kinds::of(&api);
    let mut draft = Draft { model: ProjectModel::default(), notes: Vec::new(), links: Vec::new() };
    draft.model.name = project_name(&api.title);
    let mut next = 0;
    // Reading an entity may find more of them.
    while next < kinds.len() && draft.model.entities.len() < MAX_ENTITIES {
        draft.read(&api, &mut kinds, next);
        next += 1;
    }
    if next < kinds.len() {
        draft.note(&format!("There are more than {MAX_ENTITIES} entities; the first {MAX_ENTITIES} are taken."));
    }
    if draft.model.entities.is_empty() {
        return Err(Problem::invalid(
            "description",
            "No request or answer of this description holds an object with properties, so there is nothing to make entities of.",
        ));
    }
    draft.relate(&kinds);
    let Draft { mut model, mut notes, .. } = draft;
    settle::settle(&mut model, &mut notes);
    notes.truncate(MAX_NOTES);
    Ok(Drafted { model, notes })
}

/// What is being made.
struct Draft {
    model: ProjectModel,
    notes: Vec<String>,
    links: Vec<Link>,
}

/// A property that leads to another entity.
#[derive(Clone, Debug)]
struct Link {
    /// Its entity, by name.
    entity: String,
    /// The property, as a field would be called.
    name: String,
    to: Target,
    is_list: bool,
    required: bool,
}

#[derive(Clone, Debug)]
enum Target {
    Schema(SchemaId),
    /// `author_id` names one, if there is one.
    Named(String),
}

impl Draft {
    fn note(&mut self, text: &str) {
        let text = one_line(text, 200);
        if self.notes.len() < MAX_NOTES && !self.notes.contains(&text) {
            self.notes.push(text);
        }
    }

    fn add(&mut self, entity: Entity) {
        self.model.entities.push(entity);
    }
}

/// `Bookshop API` is about a bookshop.
fn project_name(title: &str) -> String {
    let plain = title.split_once(" - OpenAPI").map_or(title, |(start, _)| start).trim();
    let short = plain.len().checked_sub(4).and_then(|at| plain.split_at_checked(at)).filter(|(_, end)| end.eq_ignore_ascii_case(" api"));
    one_line(short.map_or(plain, |(start, _)| start).trim_end(), 80)
}
