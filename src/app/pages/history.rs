//! `/tasks`: everything that was started, newest first. State, text and page are in the address.

use std::time::Duration;

use leptos::{ev::SubmitEvent, prelude::*};
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use super::{
    asked::Asked,
    load::{Ask, Load},
};
use crate::{
    app::{
        components::{icon::icon, status_pill},
        signals::{perhaps, words},
        whole::Whole,
    },
    protocol::Status,
};

const PAUSE_IN_TYPING: Duration = Duration::from_millis(300);

#[component]
pub fn HistoryPage() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(Asked::from_query));
    Whole(view! {
        <Title text="Tasks" />
        <div class="column">
            <header class="page-head with-actions">
                <h1>"Tasks"</h1>
                <a class="button primary" href="/new/test-suite">
                    {icon("plus")}
                    "New test suite"
                </a>
            </header>
            <Filters asked />
            <Load ask=Signal::derive(move || Ask::Tasks(asked.get())) />
        </div>
    })
}

#[component]
fn Filters(asked: Memo<Asked>) -> impl IntoView {
    let states = std::iter::once(None).chain(Status::ALL.iter().copied().map(Some));
    let navigate = use_navigate();
    let go = move |text: String| {
        let to = Asked { text, before: String::new(), ..asked.get_untracked() };
        if to != asked.get_untracked() {
            navigate(&to.address(), NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
        }
    };
    let mut go_later = debounce(PAUSE_IN_TYPING, go);
    view! {
        <div class="filters">
            <nav class="segments" aria-label="State">
                {states
                    .map(|state| {
                        let address = words(move || Asked { state, before: String::new(), ..asked.get() }.address());
                        let current = perhaps(move || (asked.read().state == state).then_some("true"));
                        let label = state.map_or("All", |state| status_pill::label(state, None));
                        view! {
                            <a class="segment" href=address data-noscroll="" aria-current=current>
                                {label}
                            </a>
                        }
                    })
                    .collect_view()}
            </nav>
            <form method="get" action="/tasks" class="search" role="search" on:submit=move |event: SubmitEvent| event.prevent_default()>
                {icon("search")}
                <input type="hidden" name="state" value=perhaps(move || Some(asked.read().state.map_or("", Status::as_str))) />
                <input
                    type="search"
                    name="q"
                    placeholder="Search title or source"
                    aria-label="Search title or source"
                    data-key="/"
                    value=asked.get_untracked().text
                    prop:value=words(move || asked.read().text.clone())
                    on:input=move |event| go_later(event_target_value(&event).trim().to_owned())
                />
            </form>
        </div>
    }
}
