//! `/`: what this is, the quickest ways to start, and what was started last.

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;

use super::trouble::trouble;
use crate::{
    app::{api, components::task_table::TaskTable, forms::QuickStart, whole::Whole},
    protocol::{TaskFilter, TaskPage},
};

const RECENT: u32 = 8;

#[component]
pub fn HomePage() -> impl IntoView {
    let recent = Resource::new(|| (), |()| api::tasks(filter()));
    let again = Callback::new(move |()| recent.refetch());
    Whole(view! {
        <Title text="" />
        <div class="column home">
            <header class="hero">
                <h1>"Generate it, and watch it happen."</h1>
                <p>"Drop an API description and get a test suite that runs. Every step live, nothing lost, no key needed."</p>
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
                <Suspense fallback=skeleton>
                    {move || {
                        recent
                            .get()
                            .map(|answer| match answer {
                                Ok(page) => Either::Left(recent_tasks(page)),
                                Err(problem) => Either::Right(trouble(problem, again)),
                            })
                    }}
                </Suspense>
            </section>
        </div>
    })
}

fn filter() -> TaskFilter {
    TaskFilter { limit: RECENT, ..TaskFilter::default() }
}

fn skeleton() -> impl IntoView {
    view! { <div class="skeleton table-skeleton" aria-hidden="true"></div> }
}

fn recent_tasks(page: TaskPage) -> impl IntoView {
    let none = page.tasks.is_empty();
    Whole(view! {
        <p class="panel empty" hidden=!none>
            "Your tasks will be listed here. Start with the bookshop API: it takes a second."
        </p>
        <TaskTable page filter=filter() caption="Recent tasks" />
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
