//! One line for screen readers: what has changed, politely and at most every four seconds. The log is not read out.

use std::time::Duration;

use leptos::prelude::*;

use super::status_pill::label;
use crate::{app::signals::words, client::view::Live};

const SAY_EVERY: Duration = Duration::from_secs(4);

#[component]
pub fn Announcer(live: Live) -> impl IntoView {
    let said = RwSignal::new(String::new());
    let due = RwSignal::new(());
    let text = live.part(|snapshot| {
        if snapshot.is_terminal() {
            format!("{}. {}", label(snapshot.status, None), snapshot.message)
        } else {
            format!("{} percent. {}", snapshot.progress, snapshot.message)
        }
    });
    let terminal = live.part(crate::protocol::TaskSnapshot::is_terminal);
    // The first picture is read anyway.
    let first = text.get_untracked();
    Effect::new(move |_| {
        due.track();
        let text = if terminal.get() { text.get() } else { text.get_untracked() };
        if text != first && text != said.get_untracked() {
            said.set(text);
        }
    });
    Effect::new(move |_| {
        let Ok(saying) = set_interval_with_handle(move || due.notify(), SAY_EVERY) else { return };
        on_cleanup(move || saying.clear());
    });
    view! {
        <p class="offscreen" role="status" aria-live="polite">
            {words(move || said.get())}
        </p>
    }
}
