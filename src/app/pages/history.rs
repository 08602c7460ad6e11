//! `/tasks`: everything that was started, newest first. State, text and page are in the address.

use std::time::Duration;

use leptos::{either::Either, ev::SubmitEvent, prelude::*};
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
    location::Url,
};

use serde::{Deserialize, Serialize};

use super::trouble::trouble;
use crate::{
    app::{
        api,
        components::{icon::icon, status_pill, task_table::TaskTable},
        forms::SampleForm,
        signals::{perhaps, words},
        whole::Whole,
    },
    protocol::{Status, TaskFilter, TaskPage},
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
    let page = Resource::new(move || asked.get(), |asked| async move { api::tasks(asked.filter()).await.map(|page| (page, asked)) });
    let again = Callback::new(move |()| page.refetch());
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
            <Transition fallback=skeleton>
                {move || {
                    page.get()
                        .map(|answer| match answer {
                            Ok((page, asked)) => Either::Left(tasks(page, &asked)),
                            Err(problem) => Either::Right(trouble(problem, again)),
                        })
                }}
            </Transition>
        </div>
    })
}

fn skeleton() -> impl IntoView {
    view! { <div class="skeleton table-skeleton" aria-hidden="true"></div> }
}

/// The list, or why there is none.
fn tasks(page: TaskPage, asked: &Asked) -> impl IntoView + use<> {
    let none = page.tasks.is_empty();
    let none_yet = none && !asked.is_filter();
    let newest = Asked { before: String::new(), ..asked.clone() }.address();
    let last = page.tasks.last().map(|task| task.task_id.to_string()).unwrap_or_default();
    let older = Asked { before: last, ..asked.clone() }.address();
    let (first, more) = (asked.before.is_empty(), page.more);
    Whole(view! {
        <TaskTable page filter=asked.filter() caption="Tasks, newest first" />
        <nav class="pages" aria-label="Pages" hidden=first && !more>
            <a class="button" href=newest hidden=first>
                "Newest"
            </a>
            <span class="spacer"></span>
            <a class="button" href=older rel="next" hidden=!more>
                "Older"
            </a>
        </nav>
        <div class="panel empty" hidden=!none_yet>
            <p>"You have not started anything yet."</p>
            <div class="row">
                <a class="button primary" href="/new/test-suite">
                    "New test suite"
                </a>
                <div class="muted">"or try " <SampleForm /></div>
            </div>
        </div>
        <div class="panel empty" hidden=!none || none_yet>
            <p>"No task matches."</p>
            <p>
                <a class="button" href="/tasks">
                    "Clear the filter"
                </a>
            </p>
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
