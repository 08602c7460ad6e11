//! A list of tasks that keeps itself up to date: rows change in place, their order never; tasks that came since are
//! announced, not pushed in.
//!
//! Asks the server while a task of the list is open and the page is seen.

use std::{collections::HashMap, time::Duration};

use leptos::{ev, prelude::*, task::spawn_local};

use super::{moment::Ago, progress_bar::ProgressBar, status_pill::StatusPill};
use crate::{
    app::{
        api, figures,
        now::use_now,
        signals::{perhaps, switch, words},
    },
    protocol::{Kind, TaskFilter, TaskId, TaskPage, TaskSummary},
};

const ASK_EVERY: Duration = Duration::from_millis(2_500);

#[component]
pub fn TaskTable(page: TaskPage, filter: TaskFilter, caption: &'static str) -> impl IntoView {
    let rows = RwSignal::new(rows(page.tasks));
    let fresh = RwSignal::new(Vec::<TaskSummary>::new());
    keep_up_to_date(rows, fresh, filter);
    let show_fresh = move |_| {
        let mut came = self::rows(fresh.write().drain(..).collect());
        rows.update(|rows| {
            came.append(rows);
            *rows = came;
        });
    };
    let announced = words(move || format!("Show {}", figures::count_of(fresh.read().len() as u64, "new task", "new tasks")));
    view! {
        <div class="table-note" role="status" hidden=switch(move || fresh.read().is_empty())>
            <button type="button" class="button small" on:click=show_fresh>
                {announced}
            </button>
        </div>
        <div class="panel table-frame">
            <table class="tasks">
                <caption class="offscreen">{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Task"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">"Progress"</th>
                        <th scope="col">"Started"</th>
                        <th scope="col">"Source"</th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || rows.get() key=|row| row.0 let((id, summary))>
                        <Row id summary />
                    </For>
                </tbody>
            </table>
        </div>
    }
}

type Rows = Vec<(TaskId, ArcRwSignal<TaskSummary>)>;

#[component]
fn Row(id: TaskId, summary: ArcRwSignal<TaskSummary>) -> impl IntoView {
    let now = use_now();
    let first = summary.get_untracked();
    let summary: Signal<TaskSummary> = summary.into();
    let status = Signal::derive(move || (summary.read().status, None));
    let ended = switch(move || summary.read().status.is_terminal());
    let took = words(move || {
        let task = summary.read();
        let to = task.finished_at.unwrap_or_else(|| now.get());
        task.started_at.map(|from| figures::span(to.ms_since(from))).unwrap_or_default()
    });
    let room = (first.kind == Kind::Project).then(|| {
        let label = format!("Room of {}", first.title);
        view! { <a class="tag" href=format!("/projects/{id}") aria-label=label>"Room"</a> }
    });
    view! {
        <tr data-state=perhaps(move || Some(summary.read().status.as_str()))>
            <th scope="row">
                <a href=format!("/tasks/{id}")>{first.title.clone()}</a>
                {room}
            </th>
            <td>
                <StatusPill status />
            </td>
            <td class="figure">
                <ProgressBar
                    percent=Signal::derive(move || summary.read().progress)
                    label=format!("Progress of {}", first.title)
                    text=words(move || format!("{} %", summary.read().progress))
                    class="bar short"
                    hidden=ended
                />
                <span class="muted">{took}</span>
            </td>
            <td class="muted">
                <Ago at=Signal::stored(first.created_at) />
            </td>
            <td class="muted source">{first.source}</td>
        </tr>
    }
}

fn rows(tasks: Vec<TaskSummary>) -> Rows {
    tasks.into_iter().map(|task| (task.task_id, ArcRwSignal::new(task))).collect()
}

fn keep_up_to_date(rows: RwSignal<Rows>, fresh: RwSignal<Vec<TaskSummary>>, filter: TaskFilter) {
    Effect::new(move |_| {
        let ask = {
            let filter = filter.clone();
            move || {
                let filter = filter.clone();
                spawn_local(async move {
                    if let Ok(page) = api::tasks(filter).await
                        && !rows.is_disposed()
                    {
                        take(rows, fresh, page.tasks);
                    }
                });
            }
        };
        let on_shown = ask.clone();
        let shown = window_event_listener(ev::visibilitychange, move |_| {
            if !document().hidden() {
                on_shown();
            }
        });
        let asking = set_interval_with_handle(
            move || {
                let open = rows.with_untracked(|rows| rows.iter().any(|(_, task)| !task.read_untracked().status.is_terminal()));
                if open && !document().hidden() {
                    ask();
                }
            },
            ASK_EVERY,
        );
        on_cleanup(move || {
            shown.remove();
            if let Ok(asking) = asking {
                asking.clear();
            }
        });
    });
}

/// Rows that are shown take what is new of theirs; tasks newer than the first row wait to be shown.
fn take(rows: RwSignal<Rows>, fresh: RwSignal<Vec<TaskSummary>>, tasks: Vec<TaskSummary>) {
    let known: HashMap<TaskId, ArcRwSignal<TaskSummary>> = rows.get_untracked().into_iter().collect();
    let newest = rows.with_untracked(|rows| rows.first().map(|(id, _)| *id));
    let mut came = Vec::new();
    for task in tasks {
        match known.get(&task.task_id) {
            Some(row) if row.with_untracked(|row| row.seq < task.seq || row.status != task.status) => row.set(task),
            None if newest.is_none_or(|newest| task.task_id > newest) => came.push(task),
            _ => {}
        }
    }
    if came.len() != fresh.read_untracked().len() {
        fresh.set(came);
    }
}
