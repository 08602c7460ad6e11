//! Blueprints: model, options and seed → the files of a project. The same ones, byte for byte, for the same input.
//!
//! A blueprint is a tree of templates (`blueprints/`), which lie as their files will lie in the project. This is the engine that they
//! share: it makes names (`names`), resolves relations (`shape`), makes values (`samples`) and says what a template sees (`view`).
//! No clock, no chance, no network; a model is expected to be valid, and one that is not gives an error, never a panic.

mod chance;
mod field_view;
mod limits;
pub mod names;
mod pattern;
mod phrases;
mod python;
mod render;
pub mod samples;
mod shape;
mod trees;
mod view;

use std::collections::BTreeMap;

use minijinja::context;

use crate::protocol::project::{Access, Database, Licence, ProjectModel, ProjectOptions, Stack};
use shape::Shape;

/// A file of the project; the path is relative, with slashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub path: String,
    pub content: String,
}

/// Why no project can be made of this model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {message}")]
pub struct BlueprintError {
    /// `entities.Book.fields.title`
    pub place: String,
    pub message: String,
}

/// Makes all files, ordered by path. The seed decides about sample values only.
///
/// # Errors
/// What the model has that this stack has no way to say; or a fault in a template.
pub fn blueprint(model: &ProjectModel, options: &ProjectOptions, seed: u64) -> Result<Vec<File>, BlueprintError> {
    let tree = match options.stack {
        Stack::FastApi => &trees::FASTAPI,
        Stack::Axum => {
            return Err(BlueprintError { place: "options.stack".into(), message: "there is no blueprint for `axum` yet".into() });
        }
    };
    check_names(model, options)?;
    let shape = Shape::new(model)?;
    let rows = samples::rows(&shape, seed);
    let entities = view::entities(&shape, &rows);
    let project = view::Project::new(model, &entities);
    let mut ordered: Vec<&view::EntityView> = entities.iter().collect();
    ordered.sort_by(|a, b| names::natural(&a.names.module, &b.names.module));
    let mut by_modules = ordered.clone();
    by_modules.sort_by(|a, b| names::natural(&a.names.modules, &b.names.modules));
    let by_creation: Vec<&view::EntityView> = shape.order.iter().map(|at| &entities[*at]).collect();
    let globals = context! {
        project => minijinja::Value::from_serialize(&project),
        entities => minijinja::Value::from_serialize(&entities),
        by_module => minijinja::Value::from_serialize(&ordered),
        by_modules => minijinja::Value::from_serialize(&by_modules),
        by_creation => minijinja::Value::from_serialize(&by_creation),
        postgres => options.database == Database::Postgres,
        accounts => options.access == Access::Accounts,
        front_end => options.front_end,
        docker => options.docker,
        ci => options.ci,
        licence => options.licence.as_str(),
    };
    let engine = render::engine()?;
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for (path, template) in tree.iter().filter(|(path, _)| is_wanted(path, model, options)) {
        if path.contains("{{entity.") {
            for entity in &entities {
                let scope = context! { entity => minijinja::Value::from_serialize(entity), ..globals.clone() };
                put(&mut files, &engine, path, template, &scope)?;
            }
        } else {
            put(&mut files, &engine, path, template, &globals)?;
        }
    }
    Ok(files.into_iter().map(|(path, content)| File { path, content }).collect())
}

/// Parts of the tree that an option switches off.
fn is_wanted(path: &str, model: &ProjectModel, options: &ProjectOptions) -> bool {
    let accounts = options.access == Access::Accounts;
    match path {
        "app/enums.py" => !model.enums.is_empty(),
        "LICENSE" => options.licence != Licence::None,
        "Dockerfile" | ".dockerignore" => options.docker,
        "compose.yaml" => options.docker && options.database == Database::Postgres,
        "app/schemas/auth.py" | "app/routes/auth.py" | "app/models/auth.py" | "tests/test_auth.py" => accounts,
        "tests/test_front_end.py" => options.front_end,
        "app/static/signin.js" => options.front_end && accounts,
        _ if path.starts_with("app/auth/") => accounts,
        _ if path.starts_with("app/static/") => options.front_end,
        _ if path.starts_with(".github/") => options.ci,
        _ => true,
    }
}

fn put(
    files: &mut BTreeMap<String, String>,
    engine: &minijinja::Environment<'_>,
    path: &str,
    template: &str,
    scope: &minijinja::Value,
) -> Result<(), BlueprintError> {
    let name = render::render(engine, path, path, scope)?;
    let content = render::render(engine, path, template, scope)?;
    if files.insert(name.clone(), content).is_some() {
        return Err(BlueprintError { place: "entities".into(), message: format!("two of them would be written to `{name}`") });
    }
    Ok(())
}

/// Names that no language reserves, but this stack's own code has a use for.
fn check_names(model: &ProjectModel, options: &ProjectOptions) -> Result<(), BlueprintError> {
    for entity in &model.entities {
        let place = format!("entities.{}", entity.name);
        if options.access == Access::Accounts && ["AuthAccount", "AuthToken", "Auth"].contains(&entity.name.as_str()) {
            return Err(BlueprintError { place, message: format!("with accounts, `{}` is the project's own", entity.name) });
        }
        let fields = entity.fields.iter().map(|field| &field.name);
        let ends = model.relations.iter().flat_map(|relation| [&relation.from, &relation.to]).filter(|end| end.entity == entity.name);
        if let Some(taken) =
            fields.chain(ends.filter_map(|end| end.field.as_ref())).find(|name| python::TAKEN_FIELDS.contains(&name.as_str()))
        {
            let message = format!("`{taken}` is a name that the project's own code uses; another one is needed");
            return Err(BlueprintError { place: format!("{place}.fields.{taken}"), message });
        }
    }
    Ok(())
}
