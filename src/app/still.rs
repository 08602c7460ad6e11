//! Pages that stand still: rendered by the server and sent without the program, because plain forms are all they need.
//!
//! So they weigh nothing for whoever does not look at them. Links to them leave the application (`rel="external"`).

mod account;
mod told;

use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, provide_meta_context};
use leptos_router::components::Router;

pub use account::{AccountView, Fresh, Part};

use super::{
    components::{footer::Footer, header::Header},
    visit::{Theme, Visit},
};

/// The document around the account's page.
#[allow(clippy::needless_pass_by_value)]
pub fn account_shell(options: LeptosOptions, shown: AccountView) -> impl IntoView {
    provide_meta_context();
    let page = account::page(&shown);
    let theme = Visit::current().theme.map(Theme::as_str);
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <title>"Account – Livegen"</title>
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
