//! TypeScript: Hono, zod, Vitest, Biome; SQLite by libsql, or PostgreSQL by pg.
//!
//! Its templates are written as if every name were short: what becomes too long is broken afterwards (`layout`).

mod layout;
#[cfg(test)]
mod tests;
mod typescript;

use std::collections::BTreeSet;

use minijinja::Environment;
use minijinja::value::ViaDeserialize;
use serde_json::{Value, json};

use super::{Blueprint, Words, words};
use crate::protocol::project::{Access, Field, FieldType, ProjectModel, ProjectOptions};
use crate::server::generate::project::blueprint::shape::{EntityShape, Shape};
use crate::server::generate::project::blueprint::trees::{self, Tree};
use crate::server::generate::project::blueprint::{BlueprintError, field_view, limits::Limits, view};
use crate::server::generate::project::model::names;

pub struct Hono;

impl Blueprint for Hono {
    fn trees(&self) -> &'static [Tree] {
        const TREES: [Tree; 3] = [Tree { folder: "hono", at: "" }, trees::ANY, trees::web("web/")];
        &TREES
    }

    fn is_wanted(&self, path: &str, model: &ProjectModel, options: &ProjectOptions) -> bool {
        match path {
            "src/enums.ts" => !model.enums.is_empty(),
            "tests/auth.test.ts" => options.access == Access::Accounts,
            "tests/front-end.test.ts" => options.front_end,
            _ if path.starts_with("src/auth/") => options.access == Access::Accounts,
            _ => true,
        }
    }

    fn own_entities(&self, options: &ProjectOptions) -> &'static [&'static str] {
        if options.access == Access::Accounts { &["AuthAccount", "AuthToken"] } else { &[] }
    }

    fn own_fields(&self) -> &'static [&'static str] {
        &[]
    }

    /// A number of JavaScript holds whole numbers up to 2^53.
    fn check(&self, model: &ProjectModel) -> Result<(), BlueprintError> {
        for entity in &model.entities {
            for field in entity.fields.iter().filter(|field| field.kind == FieldType::Integer) {
                let (least, most) = typescript::integers(&Limits::of(field));
                if least > most {
                    let message =
                        "no number of JavaScript is exactly within these bounds, which end at 2^53; make it a decimal or a string";
                    let place = format!("entities.{}.fields.{}", entity.name, field.name);
                    return Err(BlueprintError { place, message: message.into() });
                }
            }
        }
        Ok(())
    }

    fn teach(&self, engine: &mut Environment<'static>) {
        engine.add_filter("ts", |value: ViaDeserialize<Value>| typescript::literal(&value.0));
        engine.add_filter("doc", |text: &str| typescript::doc(text));
        engine.add_filter("key", |text: &str| typescript::key(text));
        engine.add_filter("grouped", typescript::grouped);
    }

    fn finish(&self, path: &str, content: String) -> String {
        if path.ends_with(".ts") { layout::fitted(&content) } else { content }
    }

    fn module(&self, name: &str) -> String {
        names::kebab_case(name)
    }

    /// Only ever used with something behind it: `bookTable`.
    fn variable(&self, name: &str) -> String {
        names::camel_case(name)
    }

    fn member(&self, value: &str) -> String {
        value.to_owned()
    }

    /// What is imported from modules that all share, and the tables that its own names.
    fn entity(&self, shape: &Shape<'_>, index: usize) -> Words {
        let own = &shape.entities[index];
        let ones = own.ones.iter().map(|one| one.target);
        let targets: BTreeSet<String> = ones
            .chain(own.lists.iter().map(|list| list.target))
            .filter(|target| *target != index)
            .map(|target| shape.entities[target].snake.clone())
            .collect();
        let mut targets: Vec<String> = targets.into_iter().collect();
        targets.sort_by(|a, b| self.compare(&self.module(a), &self.module(b)));
        let targets: Vec<Value> =
            targets.iter().map(|snake| json!({ "module": self.module(snake), "var": self.variable(snake) })).collect();
        words([("field_imports", field_imports(own).into()), ("shape_imports", shape_imports(own).into()), ("targets", targets.into())])
    }

    /// The types of the property in requests and answers; the column here and in migrations; expressions that must be refused.
    fn field(&self, entity: &EntityShape<'_>, field: &Field, example: Option<&Value>) -> Words {
        let constraint = view::constraint("uq", &entity.many, &field.name);
        words([
            ("request", typescript::request(field, example).into()),
            ("answer", typescript::answer(field).into()),
            ("column", typescript::column(field.kind).into()),
            ("sqlite", typescript::sqlite(field).into()),
            ("postgres", typescript::postgres(field, &constraint).into()),
            ("constraint", constraint.into()),
            ("refused", typescript::refused(field).into()),
        ])
    }

    fn filter(&self, field: Option<&Field>) -> Words {
        words([("schema", field.map_or_else(|| "uuid()".into(), typescript::filter).into())])
    }
}

/// Of `src/api/fields.ts`, for the module of an entity's requests and answers.
fn field_imports(own: &EntityShape<'_>) -> Vec<String> {
    let entity = own.entity;
    let mut names: BTreeSet<&str> = ["instant", "uuid"].into();
    for field in &entity.fields {
        names.insert(typescript::function(field.kind));
        if !field.required {
            names.extend(["nullable", "optional"]);
        }
        if entity.filter && field_view::is_filtered(field) {
            names.insert("filter");
            names.extend(match field.kind {
                FieldType::Integer => Some("queryInteger"),
                FieldType::Boolean => Some("queryBoolean"),
                FieldType::String => Some("queryText"),
                _ => None,
            });
        }
    }
    if !own.ones.is_empty() {
        names.insert("reference");
    }
    if own.ones.iter().any(|one| !one.required) {
        names.extend(["nullable", "optional"]);
    }
    if !own.lists.is_empty() {
        names.insert("references");
    }
    if entity.filter && (!own.ones.is_empty() || !own.lists.is_empty()) {
        names.insert("filter");
    }
    names.into_iter().map(str::to_owned).collect()
}

/// Of `src/api/shapes.ts`.
fn shape_imports(own: &EntityShape<'_>) -> Vec<&'static str> {
    let entity = own.entity;
    let paged: &[&str] = if entity.pagination { &["page", "paging"] } else { &[] };
    let mut names: Vec<&'static str> = paged.to_vec();
    if !own.ones.is_empty() || !own.lists.is_empty() {
        names.push("Reference");
    }
    if field_view::searched(entity).next().is_some() {
        names.push("searching");
    }
    names.extend(["shape", "sorting"]);
    if !entity.pagination {
        names.push("whole");
    }
    names
}
