//! Description → [`Model`]: what the document says, or exactly where it is broken.
//!
//! `syntax` reads text, `version` tells dialects apart, `reference` follows `$ref`, `schemas` and `merge` fill the
//! arena, `operations` walks the paths with `openapi3` or `swagger2` for what differs. Everything is bounded;
//! nothing is fetched.

pub mod fault;
mod links;
mod locate;
mod merge;
mod openapi3;
mod operations;
mod place;
mod reference;
mod schemas;
mod security;
mod swagger2;
mod syntax;
mod version;

#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod tests;

use fault::{Fault, Note};
use place::Place;
use schemas::SchemaReader;
use version::Version;

pub use merge::both;

use super::model::{Model, Tag};
use super::schema::Schemas;
use crate::protocol::Problem;

/// Faults whose line is looked up; each look-up reads the text once more.
const MAX_LOCATED: usize = 3;

/// Reads a description.
///
/// # Errors
/// One problem with all faults found: pointers for structural ones, line and column wherever they are cheap to find.
pub fn read(text: &str) -> Result<Model, Problem> {
    let (document, syntax) = syntax::parse(text).map_err(|fault| fault::problem(vec![fault]))?;
    build(&Place::root(&document)).map_err(|mut faults| {
        for fault in faults.iter_mut().take(MAX_LOCATED) {
            if let Some((line, column)) = fault.pointer.as_deref().and_then(|pointer| locate::locate(text, syntax, pointer)) {
                fault.line = Some(line);
                fault.column = Some(column);
            }
        }
        fault::problem(faults)
    })
}

fn build(root: &Place<'_>) -> Result<Model, Vec<Fault>> {
    let version = Version::detect(root).map_err(|fault| vec![fault])?;
    let mut reader = Reader {
        root: root.clone(),
        version,
        schemas: SchemaReader::new(root.clone(), version),
        schemes: security::schemes(root, version),
        faults: Vec::new(),
        notes: Vec::new(),
    };
    let info = root.get("info");
    if info.is_none() {
        reader.note(root, "there is no `info`; the suite is named after the file");
    }
    let text = |key: &str| info.as_ref().and_then(|info| info.text(key)).unwrap_or_default();
    let mut model = Model {
        dialect: version.label().to_owned(),
        title: one_line(text("title"), 120),
        api_version: one_line(text("version"), 60),
        servers: reader.servers(),
        tags: tags(root),
        operations: reader.operations(),
        ..Model::default()
    };
    reader.schemas.finish();
    let mut faults = reader.faults;
    faults.append(&mut reader.schemas.faults);
    if model.operations.is_empty() && faults.is_empty() {
        let place = root.get("paths").map_or_else(String::new, |paths| paths.pointer());
        faults.push(Fault::at(place, "there is no operation under `paths`, so there is nothing to test"));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    if model.title.is_empty() {
        "API".clone_into(&mut model.title);
    }
    let mut written = reader.schemas.written;
    let merged = merge::merge_all(&mut written);
    model.schemas = Schemas::new(written, merged);
    model.security_schemes = reader.schemes;
    model.notes = reader.notes;
    model.notes.append(&mut reader.schemas.notes);
    Ok(model)
}

/// What the readers of all parts share.
struct Reader<'a> {
    root: Place<'a>,
    version: Version,
    schemas: SchemaReader<'a>,
    schemes: Vec<(String, super::model::SecurityScheme)>,
    faults: Vec<Fault>,
    notes: Vec<Note>,
}

impl<'a> Reader<'a> {
    fn note(&mut self, place: &Place<'_>, message: impl Into<String>) {
        self.notes.push(Note { pointer: place.pointer(), message: message.into() });
    }

    fn fault(&mut self, place: &Place<'_>, message: impl Into<String>) {
        self.faults.push(Fault::at(place.pointer(), message));
    }

    /// Follows references; a broken one is reported and gives nothing.
    fn resolve(&mut self, place: &Place<'a>) -> Option<Place<'a>> {
        match reference::resolve(&self.root, place) {
            Ok(place) => Some(place),
            Err(fault) => {
                self.faults.push(fault);
                None
            }
        }
    }
}

fn tags(root: &Place<'_>) -> Vec<Tag> {
    let Some(tags) = root.get("tags") else { return Vec::new() };
    tags.items()
        .filter_map(|tag| {
            let name = tag.text("name")?.to_owned();
            Some(Tag { name, description: one_line(tag.text("description").unwrap_or_default(), 300) })
        })
        .collect()
}

/// Free text on one line, shortened; control characters (which could play tricks in a terminal) become blanks.
pub fn one_line(text: &str, max_chars: usize) -> String {
    let hidden = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}');
    let clean: String = text.chars().take(max_chars * 4).map(|c| if hidden(c) { ' ' } else { c }).collect();
    let words: Vec<&str> = clean.split_whitespace().collect();
    let line = words.join(" ");
    if line.chars().count() > max_chars { line.chars().take(max_chars - 1).chain(['…']).collect() } else { line }
}
