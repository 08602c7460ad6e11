//! Forms: real ones, that work without script. With script they check at once and lose nothing.

mod attempt;
mod choices;
mod model_editor;
mod model_rows;
mod project;
mod prompt;
mod quick_cards;
mod quick_start;
mod sample;
mod test_suite;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

pub use choices::{Choices, tick};
pub use project::ProjectForm;
pub use prompt::PromptForm;
pub use quick_cards::QuickCards;
pub use quick_start::QuickStart;
pub use sample::SampleForm;
pub use test_suite::TestSuiteForm;

use super::visit::Visit;
use crate::{
    client::edge,
    protocol::{Problem, project::ProjectInput},
};

/// What was sent and what is wrong with it. The server gives it as context when it shows a form again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FormState {
    /// The description, or the prompt on its page.
    pub description: String,
    pub url: String,
    /// The task of which a prompt is the next version.
    pub from: String,
    /// Empty: the form takes a new one.
    pub idempotency_key: String,
    pub problem: Option<Problem>,
    /// On the page of a new project.
    pub project: ProjectInput,
    /// What was assumed when its model was made.
    pub notes: Vec<String>,
}

impl FormState {
    /// The same on the server and in the browser that takes over.
    pub fn current() -> Self {
        SharedValue::new(|| {
            let mut state: Self = use_context().unwrap_or_default();
            if state.idempotency_key.is_empty() {
                state.idempotency_key = fresh_key();
            }
            state
        })
        .into_inner()
    }
}

/// For forms that are never shown again with what was sent: without all that a form may have to show, which a first visit need not load.
fn form_key() -> String {
    SharedValue::new(fresh_key).into_inner()
}

fn fresh_key() -> String {
    Some(Visit::current().form_key).filter(|key| !key.is_empty()).unwrap_or_else(edge::random_key)
}
