//! `livegen accounts …`: what an operator does to accounts, on the server's own database, whether the server runs or not.
//!
//! What is revoked here ends within a second there.

use std::{
    io::{IsTerminal, Read, Write},
    path::Path,
    process::ExitCode,
};

use clap::Subcommand;
use livegen::{
    protocol::{AccountId, Problem, Timestamp, account::Role},
    server::{
        accounts::{
            check_email,
            password::{self, Passwords},
            steward::{Change, Steward},
        },
        clock::{Clock, SystemClock},
        config::{Configuration, LogSettings},
        random,
        store::{SqliteOptions, SqliteStore, accounts::NewAccount},
        telemetry,
    },
};

use super::{EXIT_INVALID, EXIT_OUTSIDE};

/// Accounts that are read at once.
const PAGE: u32 = 500;
const SHOWN_ENTRIES: u32 = 999;

#[derive(Subcommand)]
pub enum AccountCommand {
    /// List the registered accounts.
    List {
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Make an account; its password is read from standard input.
    Add {
        email: String,
        /// With the role admin.
        #[arg(long)]
        admin: bool,
    },
    /// Set a new password, read from standard input; signs out everywhere.
    Password { email: String },
    /// Make an account a user or an admin.
    Role { email: String, role: String },
    /// Sign out everywhere and refuse sign-ins and keys.
    Disable { email: String },
    /// Let a disabled account in again.
    Enable { email: String },
    /// Give tokens, or take free ones back with a negative number.
    Grant {
        email: String,
        #[arg(allow_hyphen_values = true)]
        tokens: i64,
    },
    /// Let the subscription end on a date such as 2027-01-31 (UTC), or `never`.
    Subscribe { email: String, until: String },
    /// What was done with accounts, newest first.
    Audit { email: Option<String> },
}

pub fn run(configuration: &Configuration, command: AccountCommand) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(EXIT_OUTSIDE, &error.to_string()),
    };
    // What is behind a failure is for the operator to know.
    let log = LogSettings { filter: "warn".into(), ..configuration.settings.log.clone() };
    if let Err(error) = telemetry::start(&log) {
        return fail(EXIT_OUTSIDE, &error.to_string());
    }
    runtime.block_on(async {
        let settings = &configuration.settings;
        let path = settings.database.url.trim_start_matches("sqlite://").trim_start_matches("sqlite:");
        let options = SqliteOptions { initial_tokens: settings.accounts.initial_tokens, ..SqliteOptions::default() };
        let store = match SqliteStore::open_beside(Path::new(path), options).await {
            Ok(store) => store,
            Err(error) => return fail(EXIT_OUTSIDE, &error.to_string()),
        };
        let steward = Steward { store: &*store, at: SystemClock.now(), by: None, address: "command line".into() };
        let done = carry_out(&steward, command).await;
        livegen::server::store::Store::close(&*store).await;
        match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(problem) => fail(if problem.status < 500 { EXIT_INVALID } else { EXIT_OUTSIDE }, &problem.to_string()),
        }
    })
}

fn fail(code: u8, words: &str) -> ExitCode {
    eprintln!("livegen: {words}");
    ExitCode::from(code)
}

async fn carry_out(steward: &Steward<'_>, command: AccountCommand) -> Result<(), Problem> {
    let change = async |email: &str, change: Change| steward.change(account(steward, email).await?, change).await;
    match command {
        AccountCommand::List { json } => return list(steward, json).await,
        AccountCommand::Add { email, admin } => return add(steward, &email, admin).await,
        AccountCommand::Password { email } => {
            let known = steward.account(account(steward, &email).await?).await?;
            let password = read_password()?;
            password::check(&password, &known.email)?;
            let password = Some(Passwords::default().hash(password).await?);
            steward.change(known.account_id, Change { password, ..Change::default() }).await?;
        }
        AccountCommand::Role { email, role } => {
            let role = Role::parse(&role).ok_or_else(|| Problem::invalid("role", "A role is `user` or `admin`."))?;
            change(&email, Change { role: Some(role), ..Change::default() }).await?;
        }
        AccountCommand::Disable { email } => drop(change(&email, Change { disabled: Some(true), ..Change::default() }).await?),
        AccountCommand::Enable { email } => drop(change(&email, Change { disabled: Some(false), ..Change::default() }).await?),
        AccountCommand::Grant { email, tokens } => {
            let balance = change(&email, Change { grant: Some(tokens), ..Change::default() }).await?.tokens;
            print_line(format_args!("{} free, {} held", balance.free, balance.held));
        }
        AccountCommand::Subscribe { email, until } => {
            let until = if until == "never" { None } else { Some(read_date(&until)?) };
            change(&email, Change { subscribed_until: Some(until), ..Change::default() }).await?;
        }
        AccountCommand::Audit { email } => {
            let of = match email {
                Some(email) => Some(account(steward, &email).await?),
                None => None,
            };
            for entry in steward.audit(of, None, SHOWN_ENTRIES).await?.entries {
                let whom = entry.email.or(entry.account_id.map(|id| id.to_string())).unwrap_or_else(|| "-".into());
                let by = entry.by_email.map(|email| format!(" by {email}")).unwrap_or_default();
                print_line(format_args!("{}  {whom}  {:<20} {}{by}  {}", entry.at, entry.action, entry.address, entry.detail));
            }
        }
    }
    Ok(())
}

async fn list(steward: &Steward<'_>, json: bool) -> Result<(), Problem> {
    let mut after = None;
    loop {
        let page = steward.list(None, after, PAGE).await?;
        for account in &page.accounts {
            let state = if account.disabled { "disabled" } else { "enabled" };
            if json {
                let line = serde_json::json!({
                    "account_id": account.account_id, "email": account.email, "role": account.role, "state": state,
                    "created_at": account.created_at, "subscribed_until": account.subscribed_until, "tokens": account.tokens,
                });
                print_line(format_args!("{line}"));
            } else {
                print_line(format_args!("{:<40} {:<6} {:<9} {} tokens", account.email, account.role.as_str(), state, account.tokens.free));
            }
        }
        after = page.accounts.last().map(|account| account.email.clone());
        if !page.more {
            return Ok(());
        }
    }
}

async fn add(steward: &Steward<'_>, email: &str, admin: bool) -> Result<(), Problem> {
    let email = check_email(email)?;
    let password = read_password()?;
    password::check(&password, &email)?;
    let account_id = random::new_account_id(&SystemClock);
    let role = if admin { Role::Admin } else { Role::User };
    let password = Passwords::default().hash(password).await?;
    steward.store.register(NewAccount { account_id, email, password, role, at: steward.at }).await?;
    steward.store.record(steward.entry(account_id, "account made", role.to_string())).await?;
    print_line(format_args!("{account_id}"));
    Ok(())
}

async fn account(steward: &Steward<'_>, email: &str) -> Result<AccountId, Problem> {
    let known = steward.store.account_by_email(&email.trim().to_lowercase()).await?;
    let known = known.ok_or_else(|| Problem::new(404, "not-found", "Not found", format!("There is no account {email}.")))?;
    Ok(known.account_id)
}

/// From standard input, never from the arguments: those are seen by everybody on the machine.
fn read_password() -> Result<String, Problem> {
    let mut text = String::new();
    let mut input = std::io::stdin();
    if input.is_terminal() {
        eprint!("Password (it is shown while you type): ");
        let _ = std::io::stderr().flush();
        let _ = input.read_line(&mut text);
    } else {
        let _ = input.by_ref().take(4096).read_to_string(&mut text);
    }
    let password = text.trim_end_matches(['\n', '\r']);
    if password.is_empty() {
        return Err(Problem::invalid("password", "Give the password on standard input."));
    }
    Ok(password.to_owned())
}

fn read_date(text: &str) -> Result<Timestamp, Problem> {
    serde_json::from_value(serde_json::Value::String(format!("{text}T00:00:00Z")))
        .map_err(|_| Problem::invalid("until", "A date is such as 2027-01-31, or `never`."))
}

/// A reader that has gone is no error.
fn print_line(line: std::fmt::Arguments<'_>) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
