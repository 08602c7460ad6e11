//! `/`: what this is, the quickest ways to start, and what was started last.

use leptos::{either::EitherOf3, prelude::*};
use leptos_meta::Title;

use super::trouble::Trouble;
use crate::{
    app::{api, components::task_table::TaskTable, forms::QuickStart},
    protocol::TaskFilter,
};

const RECENT: u32 = 8;

#[component]
pub fn HomePage() -> impl IntoView {
    let filter = || TaskFilter { limit: RECENT, ..TaskFilter::default() };
    let recent = Resource::new(|| (), move |()| api::tasks(filter()));
    view! {
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
                <Transition fallback=|| view! { <div class="skeleton table-skeleton" aria-hidden="true"></div> }>
                    {move || Suspend::new(async move {
                        match recent.await {
                            Ok(page) if page.tasks.is_empty() => {
                                EitherOf3::A(view! { <p class="panel empty">"Your tasks will be listed here. Start with the bookshop API: it takes a second."</p> })
                            }
                            Ok(page) => EitherOf3::B(view! { <TaskTable page filter=filter() caption="Recent tasks" /> }),
                            Err(problem) => {
                                EitherOf3::C(view! { <Trouble problem what="page" again=Callback::new(move |()| recent.refetch()) /> })
                            }
                        }
                    })}
                </Transition>
            </section>
        </div>
    }
}

#[component]
fn HowItWorks() -> impl IntoView {
    let steps = [
        ("Give a description", "OpenAPI 3.0, 3.1 or Swagger 2.0; JSON or YAML. It is checked at once, and an error names its line."),
        ("Watch it work", "Stages, log and files appear as they are written. Reload, close the tab, come back: nothing is lost."),
        ("Run the tests", "Unzip, install the pinned requirements, point the base URL at your API and run pytest."),
    ];
    view! {
        <section class="panel card how" aria-labelledby="how-title">
            <h2 id="how-title">"How it works"</h2>
            <ol>
                {steps
                    .into_iter()
                    .map(|(title, text)| {
                        view! {
                            <li>
                                <h3>{title}</h3>
                                <p class="muted">{text}</p>
                            </li>
                        }
                    })
                    .collect_view()}
            </ol>
        </section>
    }
}
