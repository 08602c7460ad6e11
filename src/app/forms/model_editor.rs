//! The model as a form and as JSON, beside the text, which stays the truth: what is changed here is written there by the server.

use std::time::Duration;

use leptos::{html, prelude::*, task::spawn_local};

use super::model_rows::{Edit, entity, enumeration, new_field, relation};
use crate::{
    app::{
        api,
        components::{copy_button::CopyButton, problem_note::ProblemNote},
        signals::switch,
        whole::Whole,
    },
    protocol::{
        Problem,
        project::{Entity, Enumeration, ModelDraft, ProjectInput, ProjectModel, Relation, RelationEnd, RelationKind},
    },
};

const PAUSE_IN_TYPING: Duration = Duration::from_millis(400);

#[component]
pub fn ModelEditor(
    /// The text as it is now.
    text: Callback<(), Option<String>>,
    /// The text as the rows have it.
    written: Callback<String>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let failed = RwSignal::new(None::<Problem>);
    let model = RwSignal::new(ProjectModel::default());
    let shape = Trigger::new();
    let errors = RwSignal::new(Vec::new());
    // Counts changes: an answer to an older one is of no interest.
    let version = StoredValue::new(0_u32);
    let write = move || {
        let asked = version.get_value();
        let input = ProjectInput { model: Some(model.get_untracked()), ..ProjectInput::default() };
        spawn_local(async move {
            let drafted = api::draft(input).await;
            if version.try_get_value() != Some(asked) {
                return;
            }
            match drafted {
                Ok(ModelDraft { text, .. }) => {
                    errors.set(Vec::new());
                    failed.set(None);
                    written.run(text);
                }
                Err(problem) => {
                    errors.set(problem.errors.clone());
                    failed.set(Some(problem));
                }
            }
        });
    };
    let write_later = StoredValue::new(debounce(PAUSE_IN_TYPING, move |()| write()));
    let changed = Callback::new(move |()| {
        version.update_value(|version| *version += 1);
        write_later.update_value(|later| later(()));
    });
    let edit = Edit { model, shape, errors, changed };
    // Reads the text into the rows.
    let read = move || {
        version.update_value(|version| *version += 1);
        let asked = version.get_value();
        let Some(text) = text.run(()) else {
            model.set(ProjectModel::default());
            shape.notify();
            return;
        };
        spawn_local(async move {
            let drafted = api::draft(ProjectInput { text: Some(text), ..ProjectInput::default() }).await;
            if version.try_get_value() != Some(asked) {
                return;
            }
            match drafted {
                Ok(draft) => {
                    errors.set(Vec::new());
                    failed.set(None);
                    model.set(draft.model);
                    shape.notify();
                }
                Err(problem) => failed.set(Some(problem)),
            }
        });
    };
    let toggled = move |event: leptos::ev::Event| {
        let is_open = event_target::<leptos::web_sys::Element>(&event).has_attribute("open");
        open.set(is_open);
        if is_open {
            read();
        }
    };
    let rows = move || {
        shape.track();
        open.get().then(|| Whole(rows(edit, &model.get_untracked())))
    };
    view! {
        <details class="needs-script model-form" on:toggle=toggled>
            <summary>"Model as a form, or as JSON"</summary>
            <ProblemNote problem=Signal::derive(move || failed.get().map(|problem| (problem, String::new()))) />
            {rows}
            <Json edit failed />
        </details>
    }
}

fn rows(edit: Edit, model: &ProjectModel) -> impl IntoView + use<> {
    let entities = model.entities.iter().enumerate().map(|(index, one)| entity(edit, index, one, &model.enums)).collect_view();
    let enums = model.enums.iter().enumerate().map(|(index, one)| enumeration(edit, index, one)).collect_view();
    let relations = model.relations.iter().enumerate().map(|(index, one)| relation(edit, index, one, &model.entities)).collect_view();
    let (entity_count, enum_count, relation_count) = (model.entities.len(), model.enums.len(), model.relations.len());
    let first = model.entities.first().map(|entity| entity.name.clone()).unwrap_or_default();
    let add_entity = move |_| {
        let fresh = Entity {
            name: String::new(),
            plural: None,
            description: String::new(),
            fields: vec![new_field()],
            pagination: true,
            search: true,
            filter: true,
        };
        edit.reshape(format!("entity-{entity_count}"), |model| model.entities.push(fresh));
    };
    let add_enum = move |_| {
        edit.reshape(format!("enum-{enum_count}"), |model| model.enums.push(Enumeration { name: String::new(), values: Vec::new() }));
    };
    let add_relation = move |_| {
        let end = RelationEnd { entity: first.clone(), field: None };
        let fresh = Relation { kind: RelationKind::OneToMany, from: end.clone(), to: end, required: false };
        edit.reshape(format!("relation-{relation_count}"), |model| model.relations.push(fresh));
    };
    view! {
        <div class="model-rows">
            {entities} <button type="button" class="button small" id="add-entity" on:click=add_entity>
                "Add an entity"
            </button> <h2>"Enums"</h2> <ul class="model-fields">{enums}</ul>
            <button type="button" class="button small" id="add-enum" on:click=add_enum>
                "Add an enum"
            </button> <h2>"Relations"</h2> <ul class="model-fields">{relations}</ul>
            <button type="button" class="button small" id="add-relation" disabled=entity_count == 0 on:click=add_relation>
                "Add a relation"
            </button>
        </div>
    }
}

/// The whole model as JSON: copied out, or pasted in.
#[component]
fn Json(edit: Edit, failed: RwSignal<Option<Problem>>) -> impl IntoView {
    let area = NodeRef::<html::Textarea>::new();
    let json = Callback::new(move |()| serde_json::to_string_pretty(&edit.model.get_untracked()).unwrap_or_default());
    let take = move |_| {
        let Some(text) = area.get_untracked().map(|area| area.value()) else { return };
        match serde_json::from_str::<ProjectModel>(&text) {
            Ok(model) => {
                failed.set(None);
                edit.reshape("model-json".into(), |old| *old = model);
            }
            Err(error) => failed.set(Some(Problem::invalid("model", format!("This JSON is no model: {error}.")))),
        }
    };
    view! {
        <details class="rules">
            <summary>"JSON"</summary>
            <div class="row">
                <CopyButton text=json hidden=switch(|| false) />
                <span class="muted">"copies the model as JSON, as the API takes it."</span>
            </div>
            <label for="model-json">"Paste a model as JSON"</label>
            <textarea id="model-json" rows="6" spellcheck="false" autocomplete="off" autocapitalize="off" wrap="off" node_ref=area></textarea>
            <button type="button" class="button small" on:click=take>
                "Take this model"
            </button>
        </details>
    }
}
