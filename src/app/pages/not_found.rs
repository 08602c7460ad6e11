//! For addresses that lead nowhere, and for tasks that do not exist or belong to somebody else.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::app::{components::icon::icon, whole::Whole};

#[component]
pub fn NotFoundPage() -> impl IntoView {
    not_found("There is no page at this address.")
}

pub fn not_found(text: &'static str) -> impl IntoView {
    Whole(view! {
        <Title text="Not found" />
        <div class="column message-page">
            {icon("search")}
            <h1>"Not found"</h1>
            <p class="muted">{text}</p>
            <p class="row">
                <a class="button primary" href="/">
                    "Go home"
                </a>
                <a class="button" href="/tasks">
                    "All tasks"
                </a>
            </p>
        </div>
    })
}
