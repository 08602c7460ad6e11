//! The top of every page: where one is, where one can go, how the live connection does.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{icon::icon, theme_switch::ThemeSwitch};
use crate::app::signals::perhaps;

/// Context: how the page's live connection does, for the header to show. Set by pages that have one.
#[derive(Clone, Copy)]
pub struct Connected(pub RwSignal<Option<Callback<(), AnyView>>>);

#[component]
pub fn Header() -> impl IntoView {
    let connected = RwSignal::new(None);
    provide_context(Connected(connected));
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
                    {move || connected.get().map(|pill: Callback<(), AnyView>| pill.run(()))}
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
                    <a class="account" href="/account" rel="external">
                        "Account"
                    </a>
                </div>
            </div>
        </header>
    }
}
