//! How the live connection does: in the header in a word, with the details and the controls one click away.

use leptos::prelude::*;

use super::icon::icon;
use crate::{
    app::{
        figures,
        now::{Now, use_now},
        signals::{perhaps, switch, words},
    },
    client::{
        edge,
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
    let link = Memo::new(move |_| live.connection.get().link);
    let last_event = move || figures::ago(now.get().ms_since(live.snapshot.with(|snapshot| snapshot.updated_at)));
    let text = words(move || pill_text(live.connection.get(), now, last_event));
    let settled = switch(move || !matches!(link.get(), Link::Reconnecting { .. } | Link::Offline | Link::Polling | Link::Connecting));
    let not_running = switch(move || matches!(link.get(), Link::Paused | Link::Ended | Link::Refused));
    let not_paused = switch(move || link.get() != Link::Paused);
    let told = move |input: Input| move |_| live.tell.run(input);
    view! {
        <div class="connection">
            <button type="button" class="button small" data-key="r" hidden=settled on:click=told(Input::ReconnectNow)>
                "Reconnect now"
            </button>
            <button
                type="button"
                class="pill connection-pill"
                id="connection"
                data-link=perhaps(move || Some(describe(link.get()).0))
                popovertarget="connection-details"
            >
                <span class="dot" aria-hidden="true"></span>
                <span class="offscreen">"Connection: "</span>
                <span class="wide">{text}</span>
                <span class="tight">{words(move || describe(link.get()).1.to_owned())}</span>
            </button>
            <div popover="auto" id="connection-details" class="popover panel">
                <p class="popover-title">{words(move || describe(link.get()).1.to_owned())}</p>
                <p class="muted">{words(move || describe(link.get()).2.to_owned())}</p>
                <p class="muted">{words(move || format!("Last event {}.", last_event()))}</p>
                <div class="row">
                    <button type="button" class="button small" hidden=settled on:click=told(Input::ReconnectNow)>
                        {icon("refresh")}
                        "Reconnect now"
                    </button>
                    <button type="button" class="button small" hidden=not_running on:click=told(Input::Pause)>
                        "Pause"
                    </button>
                    <button type="button" class="button small" hidden=not_paused on:click=told(Input::Resume)>
                        "Resume"
                    </button>
                </div>
            </div>
        </div>
    }
}

/// "as of 18:34:00" beside live figures that are not live any more.
#[component]
pub fn StaleMark(live: Live) -> impl IntoView {
    let now = use_now();
    let text = words(move || {
        let connection = live.connection.get();
        let cut = matches!(connection.link, Link::Reconnecting { .. } | Link::Offline | Link::Paused);
        let heard_at = connection.heard_at.map(|at| now.on_server(at)).filter(|_| cut);
        let stale = heard_at.filter(|at| now.get().ms_since(*at) > STALE_MS);
        stale.map(|at| format!("as of {}", clock_text(at))).unwrap_or_default()
    });
    view! {
        <span class="stale" hidden=switch(move || text.get().is_empty())>
            {text}
        </span>
    }
}

/// Hours, minutes and seconds of the reader's own clock, if it has one.
fn clock_text(at: Timestamp) -> String {
    edge::local_clock(at).unwrap_or_else(|| figures::utc(at)[11..].to_owned())
}

fn pill_text(connection: Connection, now: Now, last_event: impl Fn() -> String) -> String {
    let (_, title, _) = describe(connection.link);
    match connection.link {
        Link::Connecting => "Connecting…".into(),
        Link::Live | Link::Polling => format!("{title} · {}", last_event()),
        Link::Reconnecting { attempt, .. } => {
            let seconds = connection.due_at.map_or(0, |due| now.on_server(due).ms_since(now.get()) / 1000);
            if seconds > 0 {
                format!("Reconnecting in {seconds} s (attempt {attempt})")
            } else {
                format!("Reconnecting (attempt {attempt})")
            }
        }
        Link::Offline | Link::Paused | Link::Ended | Link::Refused => title.into(),
    }
}

/// The word for the stylesheet, the word for people, and what it means.
fn describe(link: Link) -> (&'static str, &'static str, &'static str) {
    match link {
        Link::Connecting => ("connecting", "Connecting", "Opening the live connection."),
        Link::Live => ("live", "Live", "Every event is shown as it happens."),
        Link::Polling => {
            ("polling", "Polling", "No live connection gets through, so the page asks every few seconds. It switches back by itself.")
        }
        Link::Reconnecting { .. } => {
            ("reconnecting", "Reconnecting", "The connection was lost. The task goes on; the page catches up as soon as it is back.")
        }
        Link::Offline => ("offline", "Offline", "This device has no network. The task goes on; the page catches up when you are back."),
        Link::Paused => ("paused", "Paused", "The page stands still by your wish. Resume to catch up."),
        Link::Ended => ("ended", "Ended", "The task has ended. There is nothing more to come."),
        Link::Refused => ("refused", "Not available", "The server no longer gives this task to this browser. Reload the page."),
    }
}
