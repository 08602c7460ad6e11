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
    /// The language model that made the entities of a brief.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// What it used.
    #[serde(default)]
    pub tokens: u64,
}

/// # Errors
/// What is wrong with the input, by entity and field.
pub fn settle(input: &ProjectInput) -> Result<Settled, Problem> {
    let Drafted { model, notes } = draft(input)?;
    model::validate(&model).map_err(model::problem)?;
    Ok(Settled { model, options: input.options, seed: input.seed, notes, by: None, tokens: 0 })
}

/// The model, out of whatever was given: a model in one of three forms counts, else it is made of the brief.
///
/// # Errors
/// None is given, or several; or what is given cannot be read.
pub fn draft(input: &ProjectInput) -> Result<Drafted, Problem> {
    let mut drafted = draft_as_named(input)?;
    if let Some(name) = input.name.as_ref().filter(|name| !name.trim().is_empty()) {
        name.trim().clone_into(&mut drafted.model.name);
    }
    Ok(drafted)
}

fn draft_as_named(input: &ProjectInput) -> Result<Drafted, Problem> {
    let (text, description) = (given(input.text.as_ref()), given(input.description.as_ref()));
    let forms = [("model", input.model.is_some()), ("text", text.is_some()), ("description", description.is_some())];
    let mut names = forms.iter().filter(|(_, given)| *given).map(|(name, _)| *name);
    if let (Some(first), Some(second)) = (names.next(), names.next()) {
        return Err(Problem::invalid(second, format!("Give `{first}` or `{second}`, not both.")));
    }
    let brief = given(input.brief.as_ref());
    let chars = brief.map_or(0, |brief| brief.chars().count());
    if chars > MAX_BRIEF_CHARS {
        return Err(Problem::invalid("brief", format!("The brief has {chars} characters; at most {MAX_BRIEF_CHARS} are read.")));
    }
    match (&input.model, text, description, brief) {
        (Some(model), ..) => Ok(Drafted { model: model.clone(), notes: Vec::new() }),
        (_, Some(text), ..) => text::read(text),
        (_, _, Some(description), _) => openapi::from_openapi(description),
        (_, _, _, Some(brief)) => Ok(brief::from_brief(brief)),
        _ => Err(Problem::invalid("brief", "Say in plain words what the project is about, or give a model of its entities.")),
    }
}

/// Blank is as good as not there.
fn given(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|text| !text.trim().is_empty())
}

/// Whether the model is the generator's own and not what somebody gave.
pub fn is_of_brief(input: &ProjectInput) -> bool {
    input.model.is_none() && given(input.text.as_ref()).is_none() && given(input.description.as_ref()).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "project \"Shelf\"\nentity Book { title string }";

    #[test]
    fn a_model_counts_and_a_brief_beside_it_says_what_was_meant() {
        let input = ProjectInput { brief: Some("a zoo: animals with name".into()), text: Some(TEXT.into()), ..ProjectInput::default() };
        assert_eq!(draft(&input).unwrap().model.entities[0].name, "Book");
        assert!(!is_of_brief(&input));
        let input = ProjectInput { text: Some(" \n".into()), name: Some(" Our zoo ".into()), ..input };
        let model = draft(&input).unwrap().model;
        assert_eq!((model.entities[0].name.as_str(), model.name.as_str()), ("Animal", "Our zoo"));
        assert!(is_of_brief(&input));
    }

    #[test]
    fn what_is_missing_or_too_much_is_named() {
        let text = Some(TEXT.to_owned());
        for (input, field) in [
            (ProjectInput::default(), "brief"),
            (ProjectInput { brief: Some("a".repeat(MAX_BRIEF_CHARS + 1)), ..ProjectInput::default() }, "brief"),
            (ProjectInput { text: text.clone(), description: text.clone(), ..ProjectInput::default() }, "description"),
            (ProjectInput { text: text.clone(), model: Some(ProjectModel::default()), ..ProjectInput::default() }, "text"),
            (ProjectInput { text, name: Some("x".repeat(100)), ..ProjectInput::default() }, "name"),
        ] {
            assert_eq!(settle(&input).unwrap_err().errors[0].field, field);
        }
    }
}
