//! Entities and enumerations: what they are called, and what is made of their names.

use super::super::faults::{Faults, Place, shown};
use super::super::names;
use super::super::reserved::{self, MADE};
use super::{MAX_ENTITIES, MAX_ENUMS, MAX_NAME, MAX_VALUES, Taken, texts};
use crate::protocol::project::{Entity, Enumeration, ProjectModel};

pub fn check(model: &ProjectModel, faults: &mut Faults) {
    let root = Place::default();
    let mut types = Taken::default();
    let mut tables = Taken::default();
    for (index, entity) in model.entities.iter().enumerate().take(MAX_ENTITIES) {
        let place = root.key("entities").item(index, &entity.name);
        texts::description(&entity.description, &format!("The description of `{}`", shown(&entity.name)), &place, faults);
        let whole = type_name(&entity.name, "entity", &place.key("name"), faults);
        let whole = plural(entity, &place, faults) && whole;
        if whole && is_free(&mut types, &entity.name, "entity", &place, faults) {
            spellings(entity, &mut tables, &place, faults);
        }
    }
    for (index, enumeration) in model.enums.iter().enumerate().take(MAX_ENUMS) {
        let place = root.key("enums").item(index, &enumeration.name);
        if type_name(&enumeration.name, "enumeration", &place.key("name"), faults) {
            is_free(&mut types, &enumeration.name, "enumeration", &place, faults);
        }
        values(enumeration, &place, faults);
    }
    for (index, entity) in model.entities.iter().enumerate().take(MAX_ENTITIES) {
        for made in MADE {
            let other = entity.name.strip_suffix(made).unwrap_or_default();
            if model.entities.iter().any(|entity| entity.name == other) {
                faults.add(
                    &root.key("entities").item(index, &entity.name).key("name"),
                    format!("`{}` is also what a part of `{other}` is called in the code; call it `{}Record`.", entity.name, entity.name),
                );
            }
        }
    }
}

/// `PascalCase`, not too long, not reserved.
fn type_name(name: &str, what: &str, place: &Place, faults: &mut Faults) -> bool {
    let fault = if name.is_empty() {
        format!("An {what} has no name.")
    } else if !is_pascal(name) || name.len() > MAX_NAME {
        let proposal = Some(names::pascal_case(name)).filter(|proposal| is_pascal(proposal) && proposal.len() <= MAX_NAME);
        let instead = proposal.map(|proposal| format!(": `{proposal}`")).unwrap_or_default();
        format!("`{}` is no name of an {what}: letters and digits, the first a capital letter, at most {MAX_NAME}{instead}.", shown(name))
    } else if let Some(proposal) = reserved::type_proposal(name) {
        format!(
            "`{name}` means something else in the languages that projects are written in; call the {what} something else, such as `{proposal}`."
        )
    } else {
        return true;
    };
    faults.add(place, fault);
    false
}

fn plural(entity: &Entity, place: &Place, faults: &mut Faults) -> bool {
    let Some(plural) = &entity.plural else { return true };
    if is_pascal(plural) && plural.len() <= MAX_NAME {
        return true;
    }
    faults.add(
        &place.key("plural"),
        format!(
            "`{}` is no plural of `{}`: letters and digits, the first a capital letter, at most {MAX_NAME}.",
            shown(plural),
            shown(&entity.name)
        ),
    );
    false
}

fn is_free(types: &mut Taken, name: &str, what: &str, place: &Place, faults: &mut Faults) -> bool {
    // Some file systems take `book.py` and `Book.py` for one file.
    match types.take(&name.to_ascii_lowercase(), what) {
        Ok(()) => true,
        Err(other) => {
            let article = if other == what { "another" } else { "an" };
            faults.add(&place.key("name"), format!("There is {article} {other} called `{name}`; give one of them another name."));
            false
        }
    }
}

/// Files, tables and paths: no two entities may share one.
fn spellings(entity: &Entity, tables: &mut Taken, place: &Place, faults: &mut Faults) {
    let (one, many) = (names::snake_case(&entity.name), names::table_of(entity));
    for (spelling, whose) in [(&one, "name"), (&many, "plural")] {
        if (whose == "plural" && *spelling == one) || tables.get(spelling).is_none_or(|other| *other == entity.name) {
            let _ = tables.take(spelling, &entity.name);
        } else if let Some(other) = tables.get(spelling) {
            faults.add(
                &place.key(whose),
                format!("`{}` and `{other}` would share the name `{spelling}`; rename one of them, or give it a `plural`.", entity.name),
            );
            return;
        }
    }
}

fn values(enumeration: &Enumeration, place: &Place, faults: &mut Faults) {
    let name = shown(&enumeration.name);
    let place = place.key("values");
    if enumeration.values.is_empty() {
        faults.add(&place, format!("The enumeration `{name}` has no values."));
    }
    if enumeration.values.len() > MAX_VALUES {
        faults.add(&place, format!("The enumeration `{name}` has {} values; {MAX_VALUES} are possible.", enumeration.values.len()));
    }
    let mut taken = Taken::default();
    for (index, value) in enumeration.values.iter().enumerate().take(MAX_VALUES) {
        let place = place.item(index, value);
        if !is_snake(value) || value.len() > MAX_NAME {
            let proposal = Some(names::snake_case(value)).filter(|proposal| is_snake(proposal) && proposal.len() <= MAX_NAME);
            let instead = proposal.map(|proposal| format!(": `{proposal}`")).unwrap_or_default();
            faults.add(
                &place,
                format!(
                    "`{}` is no value of `{name}`: small letters and digits with `_` between words, a letter first, at most {MAX_NAME}{instead}.",
                    shown(value)
                ),
            );
        } else if value == "self" || value == "mro" {
            faults.add(
                &place,
                format!("`{value}` cannot be a value of `{name}`, because languages use it otherwise; call it `own_{value}`."),
            );
        } else if taken.take(&names::pascal_case(value), value).is_err() {
            faults.add(&place, format!("`{name}` has the value `{value}` twice, or one spelt nearly like it."));
        }
    }
}

pub fn is_pascal(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// `due_date`: small letters and digits, single `_` between them, a letter first.
pub fn is_snake(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && !name.contains("__")
        && !name.ends_with('_')
}
