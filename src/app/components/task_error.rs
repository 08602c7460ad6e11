//! Why a task failed, on top of its page: what, in which stage, where the log says so.

use leptos::prelude::*;

use super::problem_note::ProblemNote;
use crate::{
    client::view::Live,
    protocol::{Level, Problem, StageState, Status},
};

#[component]
pub fn TaskError(live: Live) -> impl IntoView {
    let failed = live.part(|snapshot| {
        let stage = snapshot.stages.iter().find(|stage| stage.state == StageState::Failed).map(|stage| stage.label.clone());
        let line = snapshot.log.iter().find(|line| line.level == Level::Error).map(|line| line.seq);
        let problem = snapshot.error.clone().unwrap_or_else(|| Problem::new(500, "failed", "The task failed", snapshot.message.clone()));
        (snapshot.status == Status::Failed).then_some((problem, stage, line))
    });
    move || {
        failed.get().map(|(problem, stage, line)| {
            view! {
                <section class="task-error" aria-label="What went wrong">
                    <ProblemNote problem />
                    <p class="row">
                        {stage.map(|stage| view! { <span>"In stage " <strong>{stage}</strong></span> })}
                        {line.map(|seq| view! { <a href=format!("?tab=log#L{seq}")>"Go to the first error in the log"</a> })}
                    </p>
                </section>
            }
        })
    }
}
