//! Rust: axum, sqlx, serde.

mod fields;
mod rust;
mod sql;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::collections::BTreeSet;

use minijinja::Environment;
use minijinja::value::ViaDeserialize;
use serde_json::{Value, json};

use super::{Blueprint, Words, words};
use crate::protocol::project::{Access, Field, FieldType, ProjectModel, ProjectOptions};
use crate::server::generate::project::blueprint::field_view;
use crate::server::generate::project::blueprint::names;
use crate::server::generate::project::blueprint::shape::{EntityShape, Shape};
use crate::server::generate::project::blueprint::trees::{self, Tree};

/// What a package of ours is not called, beside what its lock file lists: its own crates, and those that come with Rust.
const TAKEN_PACKAGES: [&str; 7] = ["alloc", "app", "core", "proc-macro", "server", "std", "test"];

/// Its folder of `blueprints/`.
const FOLDER: &str = "axum";

pub struct Axum;

impl Blueprint for Axum {
    fn trees(&self) -> &'static [Tree] {
        const TREES: [Tree; 3] = [Tree { folder: FOLDER, at: "" }, trees::ANY, trees::web("web/")];
        &TREES
    }

    fn is_wanted(&self, path: &str, model: &ProjectModel, options: &ProjectOptions) -> bool {
        match path {
            "src/enums.rs" | "src/fields/choices.rs" => !model.enums.is_empty(),
            "src/models/auth.rs" | "src/schemas/auth.rs" | "tests/api/auth.rs" => options.access == Access::Accounts,
            "src/web.rs" | "tests/api/front_end.rs" => options.front_end,
            _ if path.starts_with("src/auth/") => options.access == Access::Accounts,
            _ => true,
        }
    }

    fn own_entities(&self, options: &ProjectOptions) -> &'static [&'static str] {
        if options.access == Access::Accounts { &["AuthAccount", "AuthToken", "Auth"] } else { &[] }
    }

    /// Their names in the description of the API are those that they have in the model.
    fn own_enums(&self) -> &'static [&'static str] {
        &["FieldProblem", "Reference"]
    }

    fn own_fields(&self) -> &'static [&'static str] {
        &[]
    }

    fn teach(&self, engine: &mut Environment<'static>) {
        engine.add_function("fold", |head: &str, items: Vec<String>, tail: &str| rust::fold(head, &items, tail));
        engine.add_function("fold_struct", |head: &str, items: Vec<String>, tail: &str| rust::fold_struct(head, &items, tail));
        engine.add_function("in_order", |mut modules: Vec<String>| {
            modules.sort_by(|a, b| rust::compare(a, b));
            modules
        });
        engine.add_function("fold_import", |path: &str, names: Vec<String>| rust::import(path, &names));
        engine.add_filter("rust", |text: &str| rust::text(text));
        engine.add_filter("quoted", |list: Vec<String>| list.iter().map(|text| rust::text(text)).collect::<Vec<_>>());
        engine.add_filter("pairs", |filters: ViaDeserialize<Value>| pairs(&filters.0));
        engine.add_filter("doc", |text: &str| rust::doc(text));
        engine.add_filter("integer", |value: i128| rust::integer(value));
        engine.add_filter("sql", |name: &str| sql::name(name));
        engine.add_filter("packages_in_order", packages_in_order);
    }

    fn module(&self, name: &str) -> String {
        rust::safe(name)
    }

    fn member(&self, value: &str) -> String {
        rust::variant(value)
    }

    fn compare(&self, a: &str, b: &str) -> Ordering {
        rust::compare(a, b)
    }

    fn project(&self, shape: &Shape<'_>) -> Words {
        let slug = names::slug(&shape.model.name);
        let package = if is_taken(&slug) { format!("{slug}-server") } else { slug };
        words([("package", package.into())])
    }

    /// The imports of its requests, its patterns, the statements of its table, and the lines of the test of what is refused.
    fn entity(&self, shape: &Shape<'_>, index: usize) -> Words {
        let own = &shape.entities[index];
        let columns: Vec<String> = own
            .entity
            .fields
            .iter()
            .map(|field| field.name.clone())
            .chain(own.ones.iter().map(|one| format!("{}_id", one.field)))
            .collect();
        let patterns = own.entity.fields.iter().filter_map(|field| {
            let literal = fields::pattern_literal(field)?;
            Some(json!({"name": fields::pattern_name(field), "literal": literal}))
        });
        let sorted = own.entity.fields.iter().filter(|field| field_view::is_sorted(field)).map(|field| field.name.as_str());
        let mut keys: Vec<&str> = ["created_at", "updated_at"].into_iter().chain(sorted).collect();
        keys.sort_unstable();
        let keys: Vec<String> = keys.into_iter().flat_map(|key| [key.to_owned(), format!("-{key}")]).collect();
        let table = sql::name(&own.many);
        words([
            ("rules", rules(own).into()),
            ("patterns", patterns.collect()),
            ("sort_keys", keys.into()),
            ("insert_sql", sql::insert(&own.many, &columns).into()),
            ("update_sql", sql::update(&own.many, &columns).into()),
            ("find_sql", rust::raw(&format!("SELECT * FROM {table} WHERE id = $1")).into()),
            ("delete_sql", rust::raw(&format!("DELETE FROM {table} WHERE id = $1")).into()),
            ("list_sql", rust::raw(&format!("SELECT * FROM {table} WHERE TRUE")).into()),
            ("count_sql", rust::raw(&format!("SELECT COUNT(*) FROM {table} WHERE TRUE")).into()),
            ("input_values", input_values(own).into()),
            ("query_values", query_values(own).into()),
            ("output_values", output_values(own, &own.snake).into()),
            ("refusals", refusals(own).into()),
            ("test_imports", test_imports(own).into()),
        ])
    }

    fn field(&self, _entity: &EntityShape<'_>, field: &Field, example: Option<&Value>) -> Words {
        let plain = fields::plain(field);
        words([
            ("type", if field.required { plain } else { format!("Option<{plain}>") }.into()),
            ("copy", fields::is_copy(field).into()),
            ("sqlite", fields::sqlite(field).into()),
            ("postgres", fields::postgres(field).into()),
            ("rule", fields::rule(field).1.into()),
            ("example", fields::example(example).into()),
        ])
    }

    fn filter(&self, field: Option<&Field>) -> Words {
        words([
            ("type", field.map_or_else(|| "Uuid".to_owned(), fields::plain).into()),
            ("copy", field.is_none_or(fields::is_copy).into()),
            ("rule", fields::filter_rule(field).1.into()),
        ])
    }
}

/// What the module of an entity's requests imports from `src/fields`.
fn rules(own: &EntityShape<'_>) -> Vec<&'static str> {
    let entity = own.entity;
    let mut names: BTreeSet<&'static str> = ["Word"].into();
    for field in &entity.fields {
        names.insert(fields::rule(field).0);
        if fields::pattern_literal(field).is_some() {
            names.insert("Pattern");
        }
        if field.kind == FieldType::Decimal && (field.min.is_some() || field.max.is_some()) {
            names.insert("Decimal");
        }
    }
    if entity.pagination {
        names.insert("Count");
    }
    if field_view::searched(entity).next().is_some() {
        names.insert("Text");
    }
    if !own.ones.is_empty() {
        names.insert("Key");
    }
    if !own.lists.is_empty() {
        names.insert("Ids");
    }
    names.extend(field_view::filters(own, &[]).into_iter().map(|(field, _)| fields::filter_rule(field).0));
    names.into_iter().collect()
}

/// Filters as pairs of the parameter and the property that it keeps to.
fn pairs(filters: &Value) -> Vec<String> {
    let text = |filter: &Value, key: &str| rust::text(filter[key].as_str().unwrap_or_default());
    let pair = |filter: &Value| format!("({}, {})", text(filter, "parameter"), text(filter, "property"));
    filters.as_array().into_iter().flatten().map(pair).collect()
}

/// The fields of a request, of what was read of it.
fn input_values(own: &EntityShape<'_>) -> Vec<String> {
    let fields = own.entity.fields.iter().map(|field| field.name.clone());
    let ones = own.ones.iter().map(|one| format!("{}_id", one.field));
    let lists = own.lists.iter().map(|list| format!("{}_ids", list.one));
    fields.chain(ones).chain(lists).map(|name| format!("{name}: {name}?")).collect()
}

/// The same of what a list is asked for.
fn query_values(own: &EntityShape<'_>) -> Vec<String> {
    let pages = ["page", "page_size"].into_iter().filter(|_| own.entity.pagination);
    let search = field_view::searched(own.entity).next().map(|_| "q");
    let filters = field_view::filters(own, &[]).into_iter().map(|(_, filter)| filter.parameter);
    let names = pages.chain(["sort"]).chain(search).map(str::to_owned).chain(filters);
    names.map(|name| format!("{name}: {name}?")).collect()
}

/// The fields of an answer, of a row and what is related to it.
fn output_values(own: &EntityShape<'_>, module: &str) -> Vec<String> {
    let module = rust::safe(module);
    let mut values = vec!["id: row.id".to_owned()];
    values.extend(own.entity.fields.iter().map(|field| format!("{0}: row.{0}", field.name)));
    for one in &own.ones {
        let field = &one.field;
        values.push(format!("{field}_id: row.{field}_id"));
        values.push(if one.required {
            format!("{field}: related.one(row.{field}_id)")
        } else {
            format!("{field}: row.{field}_id.map(|id| related.one(id))")
        });
    }
    for list in &own.lists {
        let join = list.table.to_uppercase();
        values.push(format!("{}: related.list(&models::{module}::{join}, row.id)", list.field));
    }
    values.extend(["created_at", "updated_at"].map(|name| format!("{name}: row.{name}")));
    values
}

/// Lines of the test of what is refused.
fn refusals(own: &EntityShape<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    let mut add = |name: &str, value: &str| {
        let line = format!("    api.refuses(\"{name}\", json!({value})).await;");
        if line.chars().count() <= rust::WIDTH {
            lines.push(line);
        } else {
            lines.push(rust::fold("    let value = json!(", &[value.to_owned()], ");"));
            lines.push(format!("    api.refuses(\"{name}\", value).await;"));
        }
    };
    for field in &own.entity.fields {
        for value in fields::refused(field) {
            add(&field.name, &value);
        }
    }
    for one in &own.ones {
        let name = format!("{}_id", one.field);
        add(&name, "\"not-a-uuid\"");
        add(&name, "Uuid::now_v7()");
        if one.required {
            add(&name, "null");
        }
    }
    for list in &own.lists {
        let name = format!("{}_ids", list.one);
        for value in ["\"not-a-list\"", "[\"not-a-uuid\"]", "[Uuid::now_v7()]", "[Uuid::nil(), Uuid::nil()]"] {
            add(&name, value);
        }
    }
    lines
}

/// What the tests of an entity take from `tests/api/support.rs`.
fn test_imports(own: &EntityShape<'_>) -> String {
    let entity = own.entity;
    let mut names: BTreeSet<&str> = ["Maker", "Refusals", "TestApp", "assert_shown", "with"].into();
    if field_view::searched(entity).next().is_some() || !field_view::filters(own, &[]).is_empty() {
        names.insert("in_address");
    }
    if entity.fields.iter().any(|field| field.kind == FieldType::Bytes) {
        names.insert("zeros");
    }
    format!("{{{}}}", names.into_iter().collect::<Vec<_>>().join(", "))
}

/// A lock file names a package by its name alone, as long as there is no other one of that name.
fn is_taken(package: &str) -> bool {
    let line = format!("name = \"{package}\"");
    TAKEN_PACKAGES.contains(&package) || trees::content(FOLDER, "Cargo.lock").is_some_and(|lock| lock.lines().any(|other| other == line))
}

/// A lock file lists packages by name, and ours is called as the project is.
#[expect(clippy::needless_pass_by_value, reason = "filters are handed what they filter")]
fn packages_in_order(text: String) -> String {
    let mut packages: Vec<&str> = text.split("[[package]]\n").map(str::trim).filter(|package| !package.is_empty()).collect();
    packages.sort_by(|a, b| {
        let value = |package: &str, key: &str| package.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default().to_owned();
        let version = |package: &str| value(package, "version = ");
        value(a, "name = ").cmp(&value(b, "name = ")).then_with(|| names::natural(&version(a), &version(b)))
    });
    let packages: Vec<String> = packages.into_iter().map(|package| format!("[[package]]\n{package}\n")).collect();
    packages.join("\n")
}
