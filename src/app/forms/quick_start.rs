//! The card on the home page: drop a file anywhere on it and the task starts.

use leptos::{
    ev::{ClipboardEvent, DragEvent, SubmitEvent},
    html,
    prelude::*,
};

use super::{SampleForm, attempt::Attempt, form_key};
use crate::{
    app::{
        components::{icon::icon, problem_note::ProblemNote},
        signals::{switch, words},
    },
    client::{document::Document, edge},
    protocol::{Problem, TaskInput, TestSuiteInput},
};

#[expect(clippy::too_many_lines, reason = "mostly markup, which reads best in one piece")]
#[component]
pub fn QuickStart() -> impl IntoView {
    let key = form_key();
    let attempt = Attempt::new(key, None);
    let text = RwSignal::new(String::new());
    let over = RwSignal::new(false);
    let file_node = NodeRef::<html::Input>::new();
    let url_node = NodeRef::<html::Input>::new();
    let start = Callback::new(move |document: Result<Document, Problem>| {
        attempt.changed();
        match document {
            Ok(Document { name, text: description }) => {
                text.set(description.clone());
                let input = TestSuiteInput { name: Some(name), description: Some(description), url: None };
                attempt.send(TaskInput::TestSuite(input), || ());
            }
            Err(problem) => attempt.fail(problem),
        }
    });
    let start_from_url = move |url: String| {
        attempt.changed();
        text.set(String::new());
        attempt.send(TaskInput::TestSuite(TestSuiteInput { url: Some(url), ..TestSuiteInput::default() }), || ());
    };
    let dropped = move |event: DragEvent| {
        event.prevent_default();
        over.set(false);
        edge::dropped_file(&event, start);
    };
    let dragged = move |event: DragEvent| {
        event.prevent_default();
        over.set(true);
    };
    let pasted = move |event: ClipboardEvent| {
        let Some(text) = edge::pasted_text(&event) else { return };
        let is_address = (text.starts_with("http://") || text.starts_with("https://")) && !text.contains(char::is_whitespace);
        if !is_address && text.contains('\n') {
            event.prevent_default();
            start.run(Ok(Document { name: "pasted.yaml".into(), text }));
        }
    };
    let submitted = move |event: SubmitEvent| {
        event.prevent_default();
        match url_node.get_untracked().map(|input| input.value()).filter(|url| !url.trim().is_empty()) {
            Some(url) => start_from_url(url),
            None => {
                if let Some(input) = file_node.get_untracked() {
                    edge::chosen_file(&input, start);
                }
            }
        }
    };
    let label = words(move || if attempt.sending.get() { "Checking…" } else { "Generate" }.to_owned());
    view! {
        <section
            class="panel card"
            class:is-over=switch(move || over.get())
            aria-labelledby="test-suite-title"
            on:drop=dropped
            on:dragover=dragged
            on:dragleave=move |_| over.set(false)
            on:paste=pasted
        >
            <span class="card-icon">
                {icon("check")}
            </span>
            <h2 id="test-suite-title">"API test suite"</h2>
            <p class="muted">"From an OpenAPI description to a ZIP of tests that run: pytest, one file per tag, no key needed."</p>
            <form method="post" action="/new/test-suite" enctype="multipart/form-data" class="drop" on:submit=submitted>
                <input type="hidden" name="idempotency_key" value=attempt.key() />
                <label class="drop-file">
                    {icon("upload")}
                    <span>"Drop " <code>"openapi.yaml"</code> " here, or " <u>"choose a file"</u></span>
                    <input
                        type="file"
                        name="file"
                        class="offscreen"
                        accept=".yaml,.yml,.json,application/json,application/yaml"
                        node_ref=file_node
                        on:change=move |_| {
                            if let Some(input) = file_node.get_untracked() {
                                edge::chosen_file(&input, start);
                            }
                        }
                    />
                </label>
                <div class="drop-url">
                    <label class="offscreen" for="quick-url">
                        "Address of an OpenAPI description"
                    </label>
                    <input id="quick-url" type="url" name="url" placeholder="or paste a URL: https://…/openapi.json" node_ref=url_node />
                    <button class="button" disabled=switch(move || attempt.sending.get())>
                        {label}
                    </button>
                </div>
            </form>
            <ProblemNote problem=attempt.trouble(move || text.get_untracked()) />
            <div class="row">
                <a class="button primary" href="/new/test-suite">
                    "New test suite"
                </a>
                <div class="muted">"or try " <SampleForm /></div>
            </div>
        </section>
    }
}
