//! Pages that stand still: rendered by the server and sent without the program, because plain forms are all they need.
//!
//! So they weigh nothing for whoever does not look at them. Links to them leave the application (`rel="external"`).

mod account;
mod admin;
mod api;
mod changes;
mod confirmation;
mod edit;
mod fork;
mod told;

use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, provide_meta_context};
use leptos_router::components::Router;
use serde_json::Value;

pub use account::{AccountView, Fresh, Part};
pub use admin::{AdminView, Shown};
pub use changes::ChangesView;
pub use confirmation::ConfirmationView;
pub use edit::EditView;
pub use fork::ForkView;

use super::{
    components::{footer::Footer, header::Header, problem_note::ProblemNote},
    figures, markup,
    visit::{Theme, Visit},
};
use crate::protocol::{Problem, TaskId, Timestamp};

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

/// A page of a project's run.
#[derive(Clone, Debug)]
pub enum RunView {
    Edit(EditView),
    Fork(ForkView),
    Changes(ChangesView),
    Refused(TaskId, Problem),
}

/// The document of a page of a project's run.
pub fn run_shell(options: LeptosOptions, shown: &RunView) -> impl IntoView + use<> {
    let title = match shown {
        RunView::Edit(_) => "Edit a file",
        RunView::Fork(_) => "Change and generate again",
        RunView::Changes(_) => "What has changed",
        RunView::Refused(..) => "Not possible",
    };
    let shown = shown.clone();
    shell(options, title, move || match shown {
        RunView::Edit(view) => edit::page(view).into_any(),
        RunView::Fork(view) => fork::page(view).into_any(),
        RunView::Changes(view) => changes::page(view).into_any(),
        RunView::Refused(task_id, problem) => refused(task_id, problem).into_any(),
    })
}

fn refused(task_id: TaskId, problem: Problem) -> impl IntoView {
    view! {
        <div class="column narrow">
            <header class="page-head">
                <h1>"Not possible"</h1>
            </header>
            <ProblemNote problem=Signal::stored(Some((problem, String::new()))) />
            <p>
                <a href=format!("/tasks/{task_id}")>"Back to the run"</a>
            </p>
        </div>
    }
}

/// The page of the API's description.
pub fn api_shell(options: LeptosOptions, document: &'static Value) -> impl IntoView {
    shell(options, "API", move || api::page(document))
}

/// Where text of a program is changed.
fn code_area(name: &'static str, class: &'static str, rows: String, text: &str) -> impl IntoView + use<> {
    view! {
        <textarea
            id=name
            name=name
            class=class
            rows=rows
            spellcheck="false"
            autocapitalize="off"
            autocomplete="off"
            wrap="off"
            inner_html=markup::text_area(text)
        ></textarea>
    }
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
