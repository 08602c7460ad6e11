//! The browser's tab: percent and name, and an icon that says how it ended.

use std::time::Duration;

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{client::view::Live, protocol::Status};

/// Tabs are not repainted more often than this.
const PAUSE: Duration = Duration::from_secs(1);

#[component]
pub fn TabTitle(live: Live) -> impl IntoView {
    let wanted = live.part(|snapshot| match snapshot.status {
        Status::Running => format!("{} % · {}", snapshot.progress, snapshot.title),
        Status::Queued => format!("Queued · {}", snapshot.title),
        Status::Completed => format!("✓ {}", snapshot.title),
        Status::Failed => format!("Failed · {}", snapshot.title),
        Status::Cancelled => format!("Cancelled · {}", snapshot.title),
    });
    let shown = RwSignal::new(wanted.get_untracked());
    let waiting = StoredValue::new(false);
    let terminal = live.part(crate::protocol::TaskSnapshot::is_terminal);
    Effect::new(move |_| {
        wanted.track();
        if terminal.get() {
            shown.set(wanted.get());
        } else if !waiting.get_value() {
            waiting.set_value(true);
            set_timeout(
                move || {
                    if let Some(title) = wanted.try_get_untracked() {
                        waiting.set_value(false);
                        shown.set(title);
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
    on_cleanup(|| {
        if leptos::prelude::is_browser() {
            set_icon(ICON);
        }
    });
    view! { <Title text=move || shown.get() /> }
}

const ICON: &str = "/favicon.svg";

fn set_icon(address: &str) {
    if let Some(link) = document().get_element_by_id("favicon") {
        let _ = link.set_attribute("href", address);
    }
}
