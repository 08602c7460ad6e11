//! The browser's tab: percent and name, and an icon that says how it ended.

use std::time::Duration;

use leptos::prelude::*;
use leptos_meta::Title;

use super::tell_me::headline;
use crate::{client::view::Live, protocol::Status};

/// Tabs are not repainted more often than this.
const PAUSE: Duration = Duration::from_secs(1);

#[component]
pub fn TabTitle(live: Live) -> impl IntoView {
    let wanted = live.part(|snapshot| match snapshot.status {
        Status::Running => format!("{} % · {}", snapshot.progress, snapshot.title),
        status => headline(status, &snapshot.title),
    });
    // Counted, not in the arena: the server reads the title when the page's arena is no longer at hand.
    let shown = ArcRwSignal::new(wanted.get_untracked());
    let title = shown.clone();
    let waiting = StoredValue::new(false);
    let terminal = live.part(crate::protocol::TaskSnapshot::is_terminal);
    Effect::new(move |_| {
        wanted.track();
        if terminal.get() {
            shown.set(wanted.get());
        } else if !waiting.get_value() {
            waiting.set_value(true);
            set_timeout(
                {
                    let shown = shown.clone();
                    move || {
                        if let Some(title) = wanted.try_get_untracked() {
                            waiting.set_value(false);
                            shown.set(title);
                        }
                    }
                },
                PAUSE,
            );
        }
    });
    let status = live.part(|snapshot| snapshot.status);
    Effect::new(move |_| {
        set_icon(match status.get() {
            Status::Queued | Status::Running => "/favicon-running.svg",
            Status::Completed => "/favicon-completed.svg",
            Status::Failed => "/favicon-failed.svg",
            Status::Cancelled => ICON,
        });
    });
    // In an effect, because cleanups run on the server too.
    Effect::new(|_| on_cleanup(|| set_icon(ICON)));
    view! { <Title text=move || title.get() /> }
}

const ICON: &str = "/favicon.svg";

fn set_icon(address: &str) {
    if let Some(link) = document().get_element_by_id("favicon") {
        let _ = link.set_attribute("href", address);
    }
}
