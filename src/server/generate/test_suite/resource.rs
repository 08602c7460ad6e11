//! Resources: the operations of one tag (or of one first path segment), which become one file.

use indexmap::IndexMap;

use super::emit::paths::Names;
use super::model::{Model, Operation};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// As the description calls it.
    pub title: String,
    pub about: String,
    /// `special_events`: the file is `tests/test_special_events.py`.
    pub stem: String,
    /// Indices into the model's operations, in its order.
    pub operations: Vec<usize>,
}

impl Resource {
    pub fn path(&self) -> String {
        format!("tests/test_{}.py", self.stem)
    }
}

/// The model's resources, in the order in which their first operations stand in the description.
pub fn resources(model: &Model) -> Vec<Resource> {
    let mut groups: IndexMap<String, Vec<usize>> = IndexMap::new();
    for (index, operation) in model.operations.iter().enumerate() {
        groups.entry(group(operation)).or_default().push(index);
    }
    let mut names = Names::default();
    groups
        .into_iter()
        .map(|(title, operations)| Resource {
            about: model.tags.iter().find(|tag| tag.name == title).map(|tag| tag.description.clone()).unwrap_or_default(),
            stem: names.stem(&title, "resource"),
            title,
            operations,
        })
        .collect()
}

fn group(operation: &Operation) -> String {
    if !operation.tag.trim().is_empty() {
        return operation.tag.trim().to_owned();
    }
    let segment = operation.path.split('/').find(|segment| !segment.is_empty() && !segment.starts_with('{'));
    segment.unwrap_or("root").to_owned()
}
