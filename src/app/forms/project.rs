//! A new project: a brief in plain words, the model that is made of it, and the choices around it.
//!
//! Nothing is made before the model was looked at: while there is none, the form makes one of the brief. What was chosen and typed is read
//! from the form when it is needed, so whatever was done before the page came alive counts.

use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};

use super::{
    FormState,
    attempt::{Attempt, Checked},
    choices::Choices,
    model_editor::ModelEditor,
};
use crate::{
    app::{
        api,
        components::problem_note::ProblemNote,
        markup,
        signals::{perhaps, switch, words},
    },
    client::{document::Document, edge},
    protocol::{
        Problem, TaskInput,
        project::{ModelDraft, ProjectInput},
    },
};

const DRAFT: &str = "livegen.draft.project";
const DRAFT_BRIEF: &str = "livegen.draft.project.brief";
const BRIEF: &str = "a library: books with title, ISBN and year, authors, loans with due date";
const MODEL: &str = "entity Book {\n  title string required maxlength(200)\n  isbn string required unique pattern(/^[0-9]{13}$/)\n  genre Genre\n}\nenum Genre { novel, poetry }\nentity Author {\n  name string required\n}\nrelationship OneToMany { Author{books} to Book{author required} }";

#[expect(clippy::too_many_lines, reason = "mostly markup, which reads best in one piece")]
#[component]
pub fn ProjectForm() -> impl IntoView {
    let state = FormState::current();
    let attempt = Attempt::new(state.idempotency_key, state.problem);
    let notes = RwSignal::new(state.notes);
    let drafting = RwSignal::new(false);
    let ProjectInput { brief, text, options, .. } = state.project;
    let (shown_brief, shown_text, shown_description) = (brief.unwrap_or_default(), text.unwrap_or_default(), state.description);
    let form = NodeRef::<html::Form>::new();
    let brief_node = NodeRef::<html::Textarea>::new();
    let text_node = NodeRef::<html::Textarea>::new();
    let description_node = NodeRef::<html::Textarea>::new();
    let file_node = NodeRef::<html::Input>::new();
    // What an earlier visit left, where nothing is shown yet.
    Effect::new(move |_| {
        let (Some(brief), Some(text)) = (brief_node.get(), text_node.get()) else { return };
        if brief.value().is_empty() && text.value().is_empty() {
            brief.set_value(&edge::recall(DRAFT_BRIEF).unwrap_or_default());
            text.set_value(&edge::recall(DRAFT).unwrap_or_default());
        }
    });
    let value = |node: NodeRef<html::Textarea>| node.get_untracked().map(|area| area.value()).filter(|text| !text.trim().is_empty());
    let chosen = move || {
        let form = form.get_untracked();
        options.chosen(|name| form.as_ref().and_then(|form| edge::form_value(form, name)))
    };
    let keep = move || {
        edge::remember(DRAFT_BRIEF, &value(brief_node).unwrap_or_default());
        edge::remember(DRAFT, &value(text_node).unwrap_or_default());
    };
    let draft_of = move |input: ProjectInput| {
        attempt.changed();
        drafting.set(true);
        spawn_local(async move {
            let drafted = api::draft(input).await;
            if drafting.try_set(false).is_some() {
                return;
            }
            match drafted {
                Ok(ModelDraft { text, notes: assumed, .. }) => {
                    if let Some(area) = text_node.get_untracked() {
                        area.set_value(&text);
                        let _ = area.focus();
                    }
                    notes.set(assumed);
                    keep();
                }
                Err(problem) => attempt.fail(problem),
            }
        });
    };
    let draft = move || match value(brief_node) {
        Some(brief) => draft_of(ProjectInput { brief: Some(brief), options: chosen(), ..ProjectInput::default() }),
        None => attempt.fail(Problem::invalid("brief", "Say first in plain words what the project is about.")),
    };
    let import = move || match value(description_node) {
        Some(description) => draft_of(ProjectInput { description: Some(description), options: chosen(), ..ProjectInput::default() }),
        None => attempt.fail(Problem::invalid("description", "Choose or paste an OpenAPI description first.")),
    };
    let take_file = Callback::new(move |document: Result<Document, Problem>| match document {
        Ok(Document { text, .. }) => {
            if let Some(area) = description_node.get_untracked() {
                area.set_value(&text);
            }
            draft_of(ProjectInput { description: Some(text), options: chosen(), ..ProjectInput::default() });
        }
        Err(problem) => attempt.fail(problem),
    });
    let given = Callback::new(move |()| value(text_node));
    let written = Callback::new(move |text: String| {
        if let Some(area) = text_node.get_untracked() {
            area.set_value(&text);
        }
        attempt.changed();
        keep();
    });
    let submitted = move |event: SubmitEvent| {
        event.prevent_default();
        keep();
        match value(text_node) {
            None => draft(),
            Some(text) => {
                let input = ProjectInput { brief: value(brief_node), text: Some(text), options: chosen(), ..ProjectInput::default() };
                attempt.send(TaskInput::Project(Box::new(input)), || {
                    edge::forget(DRAFT);
                    edge::forget(DRAFT_BRIEF);
                });
            }
        }
    };
    let invalid = perhaps(move || matches!(attempt.checked.get(), Checked::Wrong(_)).then_some("true"));
    let draft_label = words(move || if drafting.get() { "Drafting…" } else { "Draft the model" }.to_owned());
    let label = words(move || if attempt.sending.get() { "Starting…" } else { "Generate project" }.to_owned());
    let typed = move |_| {
        attempt.changed();
        keep();
    };
    view! {
        <form method="post" action="/new/project" enctype="multipart/form-data" class="panel form" node_ref=form on:submit=submitted>
            <input type="hidden" name="idempotency_key" value=attempt.key() />
            <div>
                <label for="brief">"Brief"</label>
                <textarea
                    id="brief"
                    name="brief"
                    rows="4"
                    autocomplete="off"
                    placeholder=BRIEF
                    aria-describedby="brief-hint"
                    node_ref=brief_node
                    inner_html=markup::text_area(&shown_brief)
                    on:input=typed
                ></textarea>
                <p id="brief-hint" class="hint">
                    "What the project keeps, in plain words: things, what is known of them, how they belong together."
                </p>
                <button
                    name="action"
                    value="draft"
                    class="button"
                    disabled=switch(move || drafting.get())
                    on:click=move |event| {
                        event.prevent_default();
                        draft();
                    }
                >
                    {draft_label}
                </button>
            </div>
            <details class="import">
                <summary>"Or start from an OpenAPI description"</summary>
                <label for="description-file">"A file, JSON or YAML: its resources become entities"</label>
                <input
                    id="description-file"
                    type="file"
                    name="file"
                    accept=".yaml,.yml,.json,application/json,application/yaml"
                    node_ref=file_node
                    on:change=move |_| {
                        if let Some(input) = file_node.get_untracked() {
                            edge::chosen_file(&input, take_file);
                        }
                    }
                />
                <label for="description">"Or its text"</label>
                <textarea
                    id="description"
                    name="description"
                    rows="6"
                    spellcheck="false"
                    autocapitalize="off"
                    autocomplete="off"
                    wrap="off"
                    node_ref=description_node
                    inner_html=markup::text_area(&shown_description)
                ></textarea>
                <button
                    name="action"
                    value="import"
                    class="button"
                    disabled=switch(move || drafting.get())
                    on:click=move |event| {
                        event.prevent_default();
                        import();
                    }
                >
                    "Make a model of it"
                </button>
            </details>
            <div>
                <label for="text">"Model"</label>
                <textarea
                    id="text"
                    name="text"
                    rows="16"
                    spellcheck="false"
                    autocapitalize="off"
                    autocomplete="off"
                    wrap="off"
                    placeholder=MODEL
                    aria-describedby="outcome text-hint"
                    aria-invalid=invalid
                    node_ref=text_node
                    inner_html=markup::text_area(&shown_text)
                    on:input=typed
                ></textarea>
                <p id="text-hint" class="hint">
                    "Nothing is made before you have looked at it. Types: string, text, integer, decimal, float, boolean, date, datetime, uuid, email, url, bytes, or an enum; "
                    "rules: required, unique, min, max, minlength, maxlength, pattern, minbytes, maxbytes."
                </p>
                <ul class="notes" aria-live="polite" hidden=switch(move || notes.with(Vec::is_empty))>
                    {move || notes.get().into_iter().map(|note| view! { <li>{note}</li> }).collect_view()}
                </ul>
                <ModelEditor text=given written />
            </div>
            <Choices options />
            <div id="outcome" class="outcome" aria-live="polite">
                <ProblemNote problem=attempt.trouble(move || value(text_node).unwrap_or_default()) />
            </div>
            <div class="form-end">
                <button name="action" value="generate" class="button primary" disabled=switch(move || attempt.sending.get())>
                    {label}
                </button>
                <span class="muted">"It is only called completed when it was installed, started and tested. That takes a minute or two."</span>
            </div>
        </form>
    }
}
