//! Why a task failed, on top of its page: what, in which stage, where the log says so.

use leptos::prelude::*;

use super::problem_note::ProblemNote;
use crate::{
    app::signals::{switch, words},
    client::view::Live,
    protocol::{Level, Problem, StageState, Status},
};

#[component]
pub fn TaskError(live: Live) -> impl IntoView {
    let problem = Signal::derive(move || {
        live.snapshot.with(|snapshot| {
            let problem =
                || snapshot.error.clone().unwrap_or_else(|| Problem::new(500, "failed", "The task failed", snapshot.message.clone()));
            (snapshot.status == Status::Failed).then(|| (problem(), String::new()))
        })
    });
    let stage = live.words(|snapshot| {
        let stage = snapshot.stages.iter().find(|stage| stage.state == StageState::Failed);
        stage.map(|stage| format!("In stage {}.", stage.label)).unwrap_or_default()
    });
    let first_error = live.words(|snapshot| {
        let found = snapshot.log.iter().find(|logged| logged.level == Level::Error);
        found.map(|logged| format!("?tab=log#L{}", logged.seq)).unwrap_or_default()
    });
    view! {
        <section class="task-error" aria-label="What went wrong" hidden=live.switch(|snapshot| snapshot.status != Status::Failed)>
            <ProblemNote problem />
            <p class="row">
                <span>{stage}</span>
                <a href=words(move || first_error.get()) hidden=switch(move || first_error.get().is_empty())>
                    "Go to the first error in the log"
                </a>
            </p>
        </section>
    }
}
