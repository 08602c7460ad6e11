//! A model with its names made and its relations resolved: what every blueprint asks of it, whatever the language.
//!
//! Expects a model that was validated. What is missing nevertheless (a relation to nowhere) is an error, not a panic.

use std::collections::HashMap;

use super::{BlueprintError, names};
use crate::protocol::project::{Entity, Enumeration, ProjectModel, RelationKind};

pub struct Shape<'a> {
    pub model: &'a ProjectModel,
    pub entities: Vec<EntityShape<'a>>,
    /// Indices of entities: whatever requires another comes after it.
    pub order: Vec<usize>,
}

pub struct EntityShape<'a> {
    pub entity: &'a Entity,
    /// `loan_item`
    pub snake: String,
    /// `loan_items`: the table, and with hyphens the address.
    pub many: String,
    /// What it refers to: `author`.
    pub ones: Vec<One>,
    /// What it lists: `tags`.
    pub lists: Vec<List>,
    /// What refers to it: `books` of an author.
    pub collections: Vec<Back>,
    /// What lists it: `books` of a tag.
    pub mirrors: Vec<Back>,
}

pub struct One {
    pub field: String,
    pub target: usize,
    pub required: bool,
    /// What the target calls the way back.
    pub back: String,
    /// The target's table is made after this one's.
    pub deferred: bool,
}

pub struct List {
    pub field: String,
    /// `tag` of `tags`: `tag_ids`.
    pub one: String,
    pub target: usize,
    pub back: String,
    /// The table that joins the two.
    pub table: String,
}

pub struct Back {
    pub field: String,
    /// Whose relation this is the other side of.
    pub source: usize,
    /// What the relation is called there.
    pub forward: String,
}

impl<'a> Shape<'a> {
    /// # Errors
    /// A relation names an entity that is not there.
    pub fn new(model: &'a ProjectModel) -> Result<Self, BlueprintError> {
        let mut entities: Vec<EntityShape<'a>> = model.entities.iter().map(EntityShape::new).collect();
        let places: HashMap<&str, usize> = model.entities.iter().enumerate().map(|(at, entity)| (entity.name.as_str(), at)).collect();
        let place = |name: &str| {
            places
                .get(name)
                .copied()
                .ok_or_else(|| BlueprintError { place: "relations".into(), message: format!("there is no entity `{name}`") })
        };
        for relation in &model.relations {
            let (from, to) = (place(&relation.from.entity)?, place(&relation.to.entity)?);
            let forward = relation.from.field.clone().unwrap_or_else(|| entities[to].many.clone());
            match relation.kind {
                RelationKind::OneToMany => {
                    let field = relation.to.field.clone().unwrap_or_else(|| entities[from].snake.clone());
                    entities[from].collections.push(Back { field: forward.clone(), source: to, forward: field.clone() });
                    entities[to].ones.push(One { field, target: from, required: relation.required, back: forward, deferred: false });
                }
                RelationKind::ManyToMany => {
                    let back = relation.to.field.clone().unwrap_or_else(|| entities[from].many.clone());
                    let table = format!("{}_{forward}", entities[from].many);
                    entities[to].mirrors.push(Back { field: back.clone(), source: from, forward: forward.clone() });
                    let one = names::singular(&forward);
                    entities[from].lists.push(List { field: forward, one, target: to, back, table });
                }
            }
        }
        let order = order(&entities)?;
        let mut rank = vec![0; order.len()];
        for (position, index) in order.iter().enumerate() {
            rank[*index] = position;
        }
        for (index, entity) in entities.iter_mut().enumerate() {
            for one in &mut entity.ones {
                one.deferred = rank[one.target] > rank[index];
            }
        }
        Ok(Self { model, entities, order })
    }

    pub fn enumeration(&self, name: &str) -> Option<&'a Enumeration> {
        self.model.enums.iter().find(|enumeration| enumeration.name == name)
    }
}

impl<'a> EntityShape<'a> {
    fn new(entity: &'a Entity) -> Self {
        let snake = names::snake_case(&entity.name);
        let many = names::snake_case(&entity.plural.clone().unwrap_or_else(|| names::plural(&entity.name)));
        Self { entity, snake, many, ones: Vec::new(), lists: Vec::new(), collections: Vec::new(), mirrors: Vec::new() }
    }

    /// What the entity calls those that it stands in relation to.
    pub fn related_names(&self) -> impl Iterator<Item = &str> {
        let ones = self.ones.iter().map(|one| one.field.as_str());
        let lists = self.lists.iter().map(|list| list.field.as_str());
        ones.chain(lists).chain(self.collections.iter().chain(&self.mirrors).map(|back| back.field.as_str()))
    }
}

/// What is required comes first; where that leaves a choice, what is referred to does, and then what the model names first.
fn order(entities: &[EntityShape<'_>]) -> Result<Vec<usize>, BlueprintError> {
    let mut placed = vec![false; entities.len()];
    let mut order = Vec::with_capacity(entities.len());
    while order.len() < entities.len() {
        let open: Vec<usize> = (0..entities.len()).filter(|at| !placed[*at]).collect();
        let is_ready = |at: &usize, even_optional: bool| {
            entities[*at]
                .ones
                .iter()
                .all(|one| placed[one.target] || (one.target == *at && !one.required) || !(one.required || even_optional))
        };
        let next = open.iter().find(|at| is_ready(at, true)).or_else(|| open.iter().find(|at| is_ready(at, false)));
        let Some(next) = next.copied() else {
            let names: Vec<&str> = open.iter().map(|at| entities[*at].entity.name.as_str()).collect();
            return Err(BlueprintError {
                place: "relations".into(),
                message: format!("{} require each other in a circle", names.join(", ")),
            });
        };
        placed[next] = true;
        order.push(next);
    }
    Ok(order)
}
