//! Light or dark. A form, so that it works without script; the stylesheet shows the one of the two that changes anything.

use leptos::{ev::SubmitEvent, prelude::*};

use super::icon::Icon;
use crate::{app::visit::Theme, client::edge};

#[component]
pub fn ThemeSwitch() -> impl IntoView {
    view! {
        <ThemeForm theme=Theme::Dark.as_str() class="to-dark" icon="moon" label="Switch to the dark theme" />
        <ThemeForm theme=Theme::Light.as_str() class="to-light" icon="sun" label="Switch to the light theme" />
    }
}

#[component]
fn ThemeForm(theme: &'static str, class: &'static str, icon: &'static str, label: &'static str) -> impl IntoView {
    let switch = move |event: SubmitEvent| {
        event.prevent_default();
        edge::set_theme(theme);
    };
    view! {
        <form method="post" action="/theme" class=format!("theme-switch {class}") on:submit=switch>
            <input type="hidden" name="theme" value=theme />
            <button class="icon-button" aria-label=label title=label>
                <Icon name=icon />
            </button>
        </form>
    }
}

/// Back to what the system says.
#[component]
pub fn SystemTheme() -> impl IntoView {
    let switch = move |event: SubmitEvent| {
        event.prevent_default();
        edge::set_theme("system");
    };
    view! {
        <form method="post" action="/theme" on:submit=switch>
            <input type="hidden" name="theme" value="system" />
            <button class="link">"Use the system's theme"</button>
        </form>
    }
}
