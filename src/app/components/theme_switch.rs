//! Light or dark. A form, so that it works without script; the stylesheet shows the one of the two that changes anything.

use leptos::{ev::SubmitEvent, prelude::*};

use super::icon::icon;
use crate::{app::visit::Theme, client::edge};

#[component]
pub fn ThemeSwitch() -> impl IntoView {
    view! {
        {form(Theme::Dark.as_str(), "theme-switch to-dark", "moon", "Switch to the dark theme")}
        {form(Theme::Light.as_str(), "theme-switch to-light", "sun", "Switch to the light theme")}
    }
}

fn form(theme: &'static str, class: &'static str, symbol: &'static str, label: &'static str) -> impl IntoView {
    view! {
        <form method="post" action="/theme" class=class on:submit=move |event| switch_to(theme, &event)>
            <input type="hidden" name="theme" value=theme />
            <button class="icon-button" aria-label=label title=label>
                {icon(symbol)}
            </button>
        </form>
    }
}

/// Back to what the system says.
#[component]
pub fn SystemTheme() -> impl IntoView {
    view! {
        <form method="post" action="/theme" on:submit=move |event| switch_to("system", &event)>
            <input type="hidden" name="theme" value="system" />
            <button class="link">"Use the system's theme"</button>
        </form>
    }
}

fn switch_to(theme: &str, event: &SubmitEvent) {
    event.prevent_default();
    edge::set_theme(theme);
}
