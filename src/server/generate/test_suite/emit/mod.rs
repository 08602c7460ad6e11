//! Cases → files of a pytest + httpx project. Emitters know a language and nothing about testing.
//!
//! What is the same for every suite lies in `pytest/` as it will lie in the ZIP; what differs is written by
//! `test_file` (the tests), `contract` (what answers must look like) and `readme`.

mod contract;
pub mod paths;
mod python;
mod readme;
pub mod test_file;

#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use super::cases::{Case, Fixtures};
use super::model::Model;
use super::resource::Resource;

/// A file of the suite; the path is below the suite's own folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub path: String,
    pub content: Vec<u8>,
}

impl File {
    fn new(path: &str, content: impl Into<Vec<u8>>) -> Self {
        Self { path: path.to_owned(), content: content.into() }
    }
}

/// The tests of one resource.
pub fn resource(model: &Model, fixtures: &Fixtures, slugs: &[String], resource: &Resource, cases: &[Case]) -> File {
    let contents = test_file::Contents { model, fixtures, slugs, title: &resource.title, about: &resource.about, cases };
    File::new(&resource.path(), test_file::write(&contents))
}

/// What the tests stand on, and all that does not depend on the cases.
pub fn frame(model: &Model) -> Vec<File> {
    vec![
        File::new(".github/workflows/tests.yml", include_str!("pytest/tests.yml")),
        File::new("pyproject.toml", include_str!("pytest/pyproject.toml")),
        File::new("requirements.txt", include_str!("pytest/requirements.txt")),
        File::new("tests/conftest.py", include_str!("pytest/conftest.py")),
        File::new("tests/contract.json", pretty(&contract::contract(model))),
        File::new("tests/support.py", include_str!("pytest/support.py")),
    ]
}

/// What says what is in the suite: for people, and for machines.
pub fn overview(model: &Model, folder: &str, plans: &[super::suite::ResourcePlan]) -> Vec<File> {
    let cases: Vec<Value> = plans
        .iter()
        .flat_map(|plan| plan.cases.iter().map(move |case| (plan, case)))
        .map(|(plan, case)| {
            json!({
                "id": case.id,
                "kind": case.kind.as_str(),
                "operation": model.operations[case.operation].line(),
                "request": format!("{} {}", case.request.method, case.request.path_text()),
                "reason": case.reason,
                "test": format!("{}::test_{}__{}", plan.resource.path(), plan.slug_of(case), case.name),
                "skip": case.skip,
            })
        })
        .collect();
    vec![File::new("README.md", readme::write(model, folder, plans)), File::new("cases.json", pretty(&Value::Array(cases)))]
}

fn pretty(value: &Value) -> Vec<u8> {
    let mut text = format!("{value:#}");
    text.push('\n');
    text.into_bytes()
}
