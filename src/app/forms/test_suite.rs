//! An API description in one of three ways: a file, pasted text, or an address. Checked at once; a draft of what was
//! typed survives a reload.

use std::time::Duration;

use leptos::{
    ev::{DragEvent, SubmitEvent},
    html,
    prelude::*,
};

use super::{
    FormState,
    attempt::{Attempt, Checked},
};
use crate::{
    app::{
        components::{icon::icon, problem_note::ProblemNote},
        figures, markup,
        signals::{perhaps, switch, words},
    },
    client::{document::Document, edge},
    protocol::{Problem, TaskInput, TestSuiteInput},
};

const DRAFT: &str = "livegen.draft.test-suite";
const DRAFT_URL: &str = "livegen.draft.test-suite.url";
/// Longer drafts are not kept: browsers give a page about 5 MB.
const MAX_DRAFT_BYTES: usize = 1024 * 1024;
const PAUSE_IN_TYPING: Duration = Duration::from_millis(500);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    File,
    Text,
    Url,
}

#[expect(clippy::too_many_lines, reason = "mostly markup, which reads best in one piece")]
#[component]
pub fn TestSuiteForm() -> impl IntoView {
    let state = FormState::current();
    let way = RwSignal::new(match (&*state.description, &*state.url) {
        ("", "") => Way::File,
        ("", _) => Way::Url,
        _ => Way::Text,
    });
    let attempt = Attempt::new(state.idempotency_key, state.problem);
    let file = RwSignal::new(None::<Document>);
    let text = RwSignal::new(state.description.clone());
    let url = RwSignal::new(state.url.clone());
    let over = RwSignal::new(false);
    let text_node = NodeRef::<html::Textarea>::new();
    let url_node = NodeRef::<html::Input>::new();

    let input = move || match way.get_untracked() {
        Way::File => {
            file.get_untracked().map(|Document { name, text }| TestSuiteInput { name: Some(name), description: Some(text), url: None })
        }
        Way::Text => some_text(text.get_untracked()).map(|text| TestSuiteInput { description: Some(text), ..TestSuiteInput::default() }),
        Way::Url => some_text(url.get_untracked()).map(|url| TestSuiteInput { url: Some(url), ..TestSuiteInput::default() }),
    };
    let check = move || {
        if let Some(input) = input() {
            attempt.check(TaskInput::TestSuite(input));
        }
    };
    let take_file = Callback::new(move |document: Result<Document, Problem>| {
        attempt.changed();
        way.set(Way::File);
        match document {
            Ok(document) => {
                file.set(Some(document));
                check();
            }
            Err(problem) => {
                file.set(None);
                attempt.fail(problem);
            }
        }
    });
    restore_draft(way, text, url, text_node, url_node, check);
    let check_later = move || {
        debounce(PAUSE_IN_TYPING, move |()| {
            keep_draft(&text.get_untracked(), &url.get_untracked());
            check();
        })
    };
    let (mut later_text, mut later_url) = (check_later(), check_later());
    let typed_text = move |value: String| {
        attempt.changed();
        text.set(value);
        later_text(());
    };
    let typed_url = move |value: String| {
        attempt.changed();
        url.set(value);
        later_url(());
    };
    let switch_to = Callback::new(move |to: Way| {
        way.set(to);
        attempt.changed();
        check();
    });
    let dropped = move |event: DragEvent| {
        event.prevent_default();
        over.set(false);
        edge::dropped_file(&event, take_file);
    };
    let submitted = move |event: SubmitEvent| {
        event.prevent_default();
        match input() {
            Some(input) => attempt.send(TaskInput::TestSuite(input), || {
                edge::forget(DRAFT);
                edge::forget(DRAFT_URL);
            }),
            None => attempt.fail(nothing_given(way.get_untracked())),
        }
    };
    let wrong = Memo::new(move |_| matches!(attempt.checked.get(), Checked::Wrong(_)));
    let invalid = move |of: Way| perhaps(move || (wrong.get() && way.get() == of).then_some("true"));
    let label = words(move || if attempt.sending.get() { "Starting…" } else { "Generate test suite" }.to_owned());
    let (shown_text, shown_url) = (state.description, state.url);
    view! {
        <form
            method="post"
            action="/new/test-suite"
            enctype="multipart/form-data"
            class="panel form"
            class:is-over=switch(move || over.get())
            on:submit=submitted
            on:drop=dropped
            on:dragover=move |event| {
                event.prevent_default();
                over.set(true);
            }
            on:dragleave=move |_| over.set(false)
        >
            <input type="hidden" name="idempotency_key" value=attempt.key() />
            <fieldset class="ways">
                <legend>"API description"</legend>
                <div class="segments">
                    {choice(Way::File, way, "file", "File", switch_to)}
                    {choice(Way::Text, way, "text", "Paste", switch_to)}
                    {choice(Way::Url, way, "url", "URL", switch_to)}
                </div>
                <div class="way way-file">
                    <FileField file take_file invalid=invalid(Way::File) />
                </div>
                <div class="way way-text">
                    <label for="description">"OpenAPI 3.x or Swagger 2.0, as JSON or YAML"</label>
                    <textarea
                        id="description"
                        name="description"
                        rows="14"
                        spellcheck="false"
                        autocapitalize="off"
                        autocomplete="off"
                        wrap="off"
                        placeholder="openapi: 3.1.0\ninfo:\n  title: …"
                        aria-describedby="outcome"
                        aria-invalid=invalid(Way::Text)
                        node_ref=text_node
                        inner_html=markup::text_area(&shown_text)
                        on:input={
                            let mut typed_text = typed_text;
                            move |event| typed_text(event_target_value(&event))
                        }
                    ></textarea>
                </div>
                <div class="way way-url">
                    <label for="url">"Address of the description"</label>
                    <input
                        id="url"
                        type="url"
                        name="url"
                        placeholder="https://api.example.com/openapi.json"
                        autocomplete="url"
                        value=shown_url
                        aria-describedby="outcome"
                        aria-invalid=invalid(Way::Url)
                        node_ref=url_node
                        on:input={
                            let mut typed_url = typed_url;
                            move |event| typed_url(event_target_value(&event))
                        }
                    />
                    <p class="hint">"The server fetches it once. Private and local addresses are refused."</p>
                </div>
            </fieldset>
            <Outcome attempt text file way />
            <div class="form-end">
                <button class="button primary" disabled=switch(move || attempt.sending.get())>
                    {label}
                </button>
                <span class="muted">"Free, offline, and usually done within seconds. You can close the page: the task goes on."</span>
            </div>
        </form>
    }
}

fn choice(this: Way, way: RwSignal<Way>, value: &'static str, label: &'static str, switch_to: Callback<Way>) -> impl IntoView {
    let node = NodeRef::<html::Input>::new();
    Effect::new(move |taken_over: Option<bool>| {
        let Some(input) = node.get() else { return false };
        let is_this = way.get() == this;
        if taken_over == Some(true) {
            input.set_checked(is_this);
        } else if input.checked() && !is_this {
            // Chosen before the page came alive.
            way.set(this);
        }
        true
    });
    view! {
        <label class="segment">
            <input
                type="radio"
                name="source"
                value=value
                checked=way.get_untracked() == this
                node_ref=node
                on:change=move |_| switch_to.run(this)
            />
            {label}
        </label>
    }
}

#[component]
fn FileField(
    file: RwSignal<Option<Document>>,
    take_file: Callback<Result<Document, Problem>>,
    invalid: Signal<Option<&'static str>>,
) -> impl IntoView {
    let node = NodeRef::<html::Input>::new();
    let read = move || {
        if let Some(input) = node.get_untracked() {
            edge::chosen_file(&input, take_file);
        }
    };
    // A file may have been chosen before the page came alive.
    Effect::new(move |_| {
        node.track();
        read();
    });
    let chosen = words(move || {
        file.with(|file| file.as_ref().map(|file| format!("{} · {}", file.name, figures::bytes(file.text.len() as u64))))
            .unwrap_or_default()
    });
    view! {
        <label class="drop-file drop-large">
            {icon("upload")}
            <span>"Drop a file anywhere on this form, or " <u>"choose one"</u></span>
            <span class="muted">"OpenAPI 3.0, 3.1 or Swagger 2.0 · JSON or YAML · up to 16 MiB"</span>
            <input
                type="file"
                name="file"
                class="file-input"
                accept=".yaml,.yml,.json,application/json,application/yaml"
                aria-describedby="outcome"
                aria-invalid=invalid
                node_ref=node
                on:change=move |_| read()
            />
            <span class="chosen" hidden=switch(move || chosen.get().is_empty())>
                {chosen}
            </span>
        </label>
    }
}

/// What the check has found: that it is fine, or what is wrong.
#[component]
fn Outcome(attempt: Attempt, text: RwSignal<String>, file: RwSignal<Option<Document>>, way: RwSignal<Way>) -> impl IntoView {
    let source_text = move || match way.get_untracked() {
        Way::File => file.with_untracked(|file| file.as_ref().map(|file| file.text.clone())).unwrap_or_default(),
        Way::Text => text.get_untracked(),
        Way::Url => String::new(),
    };
    let fine = move || match attempt.checked.get() {
        Checked::Fine(inspected) => Some(inspected),
        _ => None,
    };
    view! {
        <div id="outcome" class="outcome" aria-live="polite">
            <p class="muted" hidden=switch(move || attempt.checked.get() != Checked::Checking)>
                "Checking…"
            </p>
            <div class="note note-ok" hidden=switch(move || fine().is_none())>
                {icon("check")}
                <div>
                    <p class="note-title">{words(move || fine().map(|inspected| inspected.title).unwrap_or_default())}</p>
                    <p>{words(move || fine().map(|inspected| inspected.source).unwrap_or_default())}</p>
                </div>
            </div>
            <ProblemNote problem=attempt.trouble(source_text) />
        </div>
    }
}

fn nothing_given(way: Way) -> Problem {
    match way {
        Way::File => Problem::invalid("file", "Choose a file first, or drop one here."),
        Way::Text => Problem::invalid("description", "Paste an OpenAPI description first."),
        Way::Url => Problem::invalid("url", "Give the address of an OpenAPI description first."),
    }
}

fn some_text(text: String) -> Option<String> {
    Some(text).filter(|text| !text.trim().is_empty())
}

/// What was typed before the page came alive, else what an earlier visit left.
fn restore_draft(
    way: RwSignal<Way>,
    text: RwSignal<String>,
    url: RwSignal<String>,
    text_node: NodeRef<html::Textarea>,
    url_node: NodeRef<html::Input>,
    check: impl Fn() + 'static,
) {
    Effect::new(move |_| {
        let (Some(area), Some(line)) = (text_node.get(), url_node.get()) else { return };
        if area.value().is_empty()
            && line.value().is_empty()
            && let (Some(draft), address) = (edge::recall(DRAFT), edge::recall(DRAFT_URL).unwrap_or_default())
        {
            area.set_value(&draft);
            line.set_value(&address);
        }
        let (typed, address) = (area.value(), line.value());
        if text.get_untracked() == typed && url.get_untracked() == address {
            return;
        }
        if way.get_untracked() == Way::File {
            way.set(if typed.is_empty() { Way::Url } else { Way::Text });
        }
        text.set(typed);
        url.set(address);
        check();
    });
}

fn keep_draft(text: &str, url: &str) {
    if text.len() <= MAX_DRAFT_BYTES {
        edge::remember(DRAFT, text);
        edge::remember(DRAFT_URL, url);
    }
}
