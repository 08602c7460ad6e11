//! `/`: what this is, the quickest ways to start, and what was started last.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    asked::Asked,
    load::{Ask, Load},
};
use crate::app::{
    forms::{QuickCards, QuickStart},
    whole::Whole,
};

#[component]
pub fn HomePage() -> impl IntoView {
    Whole(view! {
        <Title text="" />
        <div class="column home">
            <header class="hero">
                <h1>"Generate it, and watch it happen."</h1>
                <p>"Test suites that run, projects that build, prompts that work. Every step live, nothing lost, no key needed."</p>
            </header>
            <div class="start">
                <QuickStart />
                <QuickCards />
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
