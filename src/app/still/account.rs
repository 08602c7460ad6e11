//! `/account`: who one is, signing in and out, tokens, API keys; being told is in [`super::told`].

use leptos::prelude::*;

use super::{moment, told};
use crate::{
    app::{components::problem_note::ProblemNote, figures},
    protocol::{
        Problem,
        account::{FreshKey, KeyInfo, MailState, Me, Posting, Role, Scope},
        webhook::{FreshWebhook, WebhookInfo},
    },
};

/// Everything that the page shows.
#[derive(Clone, Debug)]
pub struct AccountView {
    pub me: Me,
    pub keys: Vec<KeyInfo>,
    pub postings: Vec<Posting>,
    pub webhooks: Vec<WebhookInfo>,
    /// `None` where no mail is sent.
    pub mail: Option<MailState>,
    pub fresh: Option<Fresh>,
    /// What went wrong with which form, and what was typed there.
    pub problem: Option<(Part, Problem)>,
    pub typed: String,
    pub registration: bool,
}

/// Made just now: shown this once.
#[derive(Clone, Debug)]
pub enum Fresh {
    Key(FreshKey),
    Webhook(FreshWebhook),
}

/// A form of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    SignIn,
    Register,
    Password,
    Key,
    Webhook,
    Mail,
}

pub fn page(shown: &AccountView) -> impl IntoView + use<> {
    let guest = shown.me.guest;
    view! {
        <div class="column account-page">
            <h1>"Account"</h1>
            {if guest { guest_parts(shown).into_any() } else { own_parts(shown).into_any() }}
            {tokens(shown)}
        </div>
    }
}

pub(super) fn note(shown: &AccountView, part: Part) -> impl IntoView + use<> {
    let problem = shown.problem.clone().filter(|(of, _)| *of == part).map(|(_, problem)| (problem, String::new()));
    view! { <ProblemNote problem=Signal::stored(problem) /> }
}

/// What was typed into the form that was refused. Never a password.
pub(super) fn typed(shown: &AccountView, part: Part) -> String {
    if shown.problem.as_ref().is_some_and(|(of, _)| *of == part) { shown.typed.clone() } else { String::new() }
}

fn guest_parts(shown: &AccountView) -> impl IntoView + use<> {
    let register = shown.registration.then(|| {
        view! {
            <section class="panel form" aria-labelledby="register-title">
                <h2 id="register-title">"Register"</h2>
                {note(shown, Part::Register)}
                <form method="post" action="/account/register">
                    <label for="register-email">"E-mail address"</label>
                    <input id="register-email" name="email" type="email" autocomplete="username" required value=typed(shown, Part::Register) />
                    <label for="register-password">"Password"</label>
                    <input id="register-password" name="password" type="password" autocomplete="new-password" minlength="10" required />
                    <p class="hint">"At least 10 characters. A sentence is easy to remember."</p>
                    <button class="button primary">"Register"</button>
                </form>
            </section>
        }
    });
    view! {
        <p class="muted">
            "You are a guest: your tasks belong to this browser. When you register or sign in, they come along."
        </p>
        <div class="account-pair">
            <section class="panel form" aria-labelledby="sign-in-title">
                <h2 id="sign-in-title">"Sign in"</h2>
                {note(shown, Part::SignIn)}
                <form method="post" action="/account/sign-in">
                    <label for="sign-in-email">"E-mail address"</label>
                    <input id="sign-in-email" name="email" type="email" autocomplete="username" required value=typed(shown, Part::SignIn) />
                    <label for="sign-in-password">"Password"</label>
                    <input id="sign-in-password" name="password" type="password" autocomplete="current-password" required />
                    <button class="button primary">"Sign in"</button>
                </form>
            </section>
            {register}
        </div>
    }
}

fn own_parts(shown: &AccountView) -> impl IntoView + use<> {
    let until = shown.me.subscribed_until.map(|until| format!("Subscription until {}.", figures::utc(until)));
    let admin = (shown.me.role == Role::Admin).then(|| {
        view! {
            <a class="button" href="/admin" rel="external">
                "Everybody's accounts"
            </a>
        }
    });
    view! {
        <section class="panel form" aria-labelledby="who-title">
            <h2 id="who-title">{shown.me.email.clone()}</h2>
            <p class="muted">{until}</p>
            <div class="row">
                {admin}
                <form method="post" action="/account/sign-out">
                    <button class="button">"Sign out"</button>
                </form>
                <form method="post" action="/account/sign-out-everywhere">
                    <button class="button">"Sign out everywhere"</button>
                </form>
            </div>
        </section>
        {keys(shown)}
        {told::webhooks(shown)}
        {told::mail(shown)}
        <section class="panel form" aria-labelledby="password-title">
            <h2 id="password-title">"Password"</h2>
            {note(shown, Part::Password)}
            <form method="post" action="/account/password">
                <label for="old-password">"Present password"</label>
                <input id="old-password" name="old_password" type="password" autocomplete="current-password" required />
                <label for="new-password">"New password"</label>
                <input id="new-password" name="password" type="password" autocomplete="new-password" minlength="10" required />
                <p class="hint">"Changing it signs you out everywhere."</p>
                <button class="button">"Change the password"</button>
            </form>
        </section>
    }
}

fn keys(shown: &AccountView) -> impl IntoView + use<> {
    let fresh = shown.fresh.as_ref().and_then(|fresh| if let Fresh::Key(key) = fresh { Some(key.key.clone()) } else { None });
    let fresh = fresh.map(|key| {
        view! {
            <div class="note note-good" role="status">
                <div>
                    <p class="note-title">"Copy the key now: it is not shown again."</p>
                    <p>
                        <code class="fresh-key">{key}</code>
                    </p>
                </div>
            </div>
        }
    });
    let rows: Vec<_> = shown.keys.iter().cloned().map(key_row).collect();
    let none = rows.is_empty();
    let admin = shown.me.role == Role::Admin;
    view! {
        <section class="panel form" aria-labelledby="keys-title">
            <h2 id="keys-title">"API keys"</h2>
            <p class="muted">"For programs: " <code>"Authorization: Bearer lg_…"</code> " – " <a href="/api" rel="external">"the API"</a></p>
            {fresh}
            {note(shown, Part::Key)}
            <p class="muted" hidden=!none>"There are no keys."</p>
            <ul class="keys-list">{rows}</ul>
            <form method="post" action="/account/keys">
                <label for="key-name">"Name of a new key"</label>
                <input id="key-name" name="name" type="text" maxlength="100" required value=typed(shown, Part::Key) />
                <fieldset class="scopes">
                    <legend>"What it is good for"</legend>
                    {scope_box(Scope::Read, "See tasks, logs, files and downloads", true)}
                    {scope_box(Scope::Write, "Start, cancel and retry tasks", true)}
                    {scope_box(Scope::Account, "See and change this account", false)}
                    {admin.then(|| scope_box(Scope::Admin, "Look after everybody's accounts", false))}
                </fieldset>
                <button class="button">"Make a key"</button>
            </form>
        </section>
    }
}

fn scope_box(scope: Scope, words: &'static str, checked: bool) -> impl IntoView {
    view! {
        <label>
            <input type="checkbox" name=scope.as_str() checked=checked />
            " "
            {words}
            " "
            <code class="muted">{scope.as_str()}</code>
        </label>
    }
}

fn key_row(key: KeyInfo) -> impl IntoView {
    let scopes = key.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(", ");
    let used = key.last_used_at.map_or_else(|| "never used".to_owned(), |at| format!("last used {}", figures::utc(at)));
    let label = format!("Revoke {}", key.name);
    view! {
        <li>
            <div>
                <strong>{key.name}</strong>
                " "
                <code>{key.prefix}"…"</code>
                <p class="muted">{scopes} " · made " {moment(key.created_at)} " · " {used}</p>
            </div>
            <form method="post" action=format!("/account/keys/{}/revoke", key.id.0)>
                <button class="button small" aria-label=label>
                    "Revoke"
                </button>
            </form>
        </li>
    }
}

fn tokens(shown: &AccountView) -> impl IntoView + use<> {
    let words = |amount: i64| figures::grouped(amount.unsigned_abs());
    let rows: Vec<_> = shown
        .postings
        .iter()
        .filter(|posting| posting.book == "free")
        .take(20)
        .map(|posting| {
            let sign = if posting.amount < 0 { "−" } else { "+" };
            let amount = format!("{sign}{}", words(posting.amount));
            view! {
                <tr>
                    <td>{moment(posting.at)}</td>
                    <td>{posting.action.clone()}</td>
                    <td class="number">{amount}</td>
                </tr>
            }
        })
        .collect();
    let none = rows.is_empty();
    view! {
        <section class="panel form" aria-labelledby="tokens-title">
            <h2 id="tokens-title">"Tokens"</h2>
            <p>
                <strong>{words(shown.me.tokens.free)}</strong>
                " to spend, "
                <strong>{words(shown.me.tokens.held)}</strong>
                " held by tasks that run. What fails costs nothing."
            </p>
            <table class="tasks postings" hidden=none>
                <caption class="offscreen">"Last changes of the balance"</caption>
                <thead>
                    <tr>
                        <th scope="col">"When"</th>
                        <th scope="col">"What"</th>
                        <th scope="col" class="number">"Tokens"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
}
