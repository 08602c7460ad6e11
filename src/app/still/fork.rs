//! `/tasks/{id}/fork`: the model and the choices of a run, to be changed and generated again. Only what depends on the change is.

use leptos::prelude::*;

use super::code_area;
use crate::{
    app::{
        components::problem_note::ProblemNote,
        forms::{Choices, tick},
        visit::Visit,
    },
    protocol::{Problem, TaskId, project::ProjectOptions},
};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct ForkView {
    pub task_id: TaskId,
    /// The task's.
    pub title: String,
    /// The model, in the language of entities.
    pub text: String,
    pub options: ProjectOptions,
    /// Name, label, whether it is to run again in any case.
    pub agents: Vec<(String, String, bool)>,
    /// Edited files, and whether their edits are kept.
    pub edits: Vec<(String, bool)>,
    pub problem: Option<Problem>,
}

pub(super) fn page(view: ForkView) -> impl IntoView {
    let ForkView { task_id, title, text, options, agents, edits, problem } = view;
    let back = format!("/tasks/{task_id}");
    let problem = problem.map(|problem| (problem, text.clone()));
    let no_edits = edits.is_empty();
    let edits = edits.into_iter().map(|(path, kept)| tick("edit", path.clone(), view! { <code>{path}</code> }, kept));
    let agents = agents.into_iter().map(|(name, label, again)| tick("agent", name, label, again));
    view! {
        <div class="column narrow">
            <header class="page-head">
                <h1>"Change and generate again"</h1>
                <p class="muted">
                    <a href=back.clone()>{title}</a>
                    ". Agents whose input stays as it was do not work again: what they made is carried over."
                </p>
            </header>
            <ProblemNote problem=Signal::stored(problem) />
            <form method="post" action=format!("/tasks/{task_id}/fork") class="panel form">
                <input type="hidden" name="idempotency_key" value=Visit::current().form_key />
                <div>
                    <label for="text">"Model"</label>
                    {code_area("text", "", "16".into(), &text)}
                </div>
                <Choices options />
                <fieldset class="choices" hidden=no_edits>
                    <legend>"Edits that are kept"</legend>
                    {edits.collect_view()}
                </fieldset>
                <fieldset class="choices">
                    <legend>"Agents that run again in any case"</legend>
                    {agents.collect_view()}
                </fieldset>
                <div class="form-end">
                    <button class="button primary">"Generate again"</button>
                    <a href=back>"Back"</a>
                    <span class="muted">"The run before stays as it is."</span>
                </div>
            </form>
        </div>
    }
}
