//! The whole task's progress: a bar, what it does just now, and how long the rest will probably take.

use leptos::prelude::*;

use super::{connection::StaleMark, progress_bar::ProgressBar};
use crate::{
    app::{
        figures,
        now::use_now,
        signals::{perhaps, words},
    },
    client::view::Live,
    protocol::{Status, TaskSnapshot, Timestamp},
};

#[component]
pub fn TaskProgress(live: Live) -> impl IntoView {
    let now = use_now();
    let rest = words(move || {
        let now = now.get();
        live.snapshot.with(|snapshot| rest(snapshot, now)).unwrap_or_default()
    });
    let status = perhaps(move || Some(live.snapshot.with(|snapshot| snapshot.status.as_str())));
    view! {
        <section class="task-progress" aria-label="Progress" data-state=status>
            <p class="task-progress-text">
                <strong class="percent">{live.words(|snapshot| format!("{} %", snapshot.progress))}</strong>
                <span class="message">{live.words(|snapshot| snapshot.message.clone())}</span>
                <StaleMark live />
                <span class="rest">{rest}</span>
            </p>
            <ProgressBar
                percent=Signal::derive(move || live.snapshot.with(|snapshot| snapshot.progress))
                label="Progress of the task".to_owned()
                text=live.words(|snapshot| format!("{} %: {}", snapshot.progress, snapshot.message))
                class="bar"
            />
        </section>
    }
}

fn rest(snapshot: &TaskSnapshot, now: Timestamp) -> Option<String> {
    match snapshot.status {
        Status::Running => snapshot.remaining_seconds(now).map(figures::remaining),
        Status::Queued => snapshot.run_at.map(|at| match at.ms_since(now) / 1000 {
            0 => "next attempt is due".into(),
            seconds => format!("next attempt in {seconds} s"),
        }),
        _ => snapshot.elapsed_ms(now).map(|ms| format!("took {}", figures::span(ms))),
    }
}
