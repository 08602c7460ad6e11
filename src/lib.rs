//! Livegen, a self-hosted generation studio. The map of the crate, in the order in which data flows:
//!
//! - [`app`]: pages, forms and components, rendered by the server and taken over by the browser
//! - `server`: everything behind them: use cases, queue, generators, store, live delivery, HTTP
//! - [`client`]: the browser's live connection
//! - [`protocol`]: what all of them say to each other, and the one reducer
//!
//! The one idea: a task is an ordered, durable log of events, and everything anyone sees is a fold of that log.
//! These are the only `cfg` lines of the crate besides those in `client/mod.rs` and `app/pages/mod.rs`.

// Views are types; a page is a deep one.
#![recursion_limit = "512"]

pub mod app;
pub mod client;
pub mod protocol;
#[cfg(feature = "ssr")]
pub mod server;

/// The browser's entry point: takes over the page that the server rendered.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub async fn hydrate() {
    console_error_panic_hook::set_once();
    while app::ready().await.is_err() {
        gloo_timers::future::TimeoutFuture::new(3_000).await;
    }
    leptos::mount::hydrate_body(app::App);
}
