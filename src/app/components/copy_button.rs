//! Copies a text and says so only when it worked.

use std::time::Duration;

use leptos::prelude::*;

use super::icon::icon;
use crate::{app::signals::words, client::edge};

#[component]
pub fn CopyButton(
    /// What to copy, asked for when it is needed.
    text: Callback<(), String>,
    hidden: Signal<bool>,
) -> impl IntoView {
    let outcome = RwSignal::new(None::<bool>);
    let done = Callback::new(move |copied: bool| {
        outcome.set(Some(copied));
        set_timeout(move || outcome.try_set(None).map_or((), drop), Duration::from_secs(2));
    });
    let label = words(move || {
        match outcome.get() {
            None => "Copy",
            Some(true) => "Copied",
            Some(false) => "Could not copy",
        }
        .to_owned()
    });
    view! {
        <button type="button" class="button small needs-script" hidden=hidden on:click=move |_| edge::copy(text.run(()), done)>
            {icon("copy")}
            <span aria-live="polite">{label}</span>
        </button>
    }
}
