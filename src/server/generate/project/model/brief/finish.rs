//! What was found → a model: relations that are usual, fields that things need, a title, and notes about all of it.

use std::collections::HashSet;

use super::super::{names, settle};
use super::domains::{self, Domain};
use super::fields;
use super::read::{Found, Link, Thing};
use super::titles;
use super::verbs;
use super::words::PAIRS;
use crate::protocol::project::{Entity, Enumeration, Field, FieldType, ProjectModel, Relation, RelationEnd, RelationKind};

/// What something is called by.
const LABELS: [&str; 6] = ["title", "name", "first_name", "last_name", "subject", "label"];

pub fn finish(mut found: Found, text: &str, notes: &mut Vec<String>) -> ProjectModel {
    let unread = std::mem::take(&mut found.unread);
    let model = model(found, text, notes);
    if !unread.is_empty() {
        notes.push(format!("Not understood: “{}”.", unread.join("”; “")));
    }
    model
}

fn model(mut found: Found, text: &str, notes: &mut Vec<String>) -> ProjectModel {
    if found.things.is_empty() {
        return without_things(&found, notes);
    }
    if found.skipped > 0 {
        notes.push(format!("A draft has at most {} entities; more of the brief's were left out.", super::lists::MAX_ENTITIES));
    }
    for (name, instead) in &found.renamed {
        notes.push(format!("{name} means something else in code, so it is called {instead}."));
    }
    let mut model = ProjectModel { name: titles::project_name(&found, text), ..ProjectModel::default() };
    loose_fields(&mut found, notes);
    related_fields(&mut found);
    let all: Vec<String> = found.things.keys().cloned().collect();
    for (name, thing) in std::mem::take(&mut found.things) {
        let entity = entity(&name, thing, found.domain, &mut model.enums, notes);
        model.entities.push(entity);
    }
    relate(&mut model, &found, &all, notes);
    model
}

/// "A blog", and nothing more.
fn without_things(found: &Found, notes: &mut Vec<String>) -> ProjectModel {
    if let Some(domain) = found.domain {
        let mut model = domain.model.clone();
        notes.push(format!(
            "The brief names no things to keep, so this is what is usual for {}; change it as you like.",
            model.name.to_lowercase()
        ));
        if let Some(title) = found.title.as_ref().filter(|title| title.contains(|c: char| c.is_ascii_alphabetic())) {
            title.clone_into(&mut model.name);
        }
        return model;
    }
    notes.push(
        "Nothing to keep was found in the brief; say it like `books with title and year, authors`. There is one entity to begin with."
            .into(),
    );
    let mut name = Field::plain("name", FieldType::String);
    name.required = true;
    ProjectModel {
        name: found.title.clone().filter(|title| title.contains(|c: char| c.is_ascii_alphabetic())).unwrap_or_else(|| "New project".into()),
        entities: vec![Entity::plain("Item", vec![name, Field::plain("description", FieldType::Text)])],
        ..ProjectModel::default()
    }
}

/// "We want to track prices": what has one is guessed, acts before other things.
fn loose_fields(found: &mut Found, notes: &mut Vec<String>) {
    for name in std::mem::take(&mut found.loose) {
        let owner = found
            .things
            .iter()
            .find(|(_, thing)| thing.fields.iter().any(|known| known.field.name == name))
            .map(|(owner, _)| (owner.clone(), true))
            .or_else(|| {
                let names: Vec<&String> =
                    found.things.keys().filter(|name| !fields::has("Payment User Tag Comment Category", name)).collect();
                names.iter().find(|name| verbs::is_act(name)).or(names.first()).map(|owner| ((*owner).clone(), false))
            });
        match owner {
            Some((owner, false)) => {
                let words: Vec<String> = name.split(' ').map(str::to_owned).collect();
                let Some(field) = fields::field(&words, &[], None, &owner) else { continue };
                notes.push(format!("{owner}.{}: the brief does not say what has it, so {} do.", field.field.name, spoken(&owner)));
                if let Some(thing) = found.things.get_mut(&owner) {
                    thing.is_open |= thing.fields.is_empty();
                    thing.fields.push(field);
                }
            }
            Some(_) => {}
            None => notes.push(format!("Not understood: what has “{name}”.")),
        }
    }
}

/// Many of them, for people: `order items`.
fn spoken(name: &str) -> String {
    names::snake_case(&names::plural(name)).replace('_', " ")
}

/// A field that is called like a thing leads to it: "books with title and author, authors".
fn related_fields(found: &mut Found) {
    let all: Vec<String> = found.things.keys().cloned().collect();
    for (name, thing) in &mut found.things {
        for (field, single) in std::mem::take(&mut thing.singles) {
            if all.contains(&single) && single != *name {
                thing.fields.retain(|known| known.field.name != field);
                let link = Link::to_one(&single, name);
                let is_same =
                    |known: &Link| [&known.one, &known.many].contains(&&link.one) && [&known.one, &known.many].contains(&&link.many);
                if !found.links.iter().any(is_same) {
                    found.links.push(link);
                }
            }
        }
    }
}

fn entity(name: &str, thing: Thing, domain: Option<&'static Domain>, enums: &mut Vec<Enumeration>, notes: &mut Vec<String>) -> Entity {
    let mut fields: Vec<Field> = Vec::new();
    for fields::Drafted { mut field, values, note } in thing.fields {
        if let Some(note) = note {
            notes.push(format!("{name}.{}: {note}.", field.name));
        }
        if field.kind == FieldType::Enum {
            field.enumeration = enumeration(name, &field.name, &values, enums);
            if field.enumeration.is_none() {
                field.kind = FieldType::String;
            }
        }
        fields.push(field);
    }
    if fields.is_empty() || thing.is_open {
        if let Some((known, entity)) = usual(name, domain) {
            let mut own: Vec<Field> = entity.fields.clone();
            own.retain(|field| !fields.iter().any(|known| known.name == field.name));
            for field in &mut own {
                let values = field.enumeration.as_ref().and_then(|wanted| known.model.enums.iter().find(|known| known.name == *wanted));
                if let Some(known) = values {
                    field.enumeration = enumeration(name, &field.name, &known.values, enums);
                    if field.enumeration.is_none() {
                        field.kind = FieldType::String;
                    }
                }
            }
            let listed: Vec<&str> = own.iter().map(|field| field.name.as_str()).collect();
            notes.push(format!("{name}: nothing is said about it, so it has what is usual: {}.", listed.join(", ")));
            own.append(&mut fields);
            fields = own;
        } else if fields.is_empty() {
            fields.push(Field::plain("name", FieldType::String));
            notes.push(format!("{name}: nothing is said about it, so it has a name."));
        }
    }
    // Books that are rated have a title all the same.
    let own = domains::entity(name, domain)
        .and_then(|(_, entity)| entity.fields.iter().find(|field| ["title", "name"].contains(&field.name.as_str())));
    let is_called = fields::has("comment review note reply", &names::snake_case(name))
        || fields
            .iter()
            .any(|field| field.unique || (field.kind == FieldType::String && LABELS.iter().any(|label| field.name.ends_with(label))));
    if let Some(own) = own.filter(|own| own.required && !is_called) {
        fields.insert(0, own.clone());
        notes.push(format!("{name}: it was given a {}.", own.name));
    }
    // What something is called by is needed, and an account is known by its address.
    let is_account = fields::has("user member customer account author employee agent", &names::snake_case(name));
    let known_by: Vec<usize> = (0..fields.len()).filter(|index| LABELS.contains(&fields[*index].name.as_str())).collect();
    for index in known_by {
        fields[index].required = true;
    }
    for field in fields.iter_mut().filter(|field| is_account && field.name == "email") {
        field.unique = true;
    }
    Entity::plain(name, fields)
}

/// What is usual for a thing of this name, or of its last word: a dog owner is an owner.
fn usual(name: &str, domain: Option<&'static Domain>) -> Option<(&'static Domain, &'static Entity)> {
    let last = names::snake_case(name).rsplit('_').next().map(names::pascal_case).unwrap_or_default();
    domains::entity(name, domain).or_else(|| {
        let near = domain.into_iter().chain(Domain::all().last()).find_map(|domain| domain.entity(&last).map(|entity| (domain, entity)));
        near.or_else(|| domains::entity(&last, domain))
    })
}

/// The enumeration of these values; an earlier one with the same, or a new one.
fn enumeration(entity: &str, field: &str, values: &[String], enums: &mut Vec<Enumeration>) -> Option<String> {
    let mut plain: Vec<String> = Vec::new();
    for value in values {
        let value = settle::field_name(value, "").map(|name| name.trim_start_matches("the_").to_owned()).unwrap_or_default();
        let value = if value == "self" { "own".to_owned() } else { value };
        if super::super::check::is_snake(&value) && !plain.contains(&value) {
            plain.push(value);
        }
    }
    plain.truncate(super::super::check::MAX_VALUES);
    if plain.is_empty() {
        return None;
    }
    if let Some(known) = enums.iter().find(|known| known.values == plain) {
        return Some(known.name.clone());
    }
    let name = settle::type_name(&format!("{entity} {field}"))?;
    if !enums.iter().any(|known| known.name == name) {
        enums.push(Enumeration { name: name.clone(), values: plain });
    }
    Some(name)
}

/// Relations that the brief says, and those that are usual between what it names.
fn relate(model: &mut ProjectModel, found: &Found, all: &[String], notes: &mut Vec<String>) {
    let mut joined: HashSet<(String, String)> = HashSet::new();
    let pair = |one: &str, other: &str| if one < other { (one.to_owned(), other.to_owned()) } else { (other.to_owned(), one.to_owned()) };
    let end = |entity: &str| RelationEnd { entity: entity.to_owned(), field: None };
    let maybe = found.maybe.iter().filter(|link| link.one != link.many);
    for link in found.links.iter().chain(maybe) {
        if !all.contains(&link.one) || !all.contains(&link.many) || !joined.insert(pair(&link.one, &link.many)) {
            continue;
        }
        // What is usual knows better which of the two is the many, and what they call each other.
        let usual = domains::relations(&link.one, &link.many, found.domain);
        if usual.is_empty() {
            let kind = if link.is_many_to_many { RelationKind::ManyToMany } else { RelationKind::OneToMany };
            let required = kind == RelationKind::OneToMany && (link.is_needed || is_part(&link.one, &link.many));
            model.relations.push(Relation { kind, from: end(&link.one), to: end(&link.many), required });
        } else {
            model.relations.extend(usual.into_iter().cloned());
        }
    }
    let mut assumed = Vec::new();
    for (index, one) in all.iter().enumerate() {
        for other in &all[index + 1..] {
            let usual = domains::relations(one, other, found.domain);
            // What stands between two things is between those, and they need no other way.
            let is_between = |name: &str| found.links.iter().any(|link| link.is_needed && link.many == name);
            let is_shared = usual.iter().all(|relation| relation.kind == RelationKind::ManyToMany);
            let has_between = found.links.iter().any(|link| {
                (link.is_needed || is_shared)
                    && link.one == *one
                    && found.links.iter().any(|other_link| other_link.one == *other && other_link.many == link.many)
            });
            if usual.is_empty() || joined.contains(&pair(one, other)) || has_between || is_between(one) || is_between(other) {
                continue;
            }
            joined.insert(pair(one, other));
            for relation in usual {
                let (from, to) = (names::snake_case(&relation.from.entity), names::snake_case(&relation.to.entity));
                assumed.push(match relation.kind {
                    RelationKind::OneToMany => format!("one {from} has many {}", names::plural(&to)),
                    RelationKind::ManyToMany => format!("many {} have many {}", names::plural(&from), names::plural(&to)),
                });
                model.relations.push(relation.clone());
            }
        }
    }
    assumed.extend(parts_and_payments(all, &mut joined, model));
    // Tags that nothing leads to are for what comes first.
    let labels: Vec<&String> = all.iter().filter(|name| fields::has(PAIRS, &names::snake_case(name))).collect();
    for label in labels {
        let first = all.iter().find(|name| *name != label && !fields::has(PAIRS, &names::snake_case(name)));
        if let Some(first) = first.filter(|_| !joined.iter().any(|(one, other)| one == label || other == label)) {
            joined.insert(pair(first, label));
            assumed.push(format!(
                "many {} have many {}",
                names::snake_case(&names::plural(first)),
                names::snake_case(&names::plural(label))
            ));
            model.relations.push(Relation { kind: RelationKind::ManyToMany, from: end(first), to: end(label), required: false });
        }
    }
    if !assumed.is_empty() {
        notes.push(format!("Assumed as usual: {}.", assumed.join("; ").replace('_', " ")));
    }
    for relation in &mut model.relations {
        free_ends(relation, &mut model.entities);
    }
    let alone: Vec<&str> = all
        .iter()
        .filter(|name| !model.relations.iter().any(|relation| [&relation.from.entity, &relation.to.entity].contains(name)))
        .map(String::as_str)
        .collect();
    if all.len() > 1 && !alone.is_empty() {
        notes.push(format!("Nothing was found that joins these to others: {}.", alone.join(", ")));
    }
}

/// Things that nothing leads to, and that are called by another one or are paid for it.
fn parts_and_payments(all: &[String], joined: &mut HashSet<(String, String)>, model: &mut ProjectModel) -> Vec<String> {
    let mut assumed = Vec::new();
    for name in all {
        if joined.iter().any(|(one, other)| one == name || other == name) {
            continue;
        }
        // A dog walker is no part of a dog.
        let is_somebody = ["er", "or", "ist"].iter().any(|end| name.ends_with(end));
        let whole = all.iter().find(|whole| is_part(whole, name) && !is_somebody);
        let act = || all.iter().find(|act| verbs::is_act(act) && *act != name).filter(|_| fields::has("Payment Invoice", name));
        let Some(whole) = whole.or_else(act) else { continue };
        joined.insert((whole.clone(), name.clone()));
        let end = |entity: &str| RelationEnd { entity: entity.to_owned(), field: None };
        model.relations.push(Relation { kind: RelationKind::OneToMany, from: end(whole), to: end(name), required: false });
        assumed.push(format!("one {} has many {}", names::snake_case(whole), names::snake_case(&names::plural(name))));
    }
    assumed
}

/// `OrderItem` is a part of `Order`.
fn is_part(one: &str, many: &str) -> bool {
    many.strip_prefix(one).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()))
}

/// Ends that are called like a field are named by the made name, or by another one.
fn free_ends(relation: &mut Relation, entities: &mut [Entity]) {
    let many = relation.kind == RelationKind::ManyToMany;
    let (one, other) = (relation.from.entity.clone(), relation.to.entity.clone());
    let ends = [(&mut relation.from, other, true), (&mut relation.to, one, many)];
    for (end, other, is_many) in ends {
        let Some(own) = entities.iter_mut().find(|entity| entity.name == end.entity) else { continue };
        let made = names::snake_case(&if is_many { names::plural(&other) } else { other });
        let name = end.field.clone().unwrap_or(made);
        let free = settle::relation_name(&name, &end.entity);
        // "a home team" is a team, and no text.
        if own.fields.len() > 1 {
            own.fields.retain(|field| field.name != free || field.kind != FieldType::String);
        }
        let is_taken = own.fields.iter().any(|field| field.name == free || field.name == format!("{free}_id"));
        if is_taken || free != name {
            end.field = Some(settle::relation_name(&if is_taken { format!("related_{free}") } else { free }, &end.entity));
        }
    }
}
