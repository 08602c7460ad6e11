//! How the live connection does: in the header in a word, with the details and the controls one click away.

use leptos::prelude::*;

use super::icon::Icon;
use crate::{
    app::{figures, now::use_now},
    client::{
        reconnect::{Input, Link},
        view::{Connection, Live},
    },
    protocol::Timestamp,
};

/// Figures older than this while disconnected are marked as such.
const STALE_MS: i64 = 10_000;

#[component]
pub fn ConnectionPill(live: Live) -> impl IntoView {
    let now = use_now();
    let connection = live.connection;
    let last_event = live.part(|snapshot| snapshot.updated_at);
    let state = Memo::new(move |_| state_word(connection.read().link));
    let text = move || pill_text(connection.get(), now.get(), last_event.get(), |at| now.on_server(at));
    let shown = Memo::new(move |_| connection.read().link);
    let can_retry = move || matches!(shown.get(), Link::Reconnecting { .. } | Link::Offline | Link::Polling | Link::Connecting);
    view! {
        <div class="connection">
            <Show when=can_retry>
                <button type="button" class="button small" data-key="r" on:click=move |_| live.tell.run(Input::ReconnectNow)>
                    "Reconnect now"
                </button>
            </Show>
            <button type="button" class="pill connection-pill" id="connection" data-link=move || state.get() popovertarget="connection-details">
                <span class="dot" aria-hidden="true"></span>
                <span class="offscreen">"Connection: "</span>
                <span class="wide">{text}</span>
                <span class="tight">{move || title(shown.get())}</span>
            </button>
            <div popover="auto" id="connection-details" class="popover panel">
                <p class="popover-title">{move || title(shown.get())}</p>
                <p class="muted">{move || explanation(shown.get())}</p>
                <p class="muted">"Last event " {move || figures::ago(now.get().ms_since(last_event.get()))} "."</p>
                <div class="row">
                    <Show when=can_retry>
                        <button type="button" class="button small" on:click=move |_| live.tell.run(Input::ReconnectNow)>
                            <Icon name="refresh" />
                            "Reconnect now"
                        </button>
                    </Show>
                    <Show when=move || matches!(shown.get(), Link::Live | Link::Polling | Link::Reconnecting { .. } | Link::Offline)>
                        <button type="button" class="button small" on:click=move |_| live.tell.run(Input::Pause)>
                            "Pause"
                        </button>
                    </Show>
                    <Show when=move || shown.get() == Link::Paused>
                        <button type="button" class="button small" on:click=move |_| live.tell.run(Input::Resume)>
                            "Resume"
                        </button>
                    </Show>
                </div>
            </div>
        </div>
    }
}

/// "as of 18:34:00" beside live figures that are not live any more.
#[component]
pub fn StaleMark(live: Live) -> impl IntoView {
    let now = use_now();
    let stale = Memo::new(move |_| {
        let connection = live.connection.get();
        let cut = matches!(connection.link, Link::Reconnecting { .. } | Link::Offline | Link::Paused);
        let heard_at = connection.heard_at.map(|at| now.on_server(at)).filter(|_| cut)?;
        (now.get().ms_since(heard_at) > STALE_MS).then_some(heard_at)
    });
    view! {
        <span class="stale" aria-live="off">
            {move || stale.get().map(|at| format!("as of {}", clock_text(at)))}
        </span>
    }
}

/// Hours, minutes and seconds of the reader's own clock, if it has one.
fn clock_text(at: Timestamp) -> String {
    let local = crate::client::edge::local_clock(at);
    local.unwrap_or_else(|| figures::utc(at)[11..].to_owned())
}

fn state_word(link: Link) -> &'static str {
    match link {
        Link::Connecting => "connecting",
        Link::Live => "live",
        Link::Polling => "polling",
        Link::Reconnecting { .. } => "reconnecting",
        Link::Offline => "offline",
        Link::Paused => "paused",
        Link::Ended => "ended",
        Link::Refused => "refused",
    }
}

fn pill_text(connection: Connection, now: Timestamp, last_event: Timestamp, on_server: impl Fn(Timestamp) -> Timestamp) -> String {
    match connection.link {
        Link::Connecting => "Connecting…".into(),
        Link::Live => format!("Live · {}", figures::ago(now.ms_since(last_event))),
        Link::Polling => format!("Polling · {}", figures::ago(now.ms_since(last_event))),
        Link::Reconnecting { attempt, .. } => {
            let seconds = connection.due_at.map_or(0, |due| on_server(due).ms_since(now).div_euclid(1000));
            if seconds > 0 { format!("Reconnecting in {seconds} s (attempt {attempt})") } else { format!("Reconnecting (attempt {attempt})") }
        }
        Link::Offline => "Offline".into(),
        Link::Paused => "Paused".into(),
        Link::Ended => "Ended".into(),
        Link::Refused => "Not available".into(),
    }
}

fn title(link: Link) -> &'static str {
    match link {
        Link::Connecting => "Connecting",
        Link::Live => "Live",
        Link::Polling => "Polling",
        Link::Reconnecting { .. } => "Reconnecting",
        Link::Offline => "Offline",
        Link::Paused => "Paused",
        Link::Ended => "Ended",
        Link::Refused => "Not available",
    }
}

fn explanation(link: Link) -> &'static str {
    match link {
        Link::Connecting => "Opening the live connection.",
        Link::Live => "Every event is shown as it happens.",
        Link::Polling => "No live connection gets through, so the page asks every few seconds. It switches back by itself.",
        Link::Reconnecting { .. } => "The connection was lost. The task goes on; the page catches up as soon as it is back.",
        Link::Offline => "This device has no network. The task goes on; the page catches up when you are back.",
        Link::Paused => "The page stands still by your wish. Resume to catch up.",
        Link::Ended => "The task has ended. There is nothing more to come.",
        Link::Refused => "The server no longer gives this task to this browser. Reload the page.",
    }
}
