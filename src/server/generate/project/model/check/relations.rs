//! Relations: between what there is, with names that are free, and never such that nothing could be created.

use std::collections::{BTreeMap, BTreeSet};

use super::super::faults::{Faults, Place, shown};
use super::super::{names, reserved};
use super::entities::is_snake;
use super::{MAX_ENTITIES, MAX_FIELDS, MAX_NAME, MAX_RELATIONS, Taken};
use crate::protocol::project::{ProjectModel, Relation, RelationEnd, RelationKind};

pub fn check(model: &ProjectModel, faults: &mut Faults) {
    let root = Place::default().key("relations");
    let mut names: BTreeMap<&str, Taken> = BTreeMap::new();
    let mut tables = Taken::default();
    for entity in model.entities.iter().take(MAX_ENTITIES) {
        let taken = names.entry(&entity.name).or_default();
        for field in entity.fields.iter().take(MAX_FIELDS) {
            let _ = taken.take(&names::camel_case(&field.name), &format!("a field `{}`", shown(&field.name)));
        }
        let _ = tables.take(&names::table_of(entity), &format!("of `{}`", shown(&entity.name)));
    }
    for (index, relation) in model.relations.iter().enumerate().take(MAX_RELATIONS) {
        if faults.is_full() {
            return;
        }
        let place = root.item(index, "");
        let ends = [("from", &relation.from), ("to", &relation.to)];
        let mut whole = true;
        for (key, end) in ends {
            if !model.entities.iter().any(|entity| entity.name == end.entity) {
                whole = false;
                faults.add(
                    &place.key(key).key("entity"),
                    format!(
                        "The relation {} leads to `{}`, but there is no such entity; add it, or mend the name.",
                        line(relation),
                        shown(&end.entity)
                    ),
                );
            }
        }
        if relation.required && relation.kind == RelationKind::ManyToMany {
            faults.add(
                &place.key("required"),
                format!("The relation {} is many to many, and only one to many can be required.", line(relation)),
            );
        }
        if !whole {
            continue;
        }
        let (from, to) = names::end_names(model, relation);
        let many = relation.kind == RelationKind::ManyToMany;
        let free = [("from", &relation.from, &from, true), ("to", &relation.to, &to, many)]
            .map(|(key, end, name, many)| end_name(relation, end, name, many, &place.key(key), &mut names, faults));
        if free == [true, true]
            && many
            && let Err(other) = tables.take(&names::join_table_of(model, relation), &format!("between the two of {}", line(relation)))
        {
            faults.add(
                &place.key("from").key("field"),
                format!(
                    "The relation {} needs a table `{}`, but the table {other} is called so; give its ends other names.",
                    line(relation),
                    names::join_table_of(model, relation)
                ),
            );
        }
    }
    circles(model, faults);
}

/// Whether one end can be called so within its entity.
fn end_name(
    relation: &Relation,
    end: &RelationEnd,
    name: &str,
    many: bool,
    place: &Place,
    names: &mut BTreeMap<&str, Taken>,
    faults: &mut Faults,
) -> bool {
    let place = place.key("field");
    let whose = format!("`{}` of `{}` in the relation {}", shown(name), end.entity, line(relation));
    if !is_snake(name) || name.len() > MAX_NAME {
        let proposal =
            Some(names::snake_case(name)).filter(|proposal| is_snake(proposal) && proposal.len() <= MAX_NAME && proposal != name);
        let instead = proposal.map(|proposal| format!(": `{proposal}`")).unwrap_or_default();
        faults.add(
            &place,
            format!("{whose} is no name: small letters and digits with `_` between words, a letter first, at most {MAX_NAME}{instead}."),
        );
        return false;
    }
    if let Some(stem) = name.strip_suffix("_id").or_else(|| name.strip_suffix("_ids")) {
        faults.add(&place, format!("{whose} is what is related, not its number; call it `{stem}`."));
        return false;
    }
    if let Some(proposal) = reserved::field_proposal(name, &end.entity, true) {
        faults.add(&place, format!("{whose} means something else in the code; call it something else, such as `{proposal}`."));
        return false;
    }
    // `author` is also the column `author_id`, `tags` also the list `tag_ids`.
    let id = if many { format!("{}_ids", names::singular(name)) } else { format!("{name}_id") };
    let Some(taken) = names.get_mut(end.entity.as_str()) else { return false };
    for spelling in [name, &id] {
        if let Err(other) = taken.take(&names::camel_case(spelling), &format!("a relation `{name}`")) {
            faults.add(
                &place,
                format!("{whose} needs the name `{spelling}`, but `{}` has {other}; give this end another `field`.", end.entity),
            );
            return false;
        }
    }
    true
}

/// Relations that need each other in a circle: none of the entities could ever be created.
fn circles(model: &ProjectModel, faults: &mut Faults) {
    let needs: Vec<(usize, &Relation)> = model
        .relations
        .iter()
        .enumerate()
        .take(MAX_RELATIONS)
        .filter(|(_, relation)| relation.required && relation.kind == RelationKind::OneToMany)
        .collect();
    // Entities all of whose needs can be met, until there are no more.
    let mut waiting: BTreeSet<&str> = needs.iter().map(|(_, relation)| relation.to.entity.as_str()).collect();
    loop {
        let met: Vec<&str> = waiting
            .iter()
            .copied()
            .filter(|entity| needs.iter().all(|(_, need)| need.to.entity != *entity || !waiting.contains(need.from.entity.as_str())))
            .collect();
        if met.is_empty() {
            break;
        }
        for entity in met {
            waiting.remove(entity);
        }
    }
    let Some(start) = waiting.first().copied() else { return };
    // Every waiting entity needs a waiting one: following them leads into a circle.
    let mut way: Vec<(&str, usize)> = Vec::new();
    let mut here = start;
    while !way.iter().any(|(entity, _)| *entity == here) {
        let Some((index, need)) = needs.iter().find(|(_, need)| need.to.entity == here && waiting.contains(need.from.entity.as_str()))
        else {
            return;
        };
        way.push((here, *index));
        here = &need.from.entity;
    }
    let first = way.iter().position(|(entity, _)| *entity == here).unwrap_or_default();
    let circle: Vec<String> = way[first..].iter().map(|(entity, _)| format!("`{entity}`")).chain([format!("`{here}`")]).collect();
    let index = way[first].1;
    faults.add(
        &Place::default().key("relations").item(index, "").key("required"),
        format!("Nothing could ever be created: {}. Leave `required` out of one of these relations.", circle.join(" needs ")),
    );
}

/// `Author{books} to Book{author}`
fn line(relation: &Relation) -> String {
    let end = |end: &RelationEnd| match &end.field {
        Some(field) => format!("{}{{{}}}", shown(&end.entity), shown(field)),
        None => shown(&end.entity),
    };
    format!("`{} to {}`", end(&relation.from), end(&relation.to))
}
