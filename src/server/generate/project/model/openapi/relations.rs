//! Properties that lead to other entities → relations.
//!
//! `Author.books` and `Book.author` are the two ends of one relation. A list of what also travels by itself is many to many;
//! a list of what exists only within is one to many.

use super::super::check::MAX_RELATIONS;
use super::super::settle;
use super::entities::{Kind, Kinds};
use super::{Draft, Link, Target};
use crate::protocol::project::{Relation, RelationEnd, RelationKind};

impl Draft {
    pub fn relate(&mut self, kinds: &Kinds) {
        let links = std::mem::take(&mut self.links);
        let mut ends: Vec<(Link, Led)> = Vec::new();
        for link in links {
            let target = match &link.to {
                Target::Schema(id) => kinds.by_schema(*id),
                Target::Named(name) => kinds.by_name(name),
            };
            match target.filter(|target| self.model.entities.iter().any(|entity| entity.name == target.name)) {
                Some(target) => ends.push((link, Led::of(target))),
                None => self.note(&format!("{}.{} was left out: what it leads to is no entity.", link.entity, link.name)),
            }
        }
        let mut done = vec![false; ends.len()];
        for index in 0..ends.len() {
            if done[index] {
                continue;
            }
            done[index] = true;
            let (link, target) = &ends[index];
            let back = (index + 1..ends.len()).find(|other| {
                let (back, to) = &ends[*other];
                !done[*other] && back.entity == target.name && to.name == link.entity && (back.is_list || link.is_list)
            });
            let opposite = back.map(|other| &ends[other].0);
            if let Some(other) = back {
                done[other] = true;
            }
            if self.model.relations.len() >= MAX_RELATIONS {
                self.note(&format!("{}.{} was left out: a model has at most {MAX_RELATIONS} relations.", link.entity, link.name));
                continue;
            }
            let relation = relation(link, target, opposite);
            self.model.relations.push(relation);
        }
        self.add_parents(kinds);
        self.name_ends();
    }

    /// `/books/{id}/reviews`: a review belongs to a book, even if nothing in it says so.
    fn add_parents(&mut self, kinds: &Kinds) {
        for index in 0..kinds.len() {
            let Some((kind, parent)) = kinds.get(index).and_then(|kind| Some((kind, kind.parent.as_ref()?))) else { continue };
            let is_there = |name: &String| self.model.entities.iter().any(|entity| entity.name == *name);
            let is_linked = self.model.relations.iter().any(|relation| {
                let ends = [&relation.from.entity, &relation.to.entity];
                ends.contains(&&kind.name) && ends.contains(&parent)
            });
            if is_there(parent) && is_there(&kind.name) && parent != &kind.name && !is_linked && self.model.relations.len() < MAX_RELATIONS
            {
                let end = |name: &String| RelationEnd { entity: name.clone(), field: None };
                self.model.relations.push(Relation {
                    kind: RelationKind::OneToMany,
                    from: end(parent),
                    to: end(&kind.name),
                    required: true,
                });
            }
        }
    }

    /// Ends whose name is another entity's field or reserved are named anew, as long as there is a way.
    fn name_ends(&mut self) {
        let mut names = std::collections::HashSet::new();
        for entity in &self.model.entities {
            names.extend(entity.fields.iter().map(|field| (entity.name.clone(), field.name.clone())));
        }
        for index in 0..self.model.relations.len() {
            let mut relation = self.model.relations[index].clone();
            let (from, to) = super::super::names::end_names(&self.model, &relation);
            for (end, name, other) in [(&mut relation.from, from, &to.clone()), (&mut relation.to, to, &String::new())] {
                let mut free = settle::relation_name(&name, &end.entity);
                if names.contains(&(end.entity.clone(), free.clone())) {
                    let longer = if other.is_empty() { format!("{free}_{}", index + 1) } else { format!("{other}_{free}") };
                    free = settle::relation_name(&longer, &end.entity);
                }
                names.insert((end.entity.clone(), free.clone()));
                if end.field.is_some() || free != name {
                    end.field = Some(free);
                }
            }
            self.model.relations[index] = relation;
        }
    }
}

/// What matters of a target.
struct Led {
    name: String,
    is_root: bool,
}

impl Led {
    fn of(kind: &Kind) -> Self {
        Self { name: kind.name.clone(), is_root: kind.is_root }
    }
}

/// Things that many things have in common.
fn is_label(name: &str) -> bool {
    ["Tag", "Label", "Category", "Genre", "Topic", "Keyword", "Skill", "Amenity"].iter().any(|label| name.ends_with(label))
}

fn relation(link: &Link, target: &Led, opposite: Option<&Link>) -> Relation {
    let here = RelationEnd { entity: link.entity.clone(), field: Some(link.name.clone()) };
    let there = RelationEnd { entity: target.name.clone(), field: opposite.map(|back| back.name.clone()) };
    let many = |from, to| Relation { kind: RelationKind::ManyToMany, from, to, required: false };
    let one = |from, to, required| Relation { kind: RelationKind::OneToMany, from, to, required };
    match (link.is_list, opposite) {
        (true, Some(back)) if back.is_list => many(here, there),
        (true, Some(back)) => one(here, there, back.required),
        (true, None) if target.is_root || is_label(&target.name) => many(here, there),
        (true, None) => one(here, there, true),
        (false, _) => one(there, here, link.required),
    }
}
