//! Pages, forms and components: rendered by the server, taken over by the browser.
//!
//! Reading order: [`shell()`] (the document), [`App`] (the routes), [`api`] (what pages ask of the server), `pages`,
//! `forms`, `components`. The server gives two contexts: [`visit::Visit`] with every page, [`forms::FormState`] with a form
//! that is shown again.

pub mod api;
pub mod components;
mod figures;
pub mod forms;
mod markup;
mod now;
mod pages;
mod shell;
mod signals;
pub mod still;
pub mod visit;
mod whole;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    path,
};

pub use shell::shell;

use crate::protocol::{Kind, Problem};
use components::{footer::Footer, header::Header, shortcuts::Shortcuts};
use pages::{HistoryPage, HomePage, NotFoundPage, ProjectPage, TaskPage, new_page};

/// The whole application. Pages are sent whole (`SsrMode::Async`), so that they are complete without script and their
/// status is true.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    now::provide_now();
    let formatter = |title: String| if title.is_empty() { "Livegen".to_owned() } else { format!("{title} – Livegen") };
    view! {
        <Title formatter />
        <Router>
            // Past the router: the browser moves the focus too.
            <a class="skip" href="#main" rel="external">
                "Skip to content"
            </a>
            <Header />
            <main id="main" tabindex="-1">
                <FlatRoutes fallback=|| view! { <NotFoundPage /> }>
                    <Route path=path!("/") view=HomePage ssr=SsrMode::Async />
                    <Route path=path!("/new/test-suite") view=|| new_page(Kind::TestSuite) ssr=SsrMode::Async />
                    <Route path=path!("/new/project") view=|| new_page(Kind::Project) ssr=SsrMode::Async />
                    <Route path=path!("/new/prompt") view=|| new_page(Kind::Prompt) ssr=SsrMode::Async />
                    <Route path=path!("/tasks") view=HistoryPage ssr=SsrMode::Async />
                    <Route path=path!("/tasks/:id") view=TaskPage ssr=SsrMode::Async />
                    <Route path=path!("/projects/:id") view=ProjectPage ssr=SsrMode::Async />
                </FlatRoutes>
            </main>
            <Footer />
            <Shortcuts />
        </Router>
    }
}

/// Loads what the page at the browser's address needs besides the first part of the program, before it is taken over.
pub async fn ready() -> Result<(), Problem> {
    let path = window().location().pathname().unwrap_or_default();
    pages::ready(&path).await
}
