//! All runs of a project, newest first.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    app::{
        api,
        components::{moment::Ago, status_pill::StatusPill},
        figures,
        signals::switch,
    },
    client::room::Room,
    protocol::room::RunInfo,
};

#[component]
pub fn Runs(room: Room) -> impl IntoView {
    let loading = RwSignal::new(false);
    let older = move |_| {
        let last = room.runs.with_untracked(|page| page.runs.last().map(|run| run.task.task_id));
        if last.is_none() || loading.get_untracked() {
            return;
        }
        loading.set(true);
        spawn_local(async move {
            let answer = api::runs(room.standing.project_id, last).await;
            if loading.try_set(false).is_none() {
                match answer {
                    Ok(page) => room.runs.update(|known| {
                        known.runs.extend(page.runs);
                        known.more = page.more;
                    }),
                    Err(problem) => room.refused.set(Some(problem)),
                }
            }
        });
    };
    // What is shown of a run changes with its state.
    let rows = move || room.runs.with(|page| page.runs.clone());
    view! {
        <section class="panel room-panel" aria-labelledby="runs-title">
            <h2 id="runs-title">"Runs"</h2>
            <ol class="runs">
                <For each=rows key=|run| (run.task.task_id, run.task.status, run.download) let(run)>
                    {row(run)}
                </For>
            </ol>
            <p class="needs-script" hidden=switch(move || room.runs.with(|page| !page.more))>
                <button type="button" class="button small" disabled=switch(move || loading.get()) on:click=older>
                    "Older runs"
                </button>
            </p>
        </section>
    }
}

fn row(run: RunInfo) -> impl IntoView {
    let RunInfo { number, download, task } = run;
    let took = match (task.started_at, task.finished_at) {
        (Some(from), Some(to)) => figures::span(to.ms_since(from)),
        _ => String::new(),
    };
    let status = Signal::stored((task.status, None));
    view! {
        <li>
            <a href=format!("/tasks/{}", task.task_id)>{format!("Run {number}")}</a>
            <StatusPill status />
            <span class="muted">
                <Ago at=Signal::stored(task.created_at) />
            </span>
            <span class="muted">{took}</span>
            <a
                href=format!("/api/v1/tasks/{}/artifact", task.task_id)
                download=""
                rel="external"
                hidden=!download
                aria-label=format!("Download run {number}")
            >
                "Download"
            </a>
        </li>
    }
}
