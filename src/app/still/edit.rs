//! `/tasks/{id}/edit?file=…`: a generated file as text. Saving it makes a new run, which keeps the edit from then on.

use leptos::prelude::*;
use leptos_router::location::Url;

use super::code_area;
use crate::{
    app::{components::problem_note::ProblemNote, visit::Visit},
    protocol::{Problem, TaskId},
};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct EditView {
    pub task_id: TaskId,
    /// The task's.
    pub title: String,
    pub path: String,
    pub content: String,
    /// It was edited before.
    pub is_edited: bool,
    pub problem: Option<Problem>,
}

pub(super) fn page(view: EditView) -> impl IntoView {
    let EditView { task_id, title, path, content, is_edited, problem } = view;
    let back = format!("/tasks/{task_id}?tab=files&file={}", Url::escape(&path));
    let rows = content.lines().count().clamp(12, 32).to_string();
    let problem = problem.map(|problem| (problem, content.clone()));
    view! {
        <div class="column">
            <header class="page-head">
                <h1>"Edit " <code>{path.clone()}</code></h1>
                <p class="muted">
                    <a href=back.clone()>{title}</a>
                    ". The edit is kept whenever the project is generated again: it is merged with what is made anew, and whatever could not be is told."
                </p>
            </header>
            <ProblemNote problem=Signal::stored(problem) />
            <form method="post" action=format!("/tasks/{task_id}/edit") class="panel form">
                <input type="hidden" name="idempotency_key" value=Visit::current().form_key />
                <input type="hidden" name="path" value=path />
                <label for="content">"Content"</label>
                {code_area("content", "edit-text", rows, &content)}
                <div class="form-end">
                    <button name="action" value="save" class="button primary">
                        "Save and generate again"
                    </button>
                    <button name="action" value="restore" class="button" hidden=!is_edited>
                        "Take the edit back"
                    </button>
                    <a href=back>"Back without saving"</a>
                    <span class="muted">"Only what depends on this file is made again. The run before stays as it is."</span>
                </div>
            </form>
        </div>
    }
}
