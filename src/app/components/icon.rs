//! Icons: symbols of one sprite, for decoration only; whatever they mean is said in words beside them.

use leptos::prelude::*;

#[component]
pub fn Icon(name: &'static str) -> impl IntoView {
    view! {
        <svg class="icon" aria-hidden="true" focusable="false">
            <use_ href=format!("/icon.svg#{name}") />
        </svg>
    }
}
