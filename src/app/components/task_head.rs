//! The top of a task's page: what it is, how it stands, what can be done about it.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{
    icon::icon,
    moment::Ago,
    problem_note::ProblemNote,
    status_pill::StatusPill,
    tell_me::{NotTold, TellMe},
};
use crate::{
    app::{
        api,
        signals::{perhaps, switch, words},
    },
    client::{consent::Consent, view::Live},
    protocol::{CancelPhase, Kind, Problem, Status, room::Standing},
};

/// Where a run is shown, and to whom.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub standing: Standing,
    /// In its project's room, which has its own ways to go on.
    pub in_room: bool,
}

#[component]
pub fn TaskHead(live: Live, place: Place) -> impl IntoView {
    let status = Signal::derive(move || live.snapshot.with(|snapshot| (snapshot.status, snapshot.cancel)));
    let since = Signal::derive(move || live.snapshot.with(|snapshot| snapshot.started_at.unwrap_or(snapshot.created_at)));
    let verb = live.words(|snapshot| if snapshot.started_at.is_some() { "started " } else { "queued " }.to_owned());
    let attempt = live.words(|snapshot| match snapshot.attempt {
        0 => "not started yet".to_owned(),
        attempt => format!("attempt {attempt} of {}", snapshot.max_attempts),
    });
    let refused = RwSignal::new(None::<Problem>);
    let not_told = RwSignal::new(None::<Consent>);
    let (title, source, retry_of) = live.now(|snapshot| (snapshot.title.clone(), snapshot.source.clone(), snapshot.retry_of));
    let kind = live.now(|snapshot| snapshot.kind);
    let (all_runs, earlier) = match kind {
        Kind::Project => ("Project room", "retry of "),
        Kind::Prompt => ("All versions", "made of "),
        Kind::TestSuite => ("", "retry of "),
    };
    let room = (!place.in_room && !all_runs.is_empty()).then_some(place.standing.project_id);
    view! {
        <div class="task-head">
            <div>
                <h1>{title} " " <StatusPill status /></h1>
                <p class="facts">
                    <span>{source}</span>
                    <span>{verb} <Ago at=since /></span>
                    <span>{attempt}</span>
                    {room.map(|id| view! { <span><a href=format!("/projects/{id}")>{all_runs}</a></span> })}
                    {retry_of.map(|id| view! { <span>{earlier} <a href=format!("/tasks/{id}")>"an earlier task"</a></span> })}
                </p>
            </div>
            <Actions live place refused not_told />
        </div>
        <NotTold live refused=not_told />
        <ProblemNote problem=Signal::derive(move || refused.get().map(|problem| (problem, String::new()))) />
    }
}

/// Everything that can be done in any state; what cannot be done now is hidden or says why.
#[component]
fn Actions(live: Live, place: Place, refused: RwSignal<Option<Problem>>, not_told: RwSignal<Option<Consent>>) -> impl IntoView {
    let task_id = live.task_id;
    let sending = RwSignal::new(false);
    let status = live.part(|snapshot| snapshot.status);
    let cancel = live.part(|snapshot| snapshot.cancel);
    let navigate = use_navigate();
    let send_cancel = move |event: SubmitEvent| {
        event.prevent_default();
        if !sending.get_untracked() {
            sending.set(true);
            spawn_local(async move {
                let answer = api::cancel(task_id).await;
                sending.try_set(false);
                refused.try_set(answer.err());
            });
        }
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
            sending.try_set(false);
            match answer {
                Ok(id) => navigate(&format!("/tasks/{id}"), NavigateOptions::default()),
                Err(problem) => {
                    refused.try_set(Some(problem));
                }
            }
        });
    };
    let cancel_text = words(move || {
        match (sending.get(), cancel.get()) {
            (_, Some(CancelPhase::Acknowledged)) => "Stopping…",
            (_, Some(CancelPhase::Requested)) => "Cancel requested…",
            (true, None) => "Requesting…",
            (false, None) => "Cancel",
        }
        .to_owned()
    });
    let cancel_reason = perhaps(move || match cancel.get() {
        Some(CancelPhase::Acknowledged) => Some("The worker has heard it and is stopping"),
        Some(CancelPhase::Requested) => Some("Waiting for the worker to hear it"),
        None => None,
    });
    let download = live.now(|snapshot| match snapshot.kind {
        Kind::TestSuite | Kind::Project => "Download ZIP",
        Kind::Prompt => "Download prompt",
    });
    let is_project = live.now(|snapshot| snapshot.kind == Kind::Project);
    let owner = place.standing.owner;
    let ended = switch(move || status.get().is_terminal());
    let not_retriable = switch(move || place.in_room || !matches!(status.get(), Status::Failed | Status::Cancelled));
    let not_forkable = switch(move || !is_project || !status.get().is_terminal());
    let not_completed = switch(move || status.get() != Status::Completed);
    view! {
        <div class="actions">
            <TellMe live refused=not_told />
            {owner
                .then(|| {
                    view! {
                        <form method="post" action=format!("/tasks/{task_id}/cancel") hidden=ended on:submit=send_cancel>
                            <button class="button" disabled=switch(move || sending.get() || cancel.get().is_some()) title=cancel_reason>
                                {cancel_text}
                            </button>
                        </form>
                        <form method="post" action=format!("/tasks/{task_id}/retry") hidden=not_retriable on:submit=send_retry>
                            <button class="button primary" disabled=switch(move || sending.get())>
                                {icon("refresh")}
                                "Retry"
                            </button>
                        </form>
                        <a class="button" href=format!("/tasks/{task_id}/fork") rel="external" hidden=not_forkable>
                            "Change…"
                        </a>
                    }
                })}
            <a
                class="button primary"
                href=format!("/api/v1/tasks/{task_id}/artifact")
                download=""
                rel="external"
                data-key="d"
                hidden=not_completed
            >
                {icon("download")}
                {download}
            </a>
            <button type="button" class="button primary" disabled title="There when the task is completed" hidden=ended>
                {icon("download")}
                {download}
            </button>
        </div>
    }
}
