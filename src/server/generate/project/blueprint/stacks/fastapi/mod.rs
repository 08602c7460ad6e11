//! Python: `FastAPI`, `SQLAlchemy`, Alembic, pytest, ruff.

mod python;

use std::collections::BTreeSet;

use minijinja::Environment;
use minijinja::value::ViaDeserialize;
use serde_json::Value;

use super::{Blueprint, Words, words};
use crate::protocol::project::{Access, Entity, Field, FieldType, ProjectModel, ProjectOptions};
use crate::server::generate::project::blueprint::field_view;
use crate::server::generate::project::blueprint::shape::{EntityShape, Shape};
use crate::server::generate::project::blueprint::trees::{self, Tree};

pub struct FastApi;

impl Blueprint for FastApi {
    fn trees(&self) -> &'static [Tree] {
        const TREES: [Tree; 3] = [Tree { folder: "fastapi", at: "" }, trees::ANY, trees::web("app/static/")];
        &TREES
    }

    fn is_wanted(&self, path: &str, model: &ProjectModel, options: &ProjectOptions) -> bool {
        let accounts = options.access == Access::Accounts;
        match path {
            "app/enums.py" => !model.enums.is_empty(),
            "app/schemas/auth.py" | "app/models/auth.py" | "tests/test_auth.py" => accounts,
            "tests/test_front_end.py" => options.front_end,
            _ if path.starts_with("app/auth/") => accounts,
            _ => true,
        }
    }

    fn own_entities(&self, options: &ProjectOptions) -> &'static [&'static str] {
        if options.access == Access::Accounts { &["AuthAccount", "AuthToken", "Auth"] } else { &[] }
    }

    fn own_fields(&self) -> &'static [&'static str] {
        &python::TAKEN_FIELDS
    }

    fn teach(&self, engine: &mut Environment<'static>) {
        engine.add_function("fold", |head: &str, items: Vec<String>, tail: &str| python::fold(head, &items, tail));
        engine.add_function("fold_import", |module: &str, names: Vec<String>| python::import(module, &names));
        engine.add_function("parametrize", |name: &str, values: Vec<String>| python::parametrize(name, &values));
        engine.add_filter("python", |value: ViaDeserialize<Value>| python::literal(&value.0));
        engine.add_filter("doc", |text: &str| python::doc(text));
        engine.add_filter("quoted", |list: Vec<String>| list.iter().map(|text| python::text(text)).collect::<Vec<_>>());
    }

    fn module(&self, name: &str) -> String {
        python::safe(name)
    }

    fn variable(&self, name: &str) -> String {
        python::variable(name)
    }

    fn member(&self, value: &str) -> String {
        python::member(value)
    }

    /// `shadows`: a field is called like something that the base of all requests has.
    fn project(&self, shape: &Shape<'_>) -> Words {
        let mut fields = shape.model.entities.iter().flat_map(|entity| &entity.fields);
        words([("shadows", fields.any(|field| python::SHADOWING.contains(&field.name.as_str())).into())])
    }

    fn entity(&self, shape: &Shape<'_>, index: usize) -> Words {
        let own = &shape.entities[index];
        let entity = own.entity;
        let hiding = hiding(own);
        let searched = field_view::searched(entity).map(|name| format!("models.{}.{name}", entity.name));
        let ones = own.ones.iter().map(|one| format!("orm.joinedload(models.{}.{})", entity.name, one.field));
        let lists = own.lists.iter().map(|list| format!("orm.selectinload(models.{}.{})", entity.name, list.field));
        let has_bounds = |field: &Field| field.min.is_some() || field.max.is_some();
        words([
            ("field_types", imported(own, entity).into()),
            ("searched_columns", searched.collect::<Vec<_>>().into()),
            ("related_loads", ones.chain(lists).collect::<Vec<_>>().into()),
            ("decimal_bounds", entity.fields.iter().any(|field| field.kind == FieldType::Decimal && has_bounds(field)).into()),
            ("plain_columns", entity.fields.iter().any(|field| python::column(field).starts_with("sa.")).into()),
            ("bounded_integers", entity.fields.iter().any(python::is_bounded_integer).into()),
            ("hides_builtins", hiding.iter().any(|name| python::builtin(name, &hiding) != *name).into()),
            ("list_type", python::builtin("list", &hiding).into()),
        ])
    }

    /// The attribute's type, the arguments of its column here and in a migration; the type of the property in requests, what `Field` says
    /// of it, the type in answers; expressions that must be refused.
    fn field(&self, entity: &EntityShape<'_>, field: &Field, example: Option<&Value>) -> Words {
        let mut column = vec![python::column(field)];
        column.extend(field.unique.then(|| "unique=True".to_owned()));
        let nullable = format!("nullable={}", if field.required { "False" } else { "True" });
        words([
            ("attribute", python::attribute(field, &hiding(entity)).into()),
            ("column", column.into()),
            ("migrated", vec![python::text(&field.name), python::migrated_column(field), nullable].into()),
            ("request", python::annotation(field, true).into()),
            ("rules", python::rules(field, example).into()),
            ("answer", python::annotation(field, false).into()),
            ("refused", python::refused(field).into()),
        ])
    }

    fn filter(&self, field: Option<&Field>) -> Words {
        words([("annotation", annotation(field).into())])
    }
}

/// Names in the body of an entity's classes: they hide the builtins of the same names.
fn hiding<'a>(own: &'a EntityShape<'_>) -> Vec<&'a str> {
    own.entity.fields.iter().map(|field| field.name.as_str()).chain(own.related_names()).collect()
}

/// The type of a filter's parameter.
fn annotation(field: Option<&Field>) -> String {
    let Some(field) = field else { return "Uuid".into() };
    match field.kind {
        FieldType::Integer => "QueryInteger".to_owned(),
        FieldType::Boolean => "QueryBoolean".to_owned(),
        FieldType::Enum => format!("enums.{}", field.enumeration.as_deref().unwrap_or_default()),
        FieldType::String => "QueryText".to_owned(),
        _ => python::field_type(field, false).unwrap_or("Text").to_owned(),
    }
}

/// What the module of an entity's requests and answers imports from `app/fields.py`, in the order that linters want.
fn imported(own: &EntityShape<'_>, entity: &Entity) -> Vec<String> {
    let mut names: BTreeSet<String> = ["Uuid", "DateTime"].map(str::to_owned).into();
    for field in &entity.fields {
        names.extend(python::field_type(field, true).filter(|name| *name != "StrictInt").map(str::to_owned));
        names.extend(python::field_type(field, false).map(str::to_owned));
        if field.kind == FieldType::Bytes {
            names.insert("ByteCount".into());
        }
    }
    if entity.pagination {
        names.extend(["Integer", "QueryCount"].map(str::to_owned));
    }
    if field_view::searched(entity).next().is_some() {
        names.insert("QueryText".into());
    }
    if !own.lists.is_empty() {
        names.insert("UuidList".into());
    }
    if entity.filter {
        let fields = entity.fields.iter().filter(|field| field_view::is_filtered(field)).map(Some);
        let relations = std::iter::repeat_n(None, own.ones.len() + own.lists.len());
        names.extend(fields.chain(relations).map(annotation).filter(|name| !name.starts_with("enums.")));
    }
    names.into_iter().collect()
}
