//! The pure way from a description to a suite, for the command line, benchmarks and tests; and its parts, which
//! the stages of a task take one by one.

use std::collections::BTreeMap;

use super::cases::{self, Case, Fixture, Fixtures};
use super::description;
use super::emit::{self, File, paths};
use super::model::Model;
use super::resource::{Resource, resources};
use crate::protocol::Problem;
use crate::server::generate::archive;

/// A description made ready: all that the cases of any operation are made from.
#[derive(Debug)]
pub struct Prepared {
    pub model: Model,
    pub resources: Vec<Resource>,
    pub folder: String,
    fixtures: Fixtures,
    slugs: Vec<String>,
}

/// The cases of one resource.
#[derive(Clone, Debug)]
pub struct ResourcePlan {
    pub resource: Resource,
    pub cases: Vec<Case>,
    pub left_out: BTreeMap<String, usize>,
    pub remarks: Vec<String>,
    /// What the cases ask for by name.
    pub fixtures: Vec<Fixture>,
    slugs: BTreeMap<usize, String>,
}

/// A finished suite.
#[derive(Clone, Debug)]
pub struct Suite {
    pub name: String,
    pub files: Vec<File>,
    pub operations: usize,
    pub cases: usize,
    pub skipped: usize,
    pub cases_by_kind: BTreeMap<&'static str, u64>,
}

impl Prepared {
    /// # Errors
    /// What is wrong with the description.
    pub fn new(description: &str) -> Result<Self, Problem> {
        let model = description::read(description)?;
        Ok(Self {
            resources: resources(&model),
            folder: paths::folder(&model.title),
            fixtures: Fixtures::find(&model),
            slugs: cases::slugs(&model),
            model,
        })
    }

    /// The cases of one operation.
    pub fn operation(&self, index: usize) -> cases::Plan {
        cases::plan(&self.model, &self.fixtures, self.slugs.get(index).map_or("", String::as_str), index)
    }

    /// The cases of all operations of a resource.
    pub fn resource(&self, resource: &Resource) -> ResourcePlan {
        let mut plan = ResourcePlan {
            resource: resource.clone(),
            cases: Vec::new(),
            left_out: BTreeMap::new(),
            remarks: Vec::new(),
            fixtures: Vec::new(),
            slugs: BTreeMap::new(),
        };
        for index in &resource.operations {
            let mut part = self.operation(*index);
            plan.cases.append(&mut part.cases);
            plan.remarks.append(&mut part.remarks);
            for (reason, count) in part.left_out {
                *plan.left_out.entry(reason).or_default() += count;
            }
            plan.slugs.insert(*index, self.slugs[*index].clone());
        }
        let mut wanted: Vec<String> = plan.cases.iter().flat_map(Case::fixtures).collect();
        wanted.sort_unstable();
        wanted.dedup();
        plan.fixtures = self.fixtures.closure(&wanted).into_iter().cloned().collect();
        plan
    }

    pub fn file(&self, plan: &ResourcePlan) -> File {
        self.placed(emit::resource(&self.model, &self.fixtures, &self.slugs, &plan.resource, &plan.cases))
    }

    pub fn frame(&self) -> Vec<File> {
        emit::frame(&self.model).into_iter().map(|file| self.placed(file)).collect()
    }

    pub fn overview(&self, plans: &[ResourcePlan]) -> Vec<File> {
        emit::overview(&self.model, &self.folder, plans).into_iter().map(|file| self.placed(file)).collect()
    }

    /// Where the resource's file will lie.
    pub fn path_of(&self, resource: &Resource) -> String {
        format!("{}/{}", self.folder, resource.path())
    }

    fn placed(&self, file: File) -> File {
        File { path: format!("{}/{}", self.folder, file.path), ..file }
    }
}

impl ResourcePlan {
    pub fn skipped(&self) -> usize {
        self.cases.iter().filter(|case| case.skip.is_some()).count() + self.left_out.values().sum::<usize>()
    }

    /// The name in functions of the case's operation.
    pub fn slug_of(&self, case: &Case) -> &str {
        self.slugs.get(&case.operation).map_or("", String::as_str)
    }
}

/// Description → all files of its suite.
///
/// # Errors
/// What is wrong with the description.
pub fn generate(description: &str) -> Result<Suite, Problem> {
    let prepared = Prepared::new(description)?;
    let plans: Vec<ResourcePlan> = prepared.resources.iter().map(|resource| prepared.resource(resource)).collect();
    let mut files = prepared.frame();
    files.extend(plans.iter().map(|plan| prepared.file(plan)));
    files.extend(prepared.overview(&plans));
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(Suite {
        name: format!("{}.zip", prepared.folder),
        operations: prepared.model.operations.len(),
        cases: plans.iter().map(|plan| plan.cases.len()).sum(),
        skipped: plans.iter().map(ResourcePlan::skipped).sum(),
        cases_by_kind: cases::by_kind(plans.iter().flat_map(|plan| &plan.cases)),
        files,
    })
}

impl Suite {
    /// The suite as a ZIP: the same files, the same bytes.
    ///
    /// # Errors
    /// What the archive's writer says; it has only memory to fail on.
    pub fn zip(&self) -> Result<Vec<u8>, archive::ArchiveError> {
        archive::zip(self.files.iter().map(|file| (file.path.as_str(), file.content.as_slice())))
    }
}
