//! `/new/test-suite` and `/new/prompt`.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::load::{Ask, Load};
use crate::app::{
    forms::{PromptForm, SampleForm, TestSuiteForm},
    whole::Whole,
};

#[component]
pub fn NewTestSuitePage() -> impl IntoView {
    Whole(view! {
        <Title text="New test suite" />
        <div class="column narrow">
            <header class="page-head">
                {kinds("/new/test-suite")}
                <h1>"New test suite"</h1>
                <div class="muted">"From an OpenAPI description to a pytest project that runs. No description at hand? Try " <SampleForm /> "."</div>
            </header>
            <TestSuiteForm />
        </div>
    })
}

/// `?from={task}` starts from what an earlier task came to.
#[component]
pub fn NewPromptPage() -> impl IntoView {
    let query = use_query_map();
    let ask = Signal::stored(Ask::NewPrompt(query.with_untracked(|query| query.get("from")).unwrap_or_default()));
    Whole(view! {
        <Title text="New prompt" />
        <div class="column narrow">
            <header class="page-head">
                {kinds("/new/prompt")}
                <h1>"New prompt"</h1>
                <p class="muted">
                    "From a rough prompt to a clear one; each change is explained."
                </p>
            </header>
            <Load ask />
        </div>
    })
}

pub fn prompt_form(initial: String) -> impl IntoView {
    Whole(view! { <PromptForm initial /> })
}

/// Everything that can be started.
fn kinds(current: &'static str) -> impl IntoView {
    let link = move |href: &'static str, label: &'static str| {
        view! {
            <a class="segment" href=href aria-current=(href == current).then_some("page")>
                {label}
            </a>
        }
    };
    view! {
        <nav class="segments" aria-label="What to generate">
            {link("/new/test-suite", "Test suite")}
            {link("/new/prompt", "Prompt")}
        </nav>
    }
}
