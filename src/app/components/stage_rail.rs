//! The stages of a task: what is done, what is under way, what is to come.

use leptos::prelude::*;

use super::{icon::Icon, progress_bar::ProgressBar};
use crate::{
    app::{figures, now::use_now},
    client::view::Live,
    protocol::{StageSnapshot, StageState},
};

#[component]
pub fn StageRail(live: Live) -> impl IntoView {
    // The plan is part of event 1 and never changes.
    let count = live.part(|snapshot| snapshot.stages.len());
    view! {
        <section class="panel" aria-labelledby="stages-title">
            <h2 class="offscreen" id="stages-title">
                "Stages"
            </h2>
            <ol class="stages">{move || (0..count.get()).map(|index| view! { <Stage live index /> }).collect_view()}</ol>
        </section>
    }
}

#[component]
fn Stage(live: Live, index: usize) -> impl IntoView {
    let stage = live.part(move |snapshot| snapshot.stages.get(index).cloned());
    let of = move |part: fn(&StageSnapshot) -> String| stage.with(|stage| stage.as_ref().map(part).unwrap_or_default());
    let state = Memo::new(move |_| stage.with(|stage| stage.as_ref().map_or(StageState::Waiting, |stage| stage.state)));
    let percent = Memo::new(move |_| stage.with(|stage| stage.as_ref().map_or(0, |stage| stage.progress)));
    let label = stage.with_untracked(|stage| stage.as_ref().map(|stage| stage.label.clone()).unwrap_or_default());
    let attempt = Memo::new(move |_| stage.with(|stage| stage.as_ref().map_or(0, |stage| stage.attempt)));
    view! {
        <li class="stage" data-state=move || state_word(state.get()) aria-current=move || (state.get() == StageState::Running).then_some("step")>
            <span class="stage-mark">
                {move || match state.get() {
                    StageState::Completed => Some("check"),
                    StageState::Failed => Some("close"),
                    StageState::Cancelled => Some("minus"),
                    _ => None,
                }
                    .map(|name| view! { <Icon name /> })}
            </span>
            <div class="stage-text">
                <p class="stage-name">
                    {label.clone()} <span class="offscreen">": " {move || state_word(state.get())}</span>
                    {move || (attempt.get() > 1).then(|| view! { <span class="tag">{format!("attempt {}", attempt.get())}</span> })}
                </p>
                <p class="stage-message">{move || of(|stage| stage.message.clone())}</p>
                <Show when=move || state.get() == StageState::Running>
                    <ProgressBar percent label=format!("Progress of {label}") class="thin" />
                </Show>
            </div>
            <StageTime stage />
        </li>
    }
}

#[component]
fn StageTime(stage: Memo<Option<StageSnapshot>>) -> impl IntoView {
    let now = use_now();
    let took = move || {
        let (from, to) = stage.with(|stage| stage.as_ref().map(|stage| (stage.started_at, stage.finished_at)))?;
        let to = to.unwrap_or_else(|| now.get());
        from.map(|from| figures::span(to.ms_since(from)))
    };
    view! { <span class="stage-time">{took}</span> }
}

fn state_word(state: StageState) -> &'static str {
    match state {
        StageState::Waiting => "waiting",
        StageState::Running => "running",
        StageState::Completed => "completed",
        StageState::Failed => "failed",
        StageState::Cancelled => "cancelled",
    }
}
