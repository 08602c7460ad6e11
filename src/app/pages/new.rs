//! `/new/test-suite`.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::app::forms::{SampleForm, TestSuiteForm};

#[component]
pub fn NewTestSuitePage() -> impl IntoView {
    view! {
        <Title text="New test suite" />
        <div class="column narrow">
            <header class="page-head">
                <h1>"New test suite"</h1>
                <p class="muted">"From an OpenAPI description to a pytest project that runs. No description at hand? Try " <SampleForm /> "."</p>
            </header>
            <TestSuiteForm />
        </div>
    }
}
