//! A rough prompt: one text area. A draft of what was typed survives a reload.

use std::time::Duration;

use leptos::{ev::SubmitEvent, html, prelude::*};
use leptos_router::hooks::use_query_map;

use super::{
    FormState,
    attempt::{Attempt, Checked},
};
use crate::{
    app::{
        components::problem_note::ProblemNote,
        markup,
        signals::{perhaps, switch, words},
    },
    client::edge,
    protocol::{Problem, PromptInput, TaskId, TaskInput},
};

const DRAFT: &str = "livegen.draft.prompt";
const PAUSE_IN_TYPING: Duration = Duration::from_millis(500);

#[component]
pub fn PromptForm(
    /// What to start from, when nothing was sent before.
    initial: String,
) -> impl IntoView {
    let state = FormState::current();
    let asked = use_query_map().with_untracked(|query| query.get("from"));
    let from = Some(state.from).filter(|from| !from.is_empty()).or(asked).and_then(|from| from.parse::<TaskId>().ok());
    let shown = if state.description.is_empty() { initial } else { state.description };
    let attempt = Attempt::new(state.idempotency_key, state.problem);
    let text = RwSignal::new(shown.clone());
    let given = shown.clone();
    let node = NodeRef::<html::Textarea>::new();
    // What was typed before the page came alive, else what an earlier visit left.
    Effect::new(move |_| {
        let Some(area) = node.get() else { return };
        // Made by script, the text area keeps the line break that a parser takes for its own.
        if let Some(rest) = area.value().strip_prefix('\n').filter(|rest| *rest == given) {
            area.set_value(rest);
        }
        if area.value().is_empty()
            && let Some(draft) = edge::recall(DRAFT)
        {
            area.set_value(&draft);
        }
        text.set(area.value());
    });
    let mut keep_later = debounce(PAUSE_IN_TYPING, move |()| edge::remember(DRAFT, &text.get_untracked()));
    let typed = move |value: String| {
        attempt.changed();
        text.set(value);
        keep_later(());
    };
    let submitted = move |event: SubmitEvent| {
        event.prevent_default();
        let prompt = text.get_untracked();
        if prompt.trim().is_empty() {
            attempt.fail(Problem::invalid("prompt", "Write a prompt first: what should be done, in your own words."));
        } else {
            attempt.send(TaskInput::Prompt(PromptInput { prompt, from }), || edge::forget(DRAFT));
        }
    };
    let invalid = perhaps(move || matches!(attempt.checked.get(), Checked::Wrong(_)).then_some("true"));
    let label = words(move || if attempt.sending.get() { "Starting…" } else { "Improve prompt" }.to_owned());
    view! {
        <form method="post" action="/new/prompt" class="panel form" on:submit=submitted>
            <input type="hidden" name="idempotency_key" value=attempt.key() />
            {from
                .map(|from| {
                    view! {
                        <input type="hidden" name="from" value=from.to_string() />
                        <p class="muted">"The next version of " <a href=format!("/tasks/{from}")>"an earlier one"</a> "; both are kept."</p>
                    }
                })}
            <div>
                <label for="prompt">"Rough prompt"</label>
                <textarea
                    id="prompt"
                    name="prompt"
                    rows="12"
                    autocomplete="off"
                    placeholder="write a blog post about our new coffee machine for office managers, max 300 words"
                    aria-describedby="outcome prompt-hint"
                    aria-invalid=invalid
                    node_ref=node
                    inner_html=markup::text_area(&shown)
                    on:input={
                        let mut typed = typed;
                        move |event| typed(event_target_value(&event))
                    }
                ></textarea>
                <p id="prompt-hint" class="hint">
                    "English, German, French or Spanish; other languages are left as they are. Up to 100 KiB."
                </p>
            </div>
            <div id="outcome" class="outcome" aria-live="polite">
                <ProblemNote problem=attempt.trouble(move || text.get_untracked()) />
            </div>
            <div class="form-end">
                <button class="button primary" disabled=switch(move || attempt.sending.get())>
                    {label}
                </button>
                <span class="muted">"Free and offline. The original is never lost."</span>
            </div>
        </form>
    }
}
