//! `/admin`: everybody's accounts, one of them, and the record of what was done. For admins.

use leptos::prelude::*;

use super::moment;
use crate::{
    app::{components::problem_note::ProblemNote, figures},
    protocol::{
        Problem,
        account::{AccountInfo, AccountPage, AuditEntry, AuditPage, Role},
    },
};

#[derive(Clone, Debug)]
pub struct AdminView {
    /// `None`: the problem is all there is to show.
    pub shown: Option<Shown>,
    pub problem: Option<Problem>,
}

#[derive(Clone, Debug)]
pub enum Shown {
    List { page: AccountPage, email: String },
    Account { account: AccountInfo, audit: AuditPage },
    Audit { page: AuditPage, of: String },
}

pub fn page(view: &AdminView) -> impl IntoView + use<> {
    let problem = view.problem.clone().map(|problem| (problem, String::new()));
    let (title, content) = match &view.shown {
        None => ("Accounts".to_owned(), ().into_any()),
        Some(Shown::List { page, email }) => ("Accounts".to_owned(), list(page, email).into_any()),
        Some(Shown::Account { account, audit }) => (account.email.clone(), one(account, audit).into_any()),
        Some(Shown::Audit { page, of }) => ("Record".to_owned(), record(page, of).into_any()),
    };
    view! {
        <div class="column account-page">
            <h1>{title}</h1>
            <nav class="row" aria-label="Administration">
                <a class="button small" href="/admin" rel="external">
                    "Accounts"
                </a>
                <a class="button small" href="/admin/audit" rel="external">
                    "Record"
                </a>
            </nav>
            <ProblemNote problem=Signal::stored(problem) />
            {content}
        </div>
    }
}

fn list(page: &AccountPage, email: &str) -> impl IntoView + use<> {
    let next = page.accounts.last().filter(|_| page.more).map(|last| {
        let address = format!("/admin?email={}&after={}", escaped(email), escaped(&last.email));
        view! {
            <a class="button" href=address rel="external">
                "Further accounts"
            </a>
        }
    });
    let none = page.accounts.is_empty().then(|| view! { <p class="muted">"No account has such an address."</p> });
    let rows: Vec<_> = page.accounts.iter().cloned().map(row).collect();
    view! {
        <form method="get" action="/admin" role="search">
            <label for="email">"E-mail address, or a part of it"</label>
            <input id="email" name="email" type="search" value=email.to_owned() />
            <button class="button">"Search"</button>
        </form>
        {none}
        <ul class="keys-list">{rows}</ul>
        {next}
    }
}

fn row(account: AccountInfo) -> impl IntoView {
    let address = format!("/admin/accounts/{}", account.account_id);
    let state = state(&account);
    view! {
        <li>
            <div>
                <a href=address rel="external">
                    {account.email}
                </a>
                <p class="muted">
                    {state} " · made " {moment(account.created_at)} " · " {figures::grouped(account.tokens.free.unsigned_abs())} " tokens"
                </p>
            </div>
        </li>
    }
}

fn state(account: &AccountInfo) -> String {
    let role = if account.role == Role::Admin { "Admin" } else { "User" };
    if account.disabled { format!("{role}, disabled") } else { role.to_owned() }
}

fn one(account: &AccountInfo, audit: &AuditPage) -> impl IntoView + use<> {
    let action = format!("/admin/accounts/{}", account.account_id);
    let is_admin = account.role == Role::Admin;
    let (other, to_other) = if is_admin { (Role::User, "Make it a user") } else { (Role::Admin, "Make it an admin") };
    let (disabled, to_disabled) = if account.disabled { ("false", "Enable") } else { ("true", "Disable") };
    let until = account.subscribed_until.map(|until| until.to_string().chars().take(10).collect::<String>()).unwrap_or_default();
    let entries: Vec<_> = audit.entries.iter().cloned().map(entry).collect();
    let all = format!("/admin/audit?account_id={}", account.account_id);
    view! {
        <section class="panel form" aria-labelledby="state-title">
            <h2 id="state-title">"Account"</h2>
            <p>{state(account)} ", made " {moment(account.created_at)}</p>
            <div class="row">
                <form method="post" action=action.clone()>
                    <input type="hidden" name="role" value=other.as_str() />
                    <button class="button">{to_other}</button>
                </form>
                <form method="post" action=action.clone()>
                    <input type="hidden" name="disabled" value=disabled />
                    <button class="button">{to_disabled}</button>
                </form>
            </div>
            <p class="hint">"Who is disabled is signed out, and its keys are refused. Its tasks stay its own: nobody else sees them."</p>
        </section>
        <section class="panel form" aria-labelledby="tokens-title">
            <h2 id="tokens-title">"Tokens"</h2>
            <p>
                <strong>{figures::grouped(account.tokens.free.unsigned_abs())}</strong>
                " to spend, "
                <strong>{figures::grouped(account.tokens.held.unsigned_abs())}</strong>
                " held by tasks that run."
            </p>
            <form method="post" action=action.clone()>
                <label for="grant">"Tokens to give; with a minus, to take back"</label>
                <input id="grant" name="grant" type="text" inputmode="numeric" required autocomplete="off" />
                <button class="button">"Give"</button>
            </form>
        </section>
        <section class="panel form" aria-labelledby="subscription-title">
            <h2 id="subscription-title">"Subscription"</h2>
            <form method="post" action=action>
                <label for="until">"Until, such as 2027-01-31 (UTC); empty without an end"</label>
                <input id="until" name="subscribed_until" type="text" autocomplete="off" value=until />
                <button class="button">"Set"</button>
            </form>
        </section>
        <section class="panel form" aria-labelledby="record-title">
            <h2 id="record-title">"Record"</h2>
            <ul class="keys-list">{entries}</ul>
            <p>
                <a href=all rel="external">
                    "All of it"
                </a>
            </p>
        </section>
    }
}

fn record(page: &AuditPage, of: &str) -> impl IntoView + use<> {
    let entries: Vec<_> = page.entries.iter().cloned().map(entry).collect();
    let none = page.entries.is_empty().then(|| view! { <p class="muted">"Nothing is on record."</p> });
    let older = page.entries.last().filter(|_| page.more).map(|last| {
        let address = format!("/admin/audit?account_id={}&before={}", escaped(of), last.id);
        view! {
            <a class="button" href=address rel="external">
                "Older entries"
            </a>
        }
    });
    view! {
        {none}
        <ul class="keys-list">{entries}</ul>
        {older}
    }
}

fn entry(entry: AuditEntry) -> impl IntoView {
    let whom = entry.email.or(entry.account_id.map(|id| id.to_string()));
    let by = entry.by_email.or(entry.by.map(|id| id.to_string())).map(|by| format!(" by {by}"));
    let parts = [Some(entry.detail).filter(|detail| !detail.is_empty()), whom];
    let words = parts.into_iter().flatten().fold(String::new(), |words, part| words + ": " + &part);
    view! {
        <li>
            <div>
                <strong>{entry.action}</strong>
                {words}
                <p class="muted">{moment(entry.at)} " from " {entry.address} {by}</p>
            </div>
        </li>
    }
}

/// For a query: what could mean something else there is written in hexadecimal.
fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |escaped, byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'@' => escaped + char::from(byte).encode_utf8(&mut [0; 4]),
        byte => escaped + &format!("%{byte:02X}"),
    })
}
