//! Changing a project that was made: files that people have edited, and a run that begins from an earlier one.

use serde::{Deserialize, Serialize};

use super::project::{Access, Database, Licence, ProjectInput, ProjectModel, ProjectOptions, Stack};

/// A generated file as somebody edited it. Whoever generates it again merges both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FileEdit {
    /// `app/main.py`
    pub path: String,
    /// What had been generated when it was edited.
    pub base: String,
    pub content: String,
}

/// Edits that one project may have, and their size.
pub const MAX_EDITS: usize = 50;
pub const MAX_EDIT_BYTES: usize = 256 * 1024;
pub const MAX_EDITS_BYTES: usize = 4 * 1024 * 1024;
/// Merging takes the square of what differs.
pub const MAX_EDIT_LINES: usize = 5_000;

/// What is to be another than in the run that it begins from. What is left out stays as it was there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Fork {
    /// A model in one of three forms, or what it is to be made of: where it is to be another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brief: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<ProjectModel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub options: Option<OptionsChange>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Files that were edited since.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub edits: Vec<EditChange>,
    /// Agents that run again whether or not something of theirs is another.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub agents: Vec<String>,
}

/// A file that was edited, or (without `content`) is to be what is generated again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EditChange {
    pub path: String,
    #[serde(default)]
    pub content: Option<String>,
}

/// The choices that are to be others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct OptionsChange {
    pub stack: Option<Stack>,
    pub database: Option<Database>,
    pub access: Option<Access>,
    pub front_end: Option<bool>,
    pub docker: Option<bool>,
    pub ci: Option<bool>,
    pub licence: Option<Licence>,
}

impl OptionsChange {
    pub fn apply(self, options: ProjectOptions) -> ProjectOptions {
        ProjectOptions {
            stack: self.stack.unwrap_or(options.stack),
            database: self.database.unwrap_or(options.database),
            access: self.access.unwrap_or(options.access),
            front_end: self.front_end.unwrap_or(options.front_end),
            docker: self.docker.unwrap_or(options.docker),
            ci: self.ci.unwrap_or(options.ci),
            licence: self.licence.unwrap_or(options.licence),
        }
    }
}

impl Fork {
    /// The input of the new run; its edits stay those of the old one, for where a file comes from is not known here.
    pub fn apply(&self, input: ProjectInput) -> ProjectInput {
        let is_given = self.model.is_some() || self.text.is_some() || self.description.is_some();
        let input = if is_given || self.brief.is_some() {
            // A brief beside a model is what was meant by it; alone it is what the model is made of.
            let brief = self.brief.clone().or(input.brief);
            ProjectInput { brief, model: self.model.clone(), text: self.text.clone(), description: self.description.clone(), ..input }
        } else {
            input
        };
        let options = self.options.map_or(input.options, |change| change.apply(input.options));
        ProjectInput { options, seed: self.seed.unwrap_or(input.seed), ..input }
    }
}

words!(
    /// Why an edit could not simply be kept.
    ConflictKind {
        /// The same lines were edited and generated anew: the edit stands there.
        Overlap = "overlap",
        /// The file is not generated any more: the edit waits until it is again.
        Gone = "gone",
    }
);

/// An edit that met something else than it was made on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Conflict {
    pub path: String,
    pub kind: ConflictKind,
    /// The first places; `hunks_total` counts all.
    pub hunks: Vec<ConflictHunk>,
    pub hunks_total: usize,
}

/// One place, both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ConflictHunk {
    /// Where the edit stands in the file.
    pub line: usize,
    pub edited: String,
    pub generated: String,
}

/// What the page of a project reads of its result; what it does not know is no reason to show nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProjectResult {
    pub gates: Vec<GateResult>,
    pub conflicts: Vec<Conflict>,
}

/// What is expected of every project, and how it was seen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GateResult {
    pub name: String,
    pub expectation: String,
    pub verified: bool,
    /// Why it was not verified here; or what was seen.
    pub note: String,
    pub receipts: Vec<GateReceipt>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GateReceipt {
    pub command: String,
    pub exit_code: Option<i32>,
    pub seconds: f64,
}
