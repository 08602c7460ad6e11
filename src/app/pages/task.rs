//! `/tasks/{id}`: everything about one task, as it is and as it becomes.

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_params_map, use_query_map};

use super::load::{Ask, Load};
use crate::{
    app::{
        components::{
            agent_graph::AgentGraph,
            announcer::Announcer,
            connection::ConnectionPill,
            files::FilesPanel,
            gates::GatesPanel,
            header::Connected,
            log::LogPanel,
            prompt_result::PromptPanel,
            so_far::SoFar,
            stage_rail::StageRail,
            tab_title::TabTitle,
            task_error::TaskError,
            task_head::{Place, TaskHead},
            task_progress::TaskProgress,
        },
        figures,
        signals::{perhaps, switch},
        whole::Whole,
    },
    client::{edge, view::Live},
    protocol::{FileView, Kind, Problem, Status, TaskSnapshot, room::Standing},
};

#[component]
pub fn TaskPage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).unwrap_or_default());
    // Another id is another page: everything of the one before has to go at once, its timers before its signals.
    Whole(move || {
        let file = query.with_untracked(|query| query.get("file"));
        let ask = Signal::stored(Ask::Task { id: id.get(), file });
        Whole(view! { <Load ask /> })
    })
}

pub fn task(initial: TaskSnapshot, file: Option<Result<FileView, Problem>>, standing: Standing) -> impl IntoView {
    let running = !initial.is_terminal();
    let live = watch(initial);
    Whole(view! {
        {refresh(running)}
        <article class="column task">
            {run(live, file, Place { standing, in_room: false })}
        </article>
    })
}

/// Follows a run, and shows in the page's head how the connection does.
pub fn watch(initial: TaskSnapshot) -> Live {
    let live = edge::watch(initial);
    if let Some(Connected(connected)) = use_context() {
        Effect::new(move |_| connected.set(Some(Callback::new(move |()| Whole(view! { <ConnectionPill live /> }).into_any()))));
        on_cleanup(move || {
            connected.try_set(None);
        });
    }
    live
}

/// As text: an element made by script inside of a noscript would refresh the page all the same.
pub fn refresh(running: bool) -> impl IntoView {
    running.then(|| view! { <noscript inner_html=r#"<meta http-equiv="refresh" content="3">"#></noscript> })
}

/// Everything about one run: the task's page, and a project's room.
pub fn run(live: Live, file: Option<Result<FileView, Problem>>, place: Place) -> impl IntoView {
    // Stages that name whom they wait for are a graph; all others a list.
    let owner = place.standing.owner;
    let is_graph = live.now(|snapshot| snapshot.stages.iter().any(|stage| stage.after.is_some()));
    // Each in a box of its own: as one type the page would need more stack than a thread has.
    vec![
        view! { <TabTitle live /> }.into_any(),
        view! { <TaskHead live place /> }.into_any(),
        view! { <TaskError live /> }.into_any(),
        view! { <TaskProgress live /> }.into_any(),
        view! { <Announcer live /> }.into_any(),
        view! { <PromptPanel live /> }.into_any(),
        is_graph.then(|| view! { <AgentGraph live /> }).into_any(),
        view! { <GatesPanel live owner /> }.into_any(),
        view! {
            <div class="task-body">
                <div class="task-side">
                    {(!is_graph).then(|| view! { <StageRail live /> }).into_any()}
                    {view! { <SoFar live /> }.into_any()}
                </div>
                {view! { <Panes live file owner /> }.into_any()}
            </div>
        }
        .into_any(),
    ]
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pane {
    Log,
    Files,
}

/// Log and files. Which one is shown is in the address; without script both are.
#[component]
fn Panes(live: Live, file: Option<Result<FileView, Problem>>, owner: bool) -> impl IntoView {
    let query = use_query_map();
    let location = use_location();
    // A failed run is explained by its log, any other is best seen by what it writes.
    let usual = live.now(|snapshot| match snapshot.status {
        Status::Failed | Status::Cancelled => Pane::Log,
        _ => Pane::Files,
    });
    let line_asked = RwSignal::new(false);
    Effect::new(move |_| line_asked.set(location.hash.with(|hash| hash.starts_with("#L") || hash == "#comments")));
    let pane = Memo::new(move |_| {
        let asked = query.with(|query| query.get("tab"));
        match asked.as_deref() {
            Some("log") => Pane::Log,
            Some("files") => Pane::Files,
            _ if line_asked.get() => Pane::Log,
            _ => usual,
        }
    });
    let (task_id, repeats) = live.now(|snapshot| (snapshot.task_id, snapshot.kind == Kind::Project && snapshot.retry_of.is_some()));
    let current = move |this: Pane| perhaps(move || (pane.get() == this).then_some("true"));
    let hidden = move |this: Pane| switch(move || pane.get() != this);
    view! {
        <section class="panel panes" aria-label="Log and files">
            <nav class="tabs" aria-label="Views">
                <a href="?tab=log" data-noscroll="" data-key="l" aria-current=current(Pane::Log)>
                    "Log"
                    <span class="count">{live.words(|snapshot| figures::grouped(snapshot.log_total))}</span>
                </a>
                <a href="?tab=files" data-noscroll="" data-key="f" aria-current=current(Pane::Files)>
                    "Files"
                    <span class="count">{live.words(|snapshot| figures::grouped(snapshot.files_total))}</span>
                </a>
                <a href=format!("/tasks/{task_id}/changes") rel="external" hidden=!repeats>
                    "Changes"
                </a>
            </nav>
            <section class="pane" class:is-hidden=hidden(Pane::Log) aria-label="Log">
                <LogPanel live shown=switch(move || pane.get() == Pane::Log) />
            </section>
            <section class="pane" class:is-hidden=hidden(Pane::Files) aria-label="Files">
                <FilesPanel live file owner />
            </section>
        </section>
    }
}
