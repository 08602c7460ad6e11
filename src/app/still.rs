//! Pages that stand still: rendered by the server and sent without the program, because plain forms are all they need.
//!
//! So they weigh nothing for whoever does not look at them. Links to them leave the application (`rel="external"`).

mod account;
mod admin;
mod api;
mod confirmation;
mod told;

use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, provide_meta_context};
use leptos_router::components::Router;
use serde_json::Value;

pub use account::{AccountView, Fresh, Part};
pub use admin::{AdminView, Shown};
pub use confirmation::ConfirmationView;

use super::{
    components::{footer::Footer, header::Header},
    figures,
    visit::{Theme, Visit},
};
use crate::protocol::Timestamp;

/// The document of the account's page.
pub fn account_shell(options: LeptosOptions, shown: &AccountView) -> impl IntoView + use<> {
    let shown = shown.clone();
    shell(options, "Account", move || account::page(&shown))
}

/// The document of a page for admins.
pub fn admin_shell(options: LeptosOptions, shown: &AdminView) -> impl IntoView + use<> {
    let shown = shown.clone();
    shell(options, "Administration", move || admin::page(&shown))
}

/// The document of the page for a confirmation mail's link.
pub fn confirmation_shell(options: LeptosOptions, shown: &ConfirmationView) -> impl IntoView + use<> {
    let shown = shown.clone();
    shell(options, "Confirm your address", move || confirmation::page(&shown))
}

/// The page of the API's description.
pub fn api_shell(options: LeptosOptions, document: &'static Value) -> impl IntoView {
    shell(options, "API", move || api::page(document))
}

fn moment(at: Timestamp) -> impl IntoView {
    view! { <time datetime=at.to_string()>{figures::utc(at)}</time> }
}

/// The document around a page.
fn shell<P: IntoView + 'static>(options: LeptosOptions, title: &'static str, page: impl FnOnce() -> P) -> impl IntoView {
    provide_meta_context();
    let page = page();
    let theme = Visit::current().theme.map(Theme::as_str);
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <title>{title} " – Livegen"</title>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <HashedStylesheet options />
                <MetaTags />
            </head>
            <body class="still">
                <Router>
                    <a class="skip" href="#main">
                        "Skip to content"
                    </a>
                    <Header />
                    <main id="main" tabindex="-1">
                        {page}
                    </main>
                    <Footer />
                </Router>
            </body>
        </html>
    }
}
