//! The trees of templates, as they lie in `blueprints/`. A path is a template too: `{{entity.…}}` in it means one file for each entity.
//!
//! A release has them within itself; a debug build reads them where they lie, so a changed template needs no compiler.

use std::collections::BTreeMap;

use rust_embed::RustEmbed;

use super::BlueprintError;

#[derive(RustEmbed)]
#[folder = "src/server/generate/project/blueprints/"]
struct Templates;

/// A folder of `blueprints/`, and where in the project its files go.
#[derive(Clone, Copy)]
pub struct Tree {
    pub folder: &'static str,
    /// With a slash at its end, or nothing for the top.
    pub at: &'static str,
}

/// What every project has, whatever it is made of.
pub const ANY: Tree = Tree { folder: "any", at: "" };
/// The front end: it reads `/openapi.json`, so one suits all stacks. It expects to be served at `/static/`, and its page at `/`.
pub const fn web(at: &'static str) -> Tree {
    Tree { folder: WEB, at }
}
pub const WEB: &str = "web";

/// A file of a tree.
pub struct Template {
    pub tree: Tree,
    /// Within its tree.
    pub name: String,
    pub content: String,
}

/// One template, as it lies there.
pub fn content(folder: &str, name: &str) -> Option<String> {
    String::from_utf8(Templates::get(&format!("{folder}/{name}"))?.data.into_owned()).ok()
}

/// All templates of some trees by the path that they have in a project, in the order of the paths.
///
/// # Errors
/// A template is no text; two trees have the same path.
pub fn templates(trees: &[Tree]) -> Result<BTreeMap<String, Template>, BlueprintError> {
    let fault = |path: &str, message: &str| BlueprintError { place: path.into(), message: message.into() };
    let mut found = BTreeMap::new();
    for path in Templates::iter() {
        let Some((folder, name)) = path.split_once('/') else { continue };
        for tree in trees.iter().filter(|tree| tree.folder == folder) {
            let file = Templates::get(&path).ok_or_else(|| fault(&path, "it is gone"))?;
            let content = String::from_utf8(file.data.into_owned()).map_err(|_| fault(&path, "it is no text"))?;
            let template = Template { tree: *tree, name: name.to_owned(), content };
            if found.insert(format!("{}{name}", tree.at), template).is_some() {
                return Err(fault(&path, "another tree has a template of this path"));
            }
        }
    }
    Ok(found)
}
