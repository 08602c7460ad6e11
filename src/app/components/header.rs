//! The top of every page: where one is, where one can go, how the live connection does.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{connection::ConnectionPill, icon::icon, theme_switch::ThemeSwitch};
use crate::{
    app::{signals::perhaps, whole::Whole},
    client::view::Live,
};

/// Context: what the page follows live, for the header to show. Set by pages that watch a task.
#[derive(Clone, Copy)]
pub struct Watched(pub RwSignal<Option<Live>>);

#[component]
pub fn Header() -> impl IntoView {
    let watched = RwSignal::new(None);
    provide_context(Watched(watched));
    let path = use_location().pathname;
    let current = move |prefix: &'static str| perhaps(move || path.with(|path| path.starts_with(prefix)).then_some("page"));
    view! {
        <header class="header">
            <div class="column">
                <a class="logo" href="/" aria-label="Livegen, home">
                    {icon("logo")}
                    "livegen"
                </a>
                <nav aria-label="Main">
                    <a href="/new/test-suite" aria-current=current("/new")>
                        "New"
                    </a>
                    <a href="/tasks" aria-current=current("/tasks")>
                        "Tasks"
                    </a>
                </nav>
                <div class="header-end">
                    {move || watched.get().map(|live| Whole(view! { <ConnectionPill live /> }))}
                    <ThemeSwitch />
                    <button
                        type="button"
                        class="icon-button needs-script"
                        aria-label="Keyboard shortcuts"
                        title="Keyboard shortcuts (?)"
                        on:click=move |_| super::shortcuts::open()
                    >
                        {icon("keyboard")}
                    </button>
                    <span class="account" title="Your tasks belong to this browser">
                        "Guest"
                    </span>
                </div>
            </div>
        </header>
    }
}
