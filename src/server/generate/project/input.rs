//! What somebody asks for → a model that keeps the rules.

use serde::{Deserialize, Serialize};

use super::model::{self, Drafted, brief, openapi, text};
use crate::protocol::{
    Problem,
    project::{MAX_BRIEF_CHARS, ProjectInput, ProjectModel, ProjectOptions},
};

/// All that a project is made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settled {
    pub model: ProjectModel,
    pub options: ProjectOptions,
    pub seed: u64,
    /// What was assumed on the way.
    pub notes: Vec<String>,
}

/// # Errors
/// What is wrong with the input, by entity and field.
pub fn settle(input: &ProjectInput) -> Result<Settled, Problem> {
    let Drafted { model, notes } = draft(input)?;
    model::validate(&model).map_err(model::problem)?;
    Ok(Settled { model, options: input.options, seed: input.seed, notes })
}

/// The model, out of whatever was given; exactly one of the four.
///
/// # Errors
/// None is given, or several; or what is given cannot be read.
pub fn draft(input: &ProjectInput) -> Result<Drafted, Problem> {
    let is_given = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
    let given = [
        ("brief", is_given(&input.brief)),
        ("model", input.model.is_some()),
        ("text", is_given(&input.text)),
        ("description", is_given(&input.description)),
    ];
    let mut names = given.iter().filter(|(_, given)| *given).map(|(name, _)| *name);
    match (names.next(), names.next()) {
        (None, _) => Err(Problem::invalid("brief", "Say in plain words what the project is about, or give a model of its entities.")),
        (Some(first), Some(second)) => Err(Problem::invalid(second, format!("Give `{first}` or `{second}`, not both."))),
        (Some(_), None) => match input {
            ProjectInput { model: Some(model), .. } => Ok(Drafted { model: model.clone(), notes: Vec::new() }),
            ProjectInput { text: Some(text), .. } if is_given(&input.text) => {
                text::parse(text).map(|model| Drafted { model, notes: Vec::new() })
            }
            ProjectInput { description: Some(description), .. } if is_given(&input.description) => openapi::from_openapi(description),
            ProjectInput { brief, .. } => {
                let brief = brief.as_deref().unwrap_or_default();
                let chars = brief.chars().count();
                if chars > MAX_BRIEF_CHARS {
                    let detail = format!("The brief has {chars} characters; at most {MAX_BRIEF_CHARS} are read.");
                    return Err(Problem::invalid("brief", detail));
                }
                Ok(brief::from_brief(brief))
            }
        },
    }
}
