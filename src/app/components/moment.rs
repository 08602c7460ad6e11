//! An instant: how long ago, with the absolute time at hand, in the reader's zone once the page is alive.

use leptos::prelude::*;

use crate::{
    app::{figures, now::use_now, signals::words},
    client::edge,
    protocol::Timestamp,
};

#[component]
pub fn Ago(#[prop(into)] at: Signal<Timestamp>) -> impl IntoView {
    let now = use_now();
    view! {
        <time datetime=words(move || at.get().to_string()) title=words(move || absolute(at.get(), now.alive.get()))>
            {words(move || figures::ago(now.get().ms_since(at.get())))}
        </time>
    }
}

/// The reader's own way of writing the instant; UTC on the server, and where there is no script.
fn absolute(at: Timestamp, alive: bool) -> String {
    alive.then(|| edge::local_text(at)).flatten().unwrap_or_else(|| figures::utc(at))
}
