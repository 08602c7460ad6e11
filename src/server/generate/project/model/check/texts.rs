//! Words for people: the project's name and all descriptions.

use super::super::faults::{Faults, Place};
use crate::protocol::project::ProjectModel;
use crate::server::inert::clean_text;

/// In characters.
pub const MAX_PROJECT_NAME: usize = 80;
pub const MAX_DESCRIPTION: usize = 500;

pub fn project(model: &ProjectModel, faults: &mut Faults) {
    let root = Place::default();
    let place = root.key("name");
    if model.name.is_empty() {
        faults.add(&place, "The project has no name: write one, such as `Town library`.");
    } else if !is_line(&model.name, MAX_PROJECT_NAME) {
        faults.add(&place, line_rule("The project's name", MAX_PROJECT_NAME));
    } else if !model.name.contains(|c: char| c.is_ascii_alphabetic()) {
        faults.add(&place, "The project's name needs a letter from a to z, because folders and packages are named after it.");
    }
    description(&model.description, "The project's description", &root, faults);
}

pub fn description(text: &str, what: &str, place: &Place, faults: &mut Faults) {
    if !is_line(text, MAX_DESCRIPTION) {
        faults.add(&place.key("description"), line_rule(what, MAX_DESCRIPTION));
    }
}

fn line_rule(what: &str, most: usize) -> String {
    format!("{what} has at most {most} characters, on one line, without control characters and without blanks around it.")
}

/// One line that can be shown anywhere.
pub fn is_line(text: &str, most: usize) -> bool {
    text.trim() == text && text.chars().count() <= most && !text.contains(['\n', '\t', '\u{85}']) && clean_text(text) == text
}
