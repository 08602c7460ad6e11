//! Blueprints: model, options and seed → the files of a project. The same ones, byte for byte, for the same input.
//!
//! A blueprint is a tree of templates (`blueprints/`), which lie as their files will lie in the project, and a module that says what is
//! its own (`stacks`). This is the engine that they share: it makes names (`names`), resolves relations (`shape`), makes values
//! (`samples`) and says what a template sees (`view`).
//! No clock, no chance, no network; a model is expected to be valid, and one that is not gives an error, never a panic.

mod chance;
mod field_view;
mod limits;
pub mod names;
mod pattern;
mod phrases;
mod render;
pub mod samples;
mod shape;
mod stacks;
#[cfg(test)]
mod tests;
mod trees;
mod view;

use std::collections::BTreeMap;

use minijinja::context;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::protocol::project::{Access, Database, Licence, ProjectModel, ProjectOptions};
use shape::Shape;
use stacks::Blueprint;

/// A file of the project; the path is relative, with slashes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// Entities that have rules beyond those of their fields, and for each the values that keep them: samples have these.
///
/// The rules themselves are written by somebody else, as files that the blueprint calls (`app/rules/…`); it only makes the place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ruled(pub BTreeMap<String, BTreeMap<String, Value>>);

/// Makes all files, ordered by path. The seed decides about sample values only.
///
/// # Errors
/// What the model has that this stack has no way to say; or a fault in a template.
pub fn blueprint(model: &ProjectModel, options: &ProjectOptions, seed: u64) -> Result<Vec<File>, BlueprintError> {
    blueprint_with(model, options, seed, &Ruled::default())
}

/// [`blueprint`], with places for rules of these entities, in stacks that have them (`FastAPI`).
///
/// # Errors
/// As [`blueprint`].
pub fn blueprint_with(model: &ProjectModel, options: &ProjectOptions, seed: u64, ruled: &Ruled) -> Result<Vec<File>, BlueprintError> {
    let stack = stacks::of(options.stack);
    check_names(model, options, stack)?;
    stack.check(model)?;
    let shape = Shape::new(model)?;
    let mut rows = samples::rows(&shape, seed);
    for (entity, rows) in shape.entities.iter().zip(&mut rows) {
        samples::keep(rows, ruled.0.get(&entity.entity.name), &entity.entity.fields);
    }
    let mut views = view::entities(&shape, &rows, stack)?;
    for view in &mut views {
        view.has_rules = ruled.0.contains_key(&view.names.name);
    }
    let project = view::merged(&view::Project::new(model, &views, stack), stack.project(&shape))?;
    let mut entities: Vec<minijinja::Value> = Vec::new();
    for (index, view) in views.iter().enumerate() {
        entities.push(minijinja::Value::from_serialize(view::merged(view, stack.entity(&shape, index))?));
    }
    let sorted = |name: fn(&view::Names) -> &str| -> minijinja::Value {
        let mut order: Vec<usize> = (0..views.len()).collect();
        order.sort_by(|a, b| stack.compare(name(&views[*a].names), name(&views[*b].names)));
        order.into_iter().map(|at| entities[at].clone()).collect()
    };
    let globals = context! {
        project => minijinja::Value::from_serialize(&project),
        entities => minijinja::Value::from(entities.clone()),
        by_module => sorted(|names| &names.module),
        by_modules => sorted(|names| &names.modules),
        by_creation => shape.order.iter().map(|at| entities[*at].clone()).collect::<minijinja::Value>(),
        postgres => options.database == Database::Postgres,
        accounts => options.access == Access::Accounts,
        front_end => options.front_end,
        docker => options.docker,
        ci => options.ci,
        licence => options.licence.as_str(),
        rules => !ruled.0.is_empty(),
    };
    let engine = render::engine(stack);
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for (path, template) in &trees::templates(stack.trees())? {
        let is_of_rules = path.starts_with("app/rules/") || path.starts_with("tests/rules/");
        if !is_wanted(path, template, options) || !stack.is_wanted(path, model, options) || is_of_rules && ruled.0.is_empty() {
            continue;
        }
        if path.contains("{{entity.") {
            for entity in &entities {
                let scope = context! { entity => entity, ..globals.clone() };
                put(&mut files, &engine, stack, path, &template.content, &scope)?;
            }
        } else {
            put(&mut files, &engine, stack, path, &template.content, &globals)?;
        }
    }
    Ok(files.into_iter().map(|(path, content)| File { path, content }).collect())
}

/// Parts that options switch off in every stack.
fn is_wanted(path: &str, template: &trees::Template, options: &ProjectOptions) -> bool {
    match path {
        "LICENSE" => options.licence != Licence::None,
        "Dockerfile" | ".dockerignore" => options.docker,
        "compose.yaml" => options.docker && options.database == Database::Postgres,
        _ if path.starts_with(".github/") => options.ci,
        _ if template.tree.folder == trees::WEB => {
            options.front_end && (template.name != "signin.js" || options.access == Access::Accounts)
        }
        _ => true,
    }
}

fn put(
    files: &mut BTreeMap<String, String>,
    engine: &minijinja::Environment<'_>,
    stack: &dyn Blueprint,
    path: &str,
    template: &str,
    scope: &minijinja::Value,
) -> Result<(), BlueprintError> {
    let name = render::render(engine, path, path, scope)?;
    let content = stack.finish(&name, render::render(engine, path, template, scope)?);
    if files.insert(name.clone(), content).is_some() {
        return Err(BlueprintError { place: "entities".into(), message: format!("two of them would be written to `{name}`") });
    }
    Ok(())
}

/// Names that no language reserves, but this stack's own code has a use for.
fn check_names(model: &ProjectModel, options: &ProjectOptions, stack: &dyn Blueprint) -> Result<(), BlueprintError> {
    if let Some(taken) = model.enums.iter().find(|enumeration| stack.own_enums().contains(&enumeration.name.as_str())) {
        let message = format!("`{}` is the project's own", taken.name);
        return Err(BlueprintError { place: format!("enums.{}", taken.name), message });
    }
    for entity in &model.entities {
        let place = format!("entities.{}", entity.name);
        if stack.own_entities(options).contains(&entity.name.as_str()) {
            return Err(BlueprintError { place, message: format!("`{}` is the project's own, with these options", entity.name) });
        }
        let fields = entity.fields.iter().map(|field| &field.name);
        let ends = model.relations.iter().flat_map(|relation| [&relation.from, &relation.to]).filter(|end| end.entity == entity.name);
        let mut names = fields.chain(ends.filter_map(|end| end.field.as_ref()));
        if let Some(taken) = names.find(|name| stack.own_fields().contains(&name.as_str())) {
            let message = format!("`{taken}` is a name that the project's own code uses; another one is needed");
            return Err(BlueprintError { place: format!("{place}.fields.{taken}"), message });
        }
    }
    Ok(())
}
