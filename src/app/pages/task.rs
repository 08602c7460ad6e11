//! `/tasks/{id}`: everything about one task, as it is and as it becomes.

use leptos::{either::Either, prelude::*};
use leptos_router::hooks::{use_location, use_params_map, use_query_map};

use super::trouble::Trouble;
use crate::{
    app::{
        api,
        components::{
            announcer::Announcer, files::FilesPanel, header::Watched, log::LogPanel, so_far::SoFar, stage_rail::StageRail,
            tab_title::TabTitle, task_error::TaskError, task_head::TaskHead, task_progress::TaskProgress,
        },
        figures,
    },
    client::{edge, view::Live},
    protocol::{Status, TaskSnapshot},
};

#[component]
pub fn TaskPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).unwrap_or_default());
    let snapshot = Resource::new(move || id.get(), api::task);
    view! {
        <Suspense fallback=|| view! { <div class="column"><div class="skeleton page-skeleton" aria-label="Loading"></div></div> }>
            {move || Suspend::new(async move {
                match snapshot.await {
                    Ok(initial) => Either::Left(view! { <Task initial /> }),
                    Err(problem) => Either::Right(view! { <Trouble problem what="task" again=Callback::new(move |()| snapshot.refetch()) /> }),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Task(initial: TaskSnapshot) -> impl IntoView {
    let running = !initial.is_terminal();
    let live = edge::watch(initial);
    if let Some(Watched(watched)) = use_context() {
        Effect::new(move |_| watched.set(Some(live)));
        on_cleanup(move || {
            watched.try_set(None);
        });
    }
    view! {
        <TabTitle live />
        // As text: an element made by script inside of a noscript would refresh the page all the same.
        {running.then(|| view! { <noscript inner_html=r#"<meta http-equiv="refresh" content="3">"#></noscript> })}
        <article class="column task">
            <TaskHead live />
            <TaskError live />
            <TaskProgress live />
            <Announcer live />
            <div class="task-body">
                <div class="task-side">
                    <StageRail live />
                    <SoFar live />
                </div>
                <Panes live />
            </div>
        </article>
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pane {
    Log,
    Files,
}

/// Log and files. Which one is shown is in the address; without script both are.
#[component]
fn Panes(live: Live) -> impl IntoView {
    let query = use_query_map();
    let location = use_location();
    // A failed run is explained by its log, any other is best seen by what it writes.
    let usual = live.snapshot.with_untracked(|snapshot| match snapshot.status {
        Status::Failed | Status::Cancelled => Pane::Log,
        _ => Pane::Files,
    });
    let line_asked = RwSignal::new(false);
    Effect::new(move |_| line_asked.set(location.hash.get().starts_with("#L")));
    let pane = Memo::new(move |_| {
        let asked = query.with(|query| query.get("tab"));
        match asked.as_deref() {
            Some("log") => Pane::Log,
            Some("files") => Pane::Files,
            _ if line_asked.get() => Pane::Log,
            _ => usual,
        }
    });
    let lines = live.part(|snapshot| snapshot.log_total);
    let files = live.part(|snapshot| snapshot.files_total);
    view! {
        <section class="panel panes" aria-label="Log and files">
            <nav class="tabs" aria-label="Views">
                <a href="?tab=log" data-noscroll="" data-key="l" aria-current=move || (pane.get() == Pane::Log).then_some("true")>
                    "Log"
                    <span class="count">{move || figures::grouped(lines.get())}</span>
                </a>
                <a href="?tab=files" data-noscroll="" data-key="f" aria-current=move || (pane.get() == Pane::Files).then_some("true")>
                    "Files"
                    <span class="count">{move || figures::grouped(files.get())}</span>
                </a>
            </nav>
            <section class="pane" class:is-hidden=move || pane.get() != Pane::Log aria-label="Log">
                <LogPanel live />
            </section>
            <section class="pane" class:is-hidden=move || pane.get() != Pane::Files aria-label="Files">
                <FilesPanel live />
            </section>
        </section>
    }
}
