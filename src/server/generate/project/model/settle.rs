//! Drafts made sound: what breaks a rule is taken out, smallest thing first, and said.
//!
//! For models that nobody has written by hand: a person's own errors are shown, not taken out.

use super::faults::shown;
use super::{names, reserved, validate};
use crate::protocol::project::{Entity, Field, FieldType, ProjectModel};

/// Each round takes out at least one thing; drafts need two or three.
const MAX_ROUNDS: usize = 200;

/// Makes a model keep all rules. One that cannot be saved becomes one with a single entity, `Item`.
pub fn settle(model: &mut ProjectModel, notes: &mut Vec<String>) {
    for _ in 0..MAX_ROUNDS {
        let Err(errors) = validate(model) else { return };
        let mut places: Vec<Vec<String>> = errors
            .iter()
            .filter_map(|error| error.pointer.as_deref())
            .map(|pointer| pointer.split('/').skip(1).map(str::to_owned).collect())
            .collect();
        // From behind, so that the numbers of what comes before stay true; fields before their entities.
        places.sort_by_key(|place| std::cmp::Reverse((place.first().cloned(), index(place, 1), index(place, 3), place.len())));
        places.dedup_by_key(|place| (place.first().cloned(), index(place, 1), index(place, 3)));
        for place in places {
            let parts: Vec<&str> = place.iter().map(String::as_str).collect();
            mend(model, &parts, notes);
        }
    }
    if validate(model).is_err() {
        notes.push("The draft broke too many rules; a single entity is left to begin with.".into());
        *model = ProjectModel {
            name: "New project".into(),
            entities: vec![Entity::plain("Item", vec![Field::plain("name", FieldType::String)])],
            ..ProjectModel::default()
        };
    }
}

fn index(place: &[String], at: usize) -> usize {
    place.get(at).and_then(|part| part.parse().ok()).unwrap_or_default()
}

fn mend(model: &mut ProjectModel, place: &[&str], notes: &mut Vec<String>) {
    let number = |text: &&str| text.parse::<usize>().unwrap_or(usize::MAX);
    match place {
        ["name"] => "New project".clone_into(&mut model.name),
        ["description"] => model.description.clear(),
        ["relations"] => model.relations.truncate(super::check::MAX_RELATIONS),
        ["enums"] => model.enums.truncate(super::check::MAX_ENUMS),
        ["entities"] => model.entities.truncate(super::check::MAX_ENTITIES),
        ["relations", index, "required"] => {
            if let Some(relation) = model.relations.get_mut(number(index)) {
                relation.required = false;
            }
        }
        ["relations", index, ..] if number(index) < model.relations.len() => {
            let relation = model.relations.remove(number(index));
            notes.push(format!("A second relation between {} and {} was left out.", relation.from.entity, relation.to.entity));
        }
        ["entities", entity, "fields", field, key] => {
            let Some(entity) = model.entities.get_mut(number(entity)) else { return };
            if number(field) >= entity.fields.len() {
                return;
            }
            if *key == "name" || *key == "enum" {
                let field = entity.fields.remove(number(field));
                notes.push(format!("{}.{} was left out: its name is taken.", entity.name, shown(&field.name)));
            } else {
                relax(&mut entity.fields[number(field)], key);
            }
        }
        ["entities", entity, "fields"] => {
            let Some(entity) = model.entities.get_mut(number(entity)) else { return };
            if entity.fields.is_empty() {
                entity.fields.push(Field::plain("name", FieldType::String));
            }
            entity.fields.truncate(super::check::MAX_FIELDS);
        }
        ["entities", entity, "description"] => {
            if let Some(entity) = model.entities.get_mut(number(entity)) {
                entity.description.clear();
            }
        }
        ["entities", entity, ..] => drop_entity(model, number(entity), notes),
        ["enums", index, ..] => drop_enum(model, number(index)),
        _ => {}
    }
}

fn relax(field: &mut Field, key: &str) {
    match key {
        "unique" => field.unique = false,
        "description" => field.description.clear(),
        "pattern" => field.pattern = None,
        "min" | "max" => (field.min, field.max) = (None, None),
        "min_length" | "max_length" => (field.min_length, field.max_length) = (None, None),
        _ => (field.min_bytes, field.max_bytes) = (None, None),
    }
}

fn drop_entity(model: &mut ProjectModel, index: usize, notes: &mut Vec<String>) {
    if index < model.entities.len() {
        let gone = model.entities.remove(index);
        notes.push(format!("The entity {} was left out: its name is taken.", shown(&gone.name)));
        if !model.entities.iter().any(|entity| entity.name == gone.name) {
            model.relations.retain(|relation| relation.from.entity != gone.name && relation.to.entity != gone.name);
        }
    }
}

fn drop_enum(model: &mut ProjectModel, index: usize) {
    if index < model.enums.len() {
        let gone = model.enums.remove(index);
        let fields = model.entities.iter_mut().flat_map(|entity| entity.fields.iter_mut());
        fields.filter(|field| field.enumeration.as_ref() == Some(&gone.name)).for_each(|field| {
            field.kind = FieldType::String;
            field.enumeration = None;
        });
    }
}

impl Entity {
    pub(super) fn plain(name: &str, fields: Vec<Field>) -> Self {
        Self { name: name.into(), plural: None, description: String::new(), fields, pagination: true, search: true, filter: true }
    }
}

impl Field {
    pub(super) fn plain(name: &str, kind: FieldType) -> Self {
        Self {
            name: name.into(),
            kind,
            enumeration: None,
            description: String::new(),
            required: false,
            unique: false,
            min: None,
            max: None,
            min_length: None,
            max_length: None,
            pattern: None,
            min_bytes: None,
            max_bytes: None,
        }
    }
}

/// A field's name made of any words: snake case, not too long, not reserved; `None` where nothing is left.
pub fn field_name(text: &str, entity: &str) -> Option<String> {
    let mut name = bounded(&names::words(text).join("_"), super::check::MAX_NAME);
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        name = bounded(&format!("n_{name}"), super::check::MAX_NAME);
    }
    if name.is_empty() {
        return None;
    }
    Some(reserved::field_proposal(&name, entity, false).unwrap_or(name))
}

/// An entity's or enumeration's name made of any words.
pub fn type_name(text: &str) -> Option<String> {
    let mut name = names::pascal_case(&bounded(&names::words(text).join("_"), super::check::MAX_NAME));
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        name = format!("N{name}");
        name.truncate(super::check::MAX_NAME);
    }
    if name.is_empty() {
        return None;
    }
    Some(reserved::type_proposal(&name).unwrap_or(name))
}

fn bounded(name: &str, most: usize) -> String {
    let mut name = name.to_owned();
    name.truncate(name.floor_char_boundary(most));
    name.trim_end_matches('_').to_owned()
}

/// A relation's end made of any words.
pub fn relation_name(text: &str, entity: &str) -> String {
    let name = bounded(&names::words(text).join("_"), super::check::MAX_NAME);
    let name = name.strip_suffix("_ids").or_else(|| name.strip_suffix("_id")).unwrap_or(&name).to_owned();
    reserved::field_proposal(&name, entity, true).unwrap_or(name)
}
