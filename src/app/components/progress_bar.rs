//! Progress in percent, as a native bar: readable without script and by everybody.

use leptos::prelude::*;

use crate::app::signals::words;

#[component]
pub fn ProgressBar(
    percent: Signal<u8>,
    label: String,
    /// What the percentage stands for, in words.
    text: Signal<String>,
    class: &'static str,
    #[prop(optional, into)] hidden: Signal<bool>,
) -> impl IntoView {
    let value = words(move || percent.get().to_string());
    view! {
        <progress
            class=class
            max="100"
            value=value
            aria-label=label
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow=value
            aria-valuetext=text
            hidden=hidden
        ></progress>
    }
}
