//! The stages of a task: what is done, what is under way, what is to come.

use leptos::prelude::*;

use super::progress_bar::ProgressBar;
use crate::{
    app::{
        figures,
        now::use_now,
        signals::{perhaps, switch, words},
    },
    client::view::Live,
    protocol::{StageSnapshot, StageState},
};

#[component]
pub fn StageRail(live: Live) -> impl IntoView {
    // The plan is part of event 1 and never changes.
    let count = live.now(|snapshot| snapshot.stages.len());
    view! {
        <section class="panel" aria-labelledby="stages-title">
            <h2 class="offscreen" id="stages-title">
                "Stages"
            </h2>
            <ol class="stages">{(0..count).map(|index| view! { <Stage live index /> }).collect_view()}</ol>
        </section>
    }
}

#[component]
fn Stage(live: Live, index: usize) -> impl IntoView {
    let now = use_now();
    let of =
        move |words: fn(&StageSnapshot) -> String| live.words(move |snapshot| snapshot.stages.get(index).map(words).unwrap_or_default());
    let state = live.part(move |snapshot| snapshot.stages.get(index).map_or(StageState::Waiting, |stage| stage.state));
    let percent = Signal::derive(move || live.snapshot.with(|snapshot| snapshot.stages.get(index).map_or(0, |stage| stage.progress)));
    let label = live.now(|snapshot| snapshot.stages.get(index).map(|stage| stage.label.clone()).unwrap_or_default());
    let name = label.clone();
    let message = of(|stage| stage.message.clone());
    let attempt = of(|stage| if stage.attempt > 1 { format!("attempt {}", stage.attempt) } else { String::new() });
    let took = words(move || {
        let now = now.get();
        live.snapshot
            .with(|snapshot| {
                let stage = snapshot.stages.get(index)?;
                stage.started_at.map(|from| figures::span(stage.finished_at.unwrap_or(now).ms_since(from)))
            })
            .unwrap_or_default()
    });
    view! {
        <li
            class="stage"
            data-state=perhaps(move || Some(state_word(state.get())))
            aria-current=perhaps(move || (state.get() == StageState::Running).then_some("step"))
        >
            <span class="stage-mark" aria-hidden="true"></span>
            <div class="stage-text">
                <p class="stage-name">
                    {label}
                    <span class="offscreen">{words(move || format!(": {}", state_word(state.get())))}</span>
                    <span class="tag" hidden=switch(move || attempt.get().is_empty())>
                        {attempt}
                    </span>
                </p>
                <p class="stage-message" hidden=switch(move || message.get().is_empty())>
                    {message}
                </p>
                <ProgressBar
                    percent
                    label=format!("Progress of {name}")
                    text=of(|stage| format!("{} %", stage.progress))
                    class="bar thin"
                    hidden=switch(move || state.get() != StageState::Running)
                />
            </div>
            <span class="stage-time">{took}</span>
        </li>
    }
}

pub fn state_word(state: StageState) -> &'static str {
    match state {
        StageState::Waiting => "waiting",
        StageState::Running => "running",
        StageState::Completed => "completed",
        StageState::Failed => "failed",
        StageState::Cancelled => "cancelled",
    }
}
