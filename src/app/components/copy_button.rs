//! Copies a text and says so only when it worked.

use std::time::Duration;

use leptos::prelude::*;

use super::icon::Icon;
use crate::client::edge;

#[component]
pub fn CopyButton(
    /// What to copy, asked for when it is needed.
    text: Callback<(), String>,
    label: &'static str,
) -> impl IntoView {
    let outcome = RwSignal::new(None::<bool>);
    let done = Callback::new(move |copied: bool| {
        outcome.set(Some(copied));
        set_timeout(move || outcome.try_set(None).map_or((), drop), Duration::from_secs(2));
    });
    view! {
        <button type="button" class="button small needs-script" on:click=move |_| edge::copy(text.run(()), done)>
            <Icon name="copy" />
            <span aria-live="polite">
                {move || match outcome.get() {
                    None => label,
                    Some(true) => "Copied",
                    Some(false) => "Could not copy",
                }}
            </span>
        </button>
    }
}
