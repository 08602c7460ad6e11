//! The top of a task's page: what it is, how it stands, what can be done about it.

use leptos::{either::EitherOf3, ev::SubmitEvent, prelude::*, task::spawn_local};
use leptos_router::hooks::use_navigate;

use super::{icon::Icon, moment::Ago, problem_note::ProblemNote, status_pill::StatusPill};
use crate::{
    app::api,
    client::view::Live,
    protocol::{CancelPhase, Problem, Status, TaskId},
};

#[component]
pub fn TaskHead(live: Live) -> impl IntoView {
    let status = live.part(|snapshot| snapshot.status);
    let cancel = live.part(|snapshot| snapshot.cancel);
    let attempt = live.part(|snapshot| (snapshot.attempt, snapshot.max_attempts));
    let since = live.part(|snapshot| snapshot.started_at.unwrap_or(snapshot.created_at));
    let started = live.part(|snapshot| snapshot.started_at.is_some());
    let refused = RwSignal::new(None::<Problem>);
    let (title, source, retry_of, task_id) =
        live.snapshot.with_untracked(|snapshot| (snapshot.title.clone(), snapshot.source.clone(), snapshot.retry_of, snapshot.task_id));
    view! {
        <div class="task-head">
            <div>
                <h1>{title} " " <StatusPill status cancel /></h1>
                <p class="facts">
                    <span>{source}</span>
                    <span>
                        {move || if started.get() { "started " } else { "queued " }} {move || view! { <Ago at=since.get() /> }}
                    </span>
                    <span>
                        {move || match attempt.get() {
                            (0, _) => "not started yet".to_owned(),
                            (attempt, most) => format!("attempt {attempt} of {most}"),
                        }}
                    </span>
                    {retry_of.map(|id| view! { <span>"retry of " <a href=format!("/tasks/{id}")>"an earlier task"</a></span> })}
                </p>
            </div>
            <div class="actions">
                <CancelOrRetry task_id status cancel refused />
                <Download task_id status />
            </div>
        </div>
        {move || refused.get().map(|problem| view! { <ProblemNote problem /> })}
    }
}

#[component]
fn CancelOrRetry(task_id: TaskId, status: Memo<Status>, cancel: Memo<Option<CancelPhase>>, refused: RwSignal<Option<Problem>>) -> impl IntoView {
    let sending = RwSignal::new(false);
    let navigate = use_navigate();
    let send_cancel = move |event: SubmitEvent| {
        event.prevent_default();
        if sending.get_untracked() {
            return;
        }
        sending.set(true);
        spawn_local(async move {
            let answer = api::cancel(task_id).await;
            sending.set(false);
            refused.set(answer.err());
        });
    };
    let send_retry = move |event: SubmitEvent| {
        event.prevent_default();
        if sending.get_untracked() {
            return;
        }
        sending.set(true);
        let navigate = navigate.clone();
        spawn_local(async move {
            let answer = api::retry(task_id).await;
            sending.set(false);
            match answer {
                Ok(id) => navigate(&format!("/tasks/{id}"), leptos_router::NavigateOptions::default()),
                Err(problem) => refused.set(Some(problem)),
            }
        });
    };
    let cancel_text = move || match (sending.get(), cancel.get()) {
        (_, Some(CancelPhase::Acknowledged)) => "Stopping…",
        (_, Some(CancelPhase::Requested)) => "Cancel requested…",
        (true, None) => "Requesting…",
        (false, None) => "Cancel",
    };
    let cancel_reason = move || match cancel.get() {
        Some(CancelPhase::Acknowledged) => Some("The worker has heard it and is stopping"),
        Some(CancelPhase::Requested) => Some("Waiting for the worker to hear it"),
        None => None,
    };
    move || match status.get() {
        Status::Queued | Status::Running => EitherOf3::A(view! {
            <form method="post" action=format!("/tasks/{task_id}/cancel") on:submit=send_cancel>
                <button class="button" disabled=move || sending.get() || cancel.get().is_some() title=cancel_reason>
                    {cancel_text}
                </button>
            </form>
        }),
        Status::Failed | Status::Cancelled => EitherOf3::B(view! {
            <form method="post" action=format!("/tasks/{task_id}/retry") on:submit=send_retry.clone()>
                <button class="button primary" disabled=move || sending.get()>
                    <Icon name="refresh" />
                    "Retry"
                </button>
            </form>
        }),
        Status::Completed => EitherOf3::C(()),
    }
}

#[component]
fn Download(task_id: TaskId, status: Memo<Status>) -> impl IntoView {
    move || match status.get() {
        Status::Completed => EitherOf3::A(view! {
            <a class="button primary" href=format!("/api/v1/tasks/{task_id}/artifact") download rel="external" data-key="d">
                <Icon name="download" />
                "Download ZIP"
            </a>
        }),
        Status::Queued | Status::Running => EitherOf3::B(view! {
            <button type="button" class="button primary" disabled title="There when the task is completed">
                <Icon name="download" />
                "Download ZIP"
            </button>
        }),
        Status::Failed | Status::Cancelled => EitherOf3::C(()),
    }
}
