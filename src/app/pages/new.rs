//! `/new/{kind}`: what can be started, and the form for it.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::load::{Ask, Load};
use crate::{
    app::{
        forms::{ProjectForm, PromptForm, SampleForm, TestSuiteForm},
        whole::Whole,
    },
    protocol::Kind,
};

/// `?from={task}` starts from what an earlier task came to.
pub fn new_page(kind: Kind) -> impl IntoView {
    let from = use_query_map().with_untracked(|query| query.get("from")).unwrap_or_default();
    view! { <Load ask=Signal::stored(Ask::New { kind, from }) /> }
}

/// What the page shows once the part of the program that has the forms is there.
pub fn new(kind: Kind, initial: String) -> impl IntoView {
    let (title, about, form) = match kind {
        Kind::TestSuite => {
            let about = view! { <div class="muted">"From an OpenAPI description to a pytest project that runs. No description at hand? Try " <SampleForm /> "."</div> };
            ("New test suite", about.into_any(), view! { <TestSuiteForm /> }.into_any())
        }
        Kind::Project => {
            let about = view! { <p class="muted">"From a brief in plain words to a project that was installed, started and tested before you get it."</p> };
            ("New project", about.into_any(), view! { <ProjectForm /> }.into_any())
        }
        Kind::Prompt => {
            let about = view! { <p class="muted">"From a rough prompt to a clear one; each change is explained."</p> };
            ("New prompt", about.into_any(), view! { <PromptForm initial /> }.into_any())
        }
    };
    Whole(view! {
        <Title text=title />
        <div class="column narrow">
            <header class="page-head">
                {kinds(kind)}
                <h1>{title}</h1>
                {about}
            </header>
            {form}
        </div>
    })
}

/// Everything that can be started.
fn kinds(current: Kind) -> impl IntoView {
    let link = move |kind: Kind, label: &'static str| {
        view! {
            <a class="segment" href=format!("/new/{}", kind.path()) aria-current=(kind == current).then_some("page")>
                {label}
            </a>
        }
    };
    view! {
        <nav class="segments" aria-label="What to generate">
            {link(Kind::TestSuite, "Test suite")}
            {link(Kind::Project, "Project")}
            {link(Kind::Prompt, "Prompt")}
        </nav>
    }
}
