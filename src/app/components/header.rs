//! The top of every page: where one is, where one can go, how the live connection does.

use leptos::prelude::*;
use leptos_router::components::A;

use super::{connection::ConnectionPill, icon::Icon, theme_switch::ThemeSwitch};
use crate::client::view::Live;

/// Context: what the page follows live, for the header to show. Set by pages that watch a task.
#[derive(Clone, Copy)]
pub struct Watched(pub RwSignal<Option<Live>>);

#[component]
pub fn Header() -> impl IntoView {
    let watched = RwSignal::new(None);
    provide_context(Watched(watched));
    view! {
        <header class="header">
            <div class="column">
                <a class="logo" href="/" aria-label="Livegen, home">
                    <Icon name="logo" />
                    "livegen"
                </a>
                <nav aria-label="Main">
                    <A href="/new/test-suite">"New"</A>
                    <A href="/tasks">"Tasks"</A>
                </nav>
                <div class="header-end">
                    {move || watched.get().map(|live| view! { <ConnectionPill live /> })}
                    <ThemeSwitch />
                    <button
                        type="button"
                        class="icon-button needs-script"
                        aria-label="Keyboard shortcuts"
                        title="Keyboard shortcuts (?)"
                        on:click=move |_| super::shortcuts::open()
                    >
                        <Icon name="keyboard" />
                    </button>
                    <span class="account" title="Your tasks belong to this browser">
                        "Guest"
                    </span>
                </div>
            </div>
        </header>
    }
}
