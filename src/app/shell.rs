//! The HTML document around every page.

use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags};

use super::{App, visit::Visit};

/// Scripts are loaded when the page has been drawn; until then, and without them, forms and links work by themselves.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let Visit { theme, parts, .. } = Visit::current();
    let theme = theme.map(super::visit::Theme::as_str);
    // Leptos does this too (`prefetch_lazy_fn_on_server`), but for whatever page happens to be rendered on the same thread.
    let scripts = parts.scripts.into_iter().map(|address| view! { <link rel="modulepreload" href=address crossorigin="anonymous" /> });
    let wasm = parts.wasm.into_iter();
    let wasm =
        wasm.map(|address| view! { <link rel="preload" href=address r#as="fetch" r#type="application/wasm" crossorigin="anonymous" /> });
    let parts = (scripts.collect_view(), wasm.collect_view());
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="theme-color" media="(prefers-color-scheme: light)" content="#ffffff" />
                <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#16191c" />
                <meta name="description" content="A self-hosted generation studio: durable tasks that you watch live." />
                <link rel="icon" id="favicon" href="/favicon.svg" type="image/svg+xml" />
                <HashedStylesheet options=options.clone() />
                <AutoReload options=options.clone() />
                <HydrationScripts options defer=true />
                {parts}
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}
