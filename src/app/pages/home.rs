//! `/`: what this is, the quickest ways to start, and what was started last.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    asked::Asked,
    load::{Ask, Load},
};
use crate::app::{forms::QuickStart, whole::Whole};

#[component]
pub fn HomePage() -> impl IntoView {
    Whole(view! {
        <Title text="" />
        <div class="column home">
            <header class="hero">
                <h1>"Generate it, and watch it happen."</h1>
                <p>"Drop an API description and get a test suite that runs. Every step live, nothing lost, no key needed."</p>
                <p>"Or make a rough prompt a clear one: " <a href="/new/prompt">"New prompt"</a></p>
            </header>
            <div class="start">
                <QuickStart />
                <HowItWorks />
            </div>
            <section aria-labelledby="recent-title">
                <div class="section-head">
                    <h2 id="recent-title">"Recent"</h2>
                    <a href="/tasks">"All tasks"</a>
                </div>
                <Load ask=Signal::stored(Ask::Tasks(Asked { recent: true, ..Asked::default() })) />
            </section>
        </div>
    })
}

#[component]
fn HowItWorks() -> impl IntoView {
    view! {
        <section class="panel card how" aria-labelledby="how-title">
            <h2 id="how-title">"How it works"</h2>
            <ol>
                <li>
                    <h3>"Give a description"</h3>
                    <p class="muted">
                        "OpenAPI 3.0, 3.1 or Swagger 2.0; JSON or YAML. It is checked at once, and an error names its line."
                    </p>
                </li>
                <li>
                    <h3>"Watch it work"</h3>
                    <p class="muted">"Stages, log and files appear as they are written. Reload, close the tab, come back: nothing is lost."</p>
                </li>
                <li>
                    <h3>"Run the tests"</h3>
                    <p class="muted">"Unzip, install the pinned requirements, point the base URL at your API and run pytest."</p>
                </li>
            </ol>
        </section>
    }
}
