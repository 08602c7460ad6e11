//! The page that the link in a confirmation mail leads to.

use leptos::prelude::*;

use crate::{app::components::problem_note::ProblemNote, protocol::Problem};

/// What the page shows.
#[derive(Clone, Debug)]
pub enum ConfirmationView {
    Question { email: String, token: String },
    Done,
    Refused(Problem),
}

pub fn page(shown: &ConfirmationView) -> impl IntoView + use<> {
    let content = match shown.clone() {
        ConfirmationView::Question { email, token } => view! {
            <p>
                "Is " <strong>{email}</strong>
                " your address, and did you register here with it? If not, close this page: no mails are sent to an address that is not confirmed."
            </p>
            <form method="post" action="/account/confirm">
                <input type="hidden" name="token" value=token />
                <button class="button primary">"Confirm the address"</button>
            </form>
        }
        .into_any(),
        ConfirmationView::Done => view! {
            <p role="status">"The address is confirmed. On the account's page you choose whether you get a mail when a task ends."</p>
            {account()}
        }
        .into_any(),
        ConfirmationView::Refused(problem) => view! {
            <ProblemNote problem=Signal::stored(Some((problem, String::new()))) />
            {account()}
        }
        .into_any(),
    };
    view! {
        <div class="column">
            <h1>"Confirm your address"</h1>
            <section class="panel form">{content}</section>
        </div>
    }
}

fn account() -> impl IntoView {
    view! {
        <p>
            <a class="button" href="/account" rel="external">
                "Your account"
            </a>
        </p>
    }
}
