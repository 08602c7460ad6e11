//! The bottom of every page.

use leptos::prelude::*;

use super::theme_switch::SystemTheme;

#[component]
pub fn Footer() -> impl IntoView {
    view! {
        <footer class="footer">
            <div class="column">
                <span>{concat!("Livegen ", env!("CARGO_PKG_VERSION"))}</span>
                <span class="needs-script">
                    <button type="button" class="link" on:click=move |_| super::shortcuts::open()>
                        "Keyboard shortcuts"
                    </button>
                    " "
                    <kbd>"?"</kbd>
                </span>
                // The header has no room for it on a small screen.
                <a href="/account" rel="external">
                    "Account"
                </a>
                <a href="/api" rel="external">
                    "API"
                </a>
                <SystemTheme />
            </div>
        </footer>
    }
}
