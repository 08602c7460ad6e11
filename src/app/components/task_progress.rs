//! The whole task's progress: a bar, what it does just now, and how long the rest will probably take.

use leptos::prelude::*;

use super::{connection::StaleMark, progress_bar::ProgressBar};
use crate::{
    app::{figures, now::use_now},
    client::view::Live,
    protocol::{Status, Timestamp},
};

#[component]
pub fn TaskProgress(live: Live) -> impl IntoView {
    let now = use_now();
    let percent = live.part(|snapshot| snapshot.progress);
    let message = live.part(|snapshot| snapshot.message.clone());
    let status = live.part(|snapshot| snapshot.status);
    let text = Signal::derive(move || format!("{} %: {}", percent.get(), message.get()));
    // A batch changes the snapshot; only its words matter.
    let rest = Memo::new(move |_| {
        let now = now.get();
        live.snapshot.with(|snapshot| match snapshot.status {
            Status::Running => snapshot.remaining_seconds(now).map(figures::remaining),
            Status::Queued => snapshot.run_at.map(|at| due(at, now)),
            _ => snapshot.elapsed_ms(now).map(|ms| format!("took {}", figures::span(ms))),
        })
    });
    view! {
        <section class="task-progress" aria-label="Progress" data-state=move || status.get().as_str()>
            <p class="task-progress-text">
                <strong class="percent">{move || percent.get()} " %"</strong>
                <span class="message">{move || message.get()}</span>
                <StaleMark live />
                <span class="rest">{move || rest.get()}</span>
            </p>
            <ProgressBar percent label="Progress of the task".to_owned() text />
        </section>
    }
}

fn due(at: Timestamp, now: Timestamp) -> String {
    match at.ms_since(now) / 1000 {
        0 => "next attempt is due".into(),
        seconds => format!("next attempt in {seconds} s"),
    }
}
