//! "Tell me when it is done": a notification for whoever has gone to another tab meanwhile. Asked for by a click, remembered by the
//! browser. Without script it is not there; where the browser shows none, [`NotTold`] says why.

use leptos::prelude::*;

use super::icon::icon;
use crate::{
    app::signals::{perhaps, switch, words},
    client::{consent::Consent, edge, view::Live},
    protocol::Status,
};

/// Kept by the browser for all tasks.
const KEY: &str = "tell-me";

#[component]
pub fn TellMe(
    live: Live,
    /// What the browser has against it.
    refused: RwSignal<Option<Consent>>,
) -> impl IntoView {
    // The server and the first picture do not know.
    let consent = RwSignal::new(Consent::Unavailable);
    let wanted = RwSignal::new(false);
    // Whoever refuses later keeps the button under their finger: the browser may be asked to change its mind.
    let offered = RwSignal::new(false);
    Effect::new(move |_| {
        let found = edge::consent();
        let open = matches!(found, Consent::Undecided | Consent::Given);
        consent.set(found);
        offered.set(open);
        refused.set((!open).then_some(found));
        wanted.set(edge::recall(KEY).is_some());
    });
    let ended = live.part(crate::protocol::TaskSnapshot::is_terminal);
    let told = switch(move || wanted.get() && consent.get() == Consent::Given);
    let answered = Callback::new(move |answer: Consent| {
        consent.set(answer);
        wanted.set(answer == Consent::Given);
        refused.set((answer != Consent::Given).then_some(answer));
        if answer == Consent::Given {
            edge::remember(KEY, "1");
        }
    });
    let clicked = move |_| {
        if told.get_untracked() {
            wanted.set(false);
            edge::forget(KEY);
        } else {
            edge::ask_consent(answered);
        }
    };
    Effect::new(move |before: Option<bool>| {
        let now = ended.get();
        // What had ended when the page was opened is no news.
        if now && before == Some(false) && told.get_untracked() {
            let (title, text) = live.now(|snapshot| (headline(snapshot.status, &snapshot.title), snapshot.message.clone()));
            edge::notify(&title, &text, &live.task_id.to_string());
        }
        now
    });
    view! {
        <button
            type="button"
            class="button needs-script"
            hidden=switch(move || ended.get() || !offered.get())
            aria-pressed=perhaps(move || Some(if told.get() { "true" } else { "false" }))
            title=perhaps(move || told.get().then_some("A notification, if you are not looking at this page then"))
            on:click=clicked
        >
            <span hidden=switch(move || !told.get())>{icon("check")}</span>
            "Tell me when it is done"
        </button>
    }
}

/// Why there will be none, as long as there is something to wait for.
#[component]
pub fn NotTold(live: Live, refused: RwSignal<Option<Consent>>) -> impl IntoView {
    let ended = live.part(crate::protocol::TaskSnapshot::is_terminal);
    let text = words(move || {
        let reason = match refused.get() {
            None => return String::new(),
            Some(Consent::Insecure) => "Notifications need HTTPS.",
            Some(Consent::Unavailable) => "This browser has no notifications.",
            Some(_) => "Your browser shows no notifications of this site; its settings for the site can change that.",
        };
        format!("{reason} The title of this tab tells you when it is done.")
    });
    view! {
        <p class="hint" role="status" hidden=switch(move || ended.get() || refused.get().is_none())>
            {text}
        </p>
    }
}

/// What a task's end is called where there is one line.
pub fn headline(status: Status, title: &str) -> String {
    let word = match status {
        Status::Completed => "Done",
        Status::Failed => "Failed",
        Status::Cancelled => "Cancelled",
        Status::Queued => "Queued",
        Status::Running => "Running",
    };
    format!("{word} · {title}")
}
