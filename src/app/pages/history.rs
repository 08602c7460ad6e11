//! `/tasks`: everything that was started, newest first. State, text and page are in the address.

use std::time::Duration;

use leptos::{either::EitherOf4, ev::SubmitEvent, prelude::*};
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
    location::Url,
};

use serde::{Deserialize, Serialize};

use super::trouble::Trouble;
use crate::{
    app::{
        api,
        components::{icon::Icon, task_table::TaskTable},
    },
    protocol::{Status, TaskFilter},
};

const PAGE: u32 = 25;
const PAUSE_IN_TYPING: Duration = Duration::from_millis(300);

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Asked {
    state: Option<Status>,
    text: String,
    before: String,
}

impl Asked {
    fn address(&self) -> String {
        let state = self.state.map(|state| format!("state={state}"));
        let text = (!self.text.is_empty()).then(|| format!("q={}", Url::escape(&self.text)));
        let before = (!self.before.is_empty()).then(|| format!("before={}", Url::escape(&self.before)));
        let parts: Vec<String> = [state, text, before].into_iter().flatten().collect();
        if parts.is_empty() { "/tasks".into() } else { format!("/tasks?{}", parts.join("&")) }
    }

    fn filter(&self) -> TaskFilter {
        TaskFilter {
            status: self.state,
            text: Some(self.text.clone()).filter(|text| !text.is_empty()),
            before: self.before.parse().ok(),
            limit: PAGE,
            ..TaskFilter::default()
        }
    }

    fn is_filter(&self) -> bool {
        self.state.is_some() || !self.text.is_empty()
    }
}

#[component]
pub fn HistoryPage() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| Asked {
            state: query.get_str("state").and_then(Status::parse),
            text: query.get("q").unwrap_or_default().trim().to_owned(),
            before: query.get("before").unwrap_or_default(),
        })
    });
    let page = Resource::new(move || asked.get(), |asked| async move { (api::tasks(asked.filter()).await, asked) });
    view! {
        <Title text="Tasks" />
        <div class="column">
            <header class="page-head with-actions">
                <h1>"Tasks"</h1>
                <a class="button primary" href="/new/test-suite">
                    <Icon name="plus" />
                    "New test suite"
                </a>
            </header>
            <Filters asked />
            <Transition fallback=|| view! { <div class="skeleton table-skeleton" aria-hidden="true"></div> }>
                {move || Suspend::new(async move {
                    let (answer, asked) = page.await;
                    match answer {
                        Ok(tasks) if !tasks.tasks.is_empty() => {
                            let older = tasks.more.then(|| tasks.tasks.last().map(|task| task.task_id.to_string())).flatten();
                            let filter = asked.filter();
                            EitherOf4::A(
                                view! {
                                    <TaskTable page=tasks filter caption="Tasks, newest first" />
                                    <Pages asked older />
                                },
                            )
                        }
                        Ok(_) if asked.is_filter() => EitherOf4::B(view! { <NoneMatch /> }),
                        Ok(_) => EitherOf4::C(view! { <NoneYet /> }),
                        Err(problem) => EitherOf4::D(view! { <Trouble problem what="page" again=Callback::new(move |()| page.refetch()) /> }),
                    }
                })}
            </Transition>
        </div>
    }
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
                        let address = move || Asked { state, before: String::new(), ..asked.get() }.address();
                        let current = move || (asked.read().state == state).then_some("true");
                        let label = state.map_or("All", |state| super::super::components::status_pill::label(state, None));
                        view! {
                            <a class="segment" href=address data-noscroll="" aria-current=current>
                                {label}
                            </a>
                        }
                    })
                    .collect_view()}
            </nav>
            <form method="get" action="/tasks" class="search" role="search" on:submit=move |event: SubmitEvent| event.prevent_default()>
                <Icon name="search" />
                {move || asked.read().state.map(|state| view! { <input type="hidden" name="state" value=state.as_str() /> })}
                <input
                    type="search"
                    name="q"
                    placeholder="Search title or source"
                    aria-label="Search title or source"
                    data-key="/"
                    value=asked.get_untracked().text
                    prop:value=move || asked.read().text.clone()
                    on:input=move |event| go_later(event_target_value(&event).trim().to_owned())
                />
            </form>
        </div>
    }
}

#[component]
fn Pages(asked: Asked, older: Option<String>) -> impl IntoView {
    let newest = (!asked.before.is_empty()).then(|| Asked { before: String::new(), ..asked.clone() }.address());
    let older = older.map(|before| Asked { before, ..asked }.address());
    view! {
        <nav class="pages" aria-label="Pages">
            {newest.map(|address| view! { <a class="button" href=address>"Newest"</a> })}
            <span class="spacer"></span>
            {older.map(|address| view! { <a class="button" href=address rel="next">"Older"</a> })}
        </nav>
    }
}

#[component]
fn NoneYet() -> impl IntoView {
    view! {
        <div class="panel empty">
            <p>"You have not started anything yet."</p>
            <p class="row">
                <a class="button primary" href="/new/test-suite">
                    "New test suite"
                </a>
                <span class="muted">"or try " <crate::app::forms::SampleForm /></span>
            </p>
        </div>
    }
}

#[component]
fn NoneMatch() -> impl IntoView {
    view! {
        <div class="panel empty">
            <p>"No task matches."</p>
            <p>
                <a class="button" href="/tasks">
                    "Clear the filter"
                </a>
            </p>
        </div>
    }
}
