//! For addresses that lead nowhere, and for tasks that do not exist or belong to somebody else.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::app::components::icon::Icon;

#[component]
pub fn NotFoundPage(#[prop(optional)] what: Option<&'static str>) -> impl IntoView {
    let text = match what {
        Some(what) => format!("There is no such {what}, or it belongs to another browser. Tasks of guests can be seen only where they were started."),
        None => "There is no page at this address.".to_owned(),
    };
    view! {
        <Title text="Not found" />
        <div class="column message-page">
            <Icon name="search" />
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
    }
}
