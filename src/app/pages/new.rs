//! `/new/test-suite`.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::app::{
    forms::{SampleForm, TestSuiteForm},
    whole::Whole,
};

#[component]
pub fn NewTestSuitePage() -> impl IntoView {
    Whole(view! {
        <Title text="New test suite" />
        <div class="column narrow">
            <header class="page-head">
                <h1>"New test suite"</h1>
                <div class="muted">"From an OpenAPI description to a pytest project that runs. No description at hand? Try " <SampleForm /> "."</div>
            </header>
            <TestSuiteForm />
        </div>
    })
}
