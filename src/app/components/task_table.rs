//! A list of tasks that keeps itself up to date: rows change in place, their order never; tasks that came since are
//! announced, not pushed in.
//!
//! Asks the server while a task of the list is open and the page is seen.

use std::{collections::HashMap, time::Duration};

use leptos::{either::Either, ev, prelude::*, task::spawn_local};

use super::{moment::Ago, progress_bar::ProgressBar, status_pill::StatusPill};
use crate::{
    app::{api, figures, now::use_now},
    protocol::{TaskFilter, TaskId, TaskPage, TaskSummary},
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
    view! {
        <div class="table-note" role="status">
            <Show when=move || !fresh.read().is_empty()>
                <button type="button" class="button small" on:click=show_fresh>
                    {move || format!("Show {}", figures::count_of(fresh.read().len() as u64, "new task", "new tasks"))}
                </button>
            </Show>
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
    let summary = RwSignal::from(summary);
    let now = use_now();
    let status = Signal::derive(move || summary.read().status);
    let percent = Signal::derive(move || summary.read().progress);
    let (title, source, created_at) = summary.with_untracked(|task| (task.title.clone(), task.source.clone(), task.created_at));
    let name = title.clone();
    let progress = move || {
        if status.get().is_terminal() {
            let took = summary.with(|task| task.started_at.zip(task.finished_at).map(|(from, to)| figures::span(to.ms_since(from))));
            Err(took.unwrap_or_else(|| "–".into()))
        } else {
            Ok(())
        }
    };
    view! {
        <tr data-state=move || status.get().as_str()>
            <th scope="row">
                <a href=format!("/tasks/{id}")>{title}</a>
            </th>
            <td>
                <StatusPill status />
            </td>
            <td class="figure">
                {move || match progress() {
                    Ok(()) => {
                        let running = summary.with(|task| task.started_at.map(|from| now.get().ms_since(from)));
                        Either::Left(
                            view! {
                                <ProgressBar percent label=format!("Progress of {name}") class="short" />
                                <span class="muted">{running.map(figures::span)}</span>
                            },
                        )
                    }
                    Err(took) => Either::Right(took),
                }}
            </td>
            <td class="muted">
                <Ago at=created_at />
            </td>
            <td class="muted source">{source}</td>
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
