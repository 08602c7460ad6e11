//! Progress in percent, as a native bar: readable without script and by everybody.

use leptos::prelude::*;

#[component]
pub fn ProgressBar(
    #[prop(into)] percent: Signal<u8>,
    label: String,
    /// What the percentage stands for, in words.
    #[prop(optional, into)]
    text: Option<Signal<String>>,
    #[prop(optional)] class: &'static str,
) -> impl IntoView {
    view! {
        <progress
            class=format!("bar {class}")
            max="100"
            value=move || percent.get().to_string()
            aria-label=label
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow=move || percent.get().to_string()
            aria-valuetext=move || text.map(|text| text.get())
        >
            {move || percent.get()}
            " %"
        </progress>
    }
}
