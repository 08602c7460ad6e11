//! An instant: how long ago, with the absolute time at hand, in the reader's zone once the page is alive.

use leptos::prelude::*;

use crate::{
    app::{figures, now::use_now},
    client::edge,
    protocol::Timestamp,
};

#[component]
pub fn Ago(at: Timestamp) -> impl IntoView {
    let now = use_now();
    view! {
        <time datetime=at.to_string() title=move || absolute(at, now.alive.get())>
            {move || figures::ago(now.get().ms_since(at))}
        </time>
    }
}

/// The reader's own way of writing the instant; UTC on the server, and where there is no script.
pub fn absolute(at: Timestamp, alive: bool) -> String {
    alive.then(|| edge::local_text(at)).flatten().unwrap_or_else(|| figures::utc(at))
}
