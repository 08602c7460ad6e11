//! The account's page: being told by webhooks and by mail.

use leptos::prelude::*;

use super::{
    account::{AccountView, Fresh, Part, note, typed},
    moment,
};
use crate::{
    app::figures,
    protocol::{
        account::MailState,
        webhook::{DeliveryInfo, DeliveryState, Occasion, WebhookInfo},
    },
};

pub(super) fn mail(shown: &AccountView) -> impl IntoView + use<> {
    let note = note(shown, Part::Mail);
    let email = shown.me.email.clone().unwrap_or_default();
    shown.mail.map(|mail| {
        let choice = if mail.confirmed { switch(mail.when_done).into_any() } else { unconfirmed(email, mail).into_any() };
        view! {
            <section class="panel form" aria-labelledby="mail-title">
                <h2 id="mail-title">"Mail"</h2>
                {note}
                {choice}
            </section>
        }
    })
}

fn switch(wanted: bool) -> impl IntoView {
    let state = if wanted {
        "Your address is confirmed. You get a mail whenever one of your tasks ends, at most 30 an hour."
    } else {
        "Your address is confirmed. You get no mail when a task ends."
    };
    let word = if wanted { "Stop mailing me" } else { "Mail me when a task ends" };
    view! {
        <p class="muted">{state}</p>
        <form method="post" action="/account/mail">
            <input type="hidden" name="wanted" value=(!wanted).to_string() />
            <button class="button">{word}</button>
        </form>
    }
}

fn unconfirmed(email: String, mail: MailState) -> impl IntoView {
    let asked = mail.confirmation_asked_at.map(|at| view! { <p class="muted">"A confirmation mail was asked for " {moment(at)} "."</p> });
    let word = if asked.is_some() { "Send the confirmation again" } else { "Send a confirmation mail" };
    view! {
        <p>
            <strong>{email}</strong>
            " is not confirmed. Follow the link in the confirmation mail: before that, no other mail is sent there."
        </p>
        {asked}
        <form method="post" action="/account/mail/confirmation">
            <button class="button">{word}</button>
        </form>
    }
}

pub(super) fn webhooks(shown: &AccountView) -> impl IntoView + use<> {
    let fresh =
        shown.fresh.as_ref().and_then(|fresh| if let Fresh::Webhook(webhook) = fresh { Some(webhook.secret.clone()) } else { None });
    let fresh = fresh.map(|secret| {
        view! {
            <div class="note note-good" role="status">
                <div>
                    <p class="note-title">"Copy the secret now: it is not shown again."</p>
                    <p>
                        <code class="fresh-key">{secret}</code>
                    </p>
                </div>
            </div>
        }
    });
    let rows: Vec<_> = shown.webhooks.iter().cloned().map(row).collect();
    let none = rows.is_empty();
    view! {
        <section class="panel form" aria-labelledby="webhooks-title">
            <h2 id="webhooks-title">"Webhooks"</h2>
            <p class="muted">
                "When a task ends, a program of yours is told: a POST with JSON, signed as Standard Webhooks describes, sent again for three days if it does not arrive."
            </p>
            {fresh}
            {note(shown, Part::Webhook)}
            <p class="muted" hidden=!none>"There are no webhooks."</p>
            <ul class="keys-list">{rows}</ul>
            <form method="post" action="/account/webhooks">
                <label for="webhook-url">"Address of a new webhook"</label>
                <input id="webhook-url" name="url" type="url" maxlength="2048" required placeholder="https://example.org/livegen" value=typed(shown, Part::Webhook) />
                <label for="webhook-description">"What it is for"</label>
                <input id="webhook-description" name="description" type="text" maxlength="100" />
                <fieldset class="scopes">
                    <legend>"What it is told"</legend>
                    {event_box(Occasion::Completed, "A task is done")}
                    {event_box(Occasion::Failed, "A task has failed")}
                    {event_box(Occasion::Cancelled, "A task was cancelled")}
                </fieldset>
                <button class="button">"Add a webhook"</button>
            </form>
        </section>
    }
}

fn event_box(event: Occasion, words: &'static str) -> impl IntoView {
    view! {
        <label>
            <input type="checkbox" name=event.as_str() checked />
            " "
            {words}
            " "
            <code class="muted">{event.as_str()}</code>
        </label>
    }
}

fn row(webhook: WebhookInfo) -> impl IntoView {
    let name = if webhook.description.is_empty() { webhook.url.clone() } else { webhook.description.clone() };
    let events = webhook.events.iter().map(|event| event.as_str()).collect::<Vec<_>>().join(", ");
    let disabled = webhook.disabled_at.map(|at| {
        let why = webhook.disabled_why.unwrap_or_default();
        view! { <p class="webhook-trouble">"Switched off " {moment(at)} ". " {why} " A test that arrives switches it on again."</p> }
    });
    let last = webhook.last.as_ref().map_or_else(|| "Nothing was sent yet.".to_owned(), outcome);
    let at = |what: &str| format!("/account/webhooks/{}/{what}", webhook.id.0);
    let button = |what: &'static str, label: &'static str| {
        view! {
            <form method="post" action=at(what)>
                <button class="button small" aria-label=format!("{label}: {name}")>
                    {label}
                </button>
            </form>
        }
    };
    let buttons = (button("test", "Test"), button("secret", "New secret"), button("remove", "Remove"));
    view! {
        <li>
            <div class="webhook">
                <strong>{webhook.description}</strong>
                " "
                <code class="webhook-url">{webhook.url}</code>
                <p class="muted">{events} " · made " {moment(webhook.created_at)}</p>
                <p>{last}</p>
                {disabled}
            </div>
            <div class="row">{buttons}</div>
        </li>
    }
}

/// The newest message in a sentence.
fn outcome(delivery: &DeliveryInfo) -> String {
    let (what, error) = (delivery.occasion, delivery.error.as_deref().unwrap_or_default());
    match delivery.state {
        DeliveryState::Arrived => {
            let at = delivery.done_at.map(figures::utc).unwrap_or_default();
            format!("Last: {what}, arrived {at} (status {}).", delivery.status.unwrap_or_default())
        }
        DeliveryState::Waiting => match (delivery.attempts, delivery.next_at) {
            (0, _) | (_, None) => format!("Last: {what}, on its way."),
            (attempts, Some(at)) => format!("Last: {what}, attempt {attempts} failed, the next one {}. {error}", figures::utc(at)),
        },
        DeliveryState::GivenUp => format!("Last: {what}, did not arrive. {error}"),
    }
}
