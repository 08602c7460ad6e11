//! `livegen accounts …`: what an operator does to accounts, on the server's own database, whether the server runs or not.
//!
//! What is revoked here ends within a second there.

use std::{
    io::{IsTerminal, Read, Write},
    path::Path,
    process::ExitCode,
    sync::Arc,
};

use clap::Subcommand;
use livegen::{
    protocol::{Problem, Timestamp, account::Role},
    server::{
        accounts::{
            check_email,
            password::{self, Passwords},
        },
        clock::{Clock, SystemClock},
        config::{Configuration, LogSettings},
        random,
        store::{
            Accounts, SqliteOptions, SqliteStore,
            accounts::{Account, AccountChange, NewAccount, NewAudit},
        },
        telemetry,
    },
};

use super::{EXIT_INVALID, EXIT_OUTSIDE};

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
        let done = Operator { store: Arc::clone(&store), at: SystemClock.now() }.run(command).await;
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

struct Operator {
    store: Arc<SqliteStore>,
    at: Timestamp,
}

impl Operator {
    async fn run(&self, command: AccountCommand) -> Result<(), Problem> {
        match command {
            AccountCommand::List { json } => self.list(json).await,
            AccountCommand::Add { email, admin } => self.add(&email, admin).await,
            AccountCommand::Password { email } => {
                let account = self.account(&email).await?;
                let password = read_password()?;
                password::check(&password, &account.email)?;
                let password = Some(Passwords::default().hash(password).await?);
                self.change(&account, "password set", AccountChange { password, ..AccountChange::default() }).await
            }
            AccountCommand::Role { email, role } => {
                let role = Role::parse(&role).ok_or_else(|| Problem::invalid("role", "A role is `user` or `admin`."))?;
                let account = self.account(&email).await?;
                self.change(&account, "role set", AccountChange { role: Some(role), ..AccountChange::default() }).await
            }
            AccountCommand::Disable { email } => self.disable(&email, true).await,
            AccountCommand::Enable { email } => self.disable(&email, false).await,
            AccountCommand::Grant { email, tokens } => {
                let account = self.account(&email).await?;
                let balance = self.store.grant(account.account_id, tokens, self.at).await?;
                self.record(&account, "tokens granted", tokens.to_string()).await?;
                print_line(format_args!("{} free, {} held", balance.free, balance.held));
                Ok(())
            }
            AccountCommand::Subscribe { email, until } => {
                let account = self.account(&email).await?;
                let until = if until == "never" { None } else { Some(read_date(&until)?) };
                self.change(&account, "subscription set", AccountChange { subscribed_until: Some(until), ..AccountChange::default() }).await
            }
            AccountCommand::Audit { email } => {
                let of = match email {
                    Some(email) => Some(self.account(&email).await?.account_id),
                    None => None,
                };
                for entry in self.store.audit(of, 1_000).await? {
                    let account = entry.account_id.map_or_else(|| "-".to_owned(), |id| id.to_string());
                    print_line(format_args!("{}  {}  {:<20} {}  {}", entry.at, account, entry.action, entry.address, entry.detail));
                }
                Ok(())
            }
        }
    }

    async fn list(&self, json: bool) -> Result<(), Problem> {
        for account in self.store.accounts().await? {
            let tokens = self.store.tokens(account.account_id).await?.unwrap_or_default();
            let state = if account.disabled_at.is_some() { "disabled" } else { "enabled" };
            if json {
                let line = serde_json::json!({
                    "account_id": account.account_id, "email": account.email, "role": account.role, "state": state,
                    "created_at": account.created_at, "subscribed_until": account.subscribed_until, "tokens": tokens,
                });
                print_line(format_args!("{line}"));
            } else {
                print_line(format_args!("{:<40} {:<6} {:<9} {} tokens", account.email, account.role.as_str(), state, tokens.free));
            }
        }
        Ok(())
    }

    async fn add(&self, email: &str, admin: bool) -> Result<(), Problem> {
        let email = check_email(email)?;
        let password = read_password()?;
        password::check(&password, &email)?;
        let account_id = random::new_account_id(&SystemClock);
        let role = if admin { Role::Admin } else { Role::User };
        let password = Passwords::default().hash(password).await?;
        self.store.register(NewAccount { account_id, email: email.clone(), password, role, at: self.at }).await?;
        let account = self.account(&email).await?;
        self.record(&account, "account made", String::new()).await?;
        print_line(format_args!("{account_id}"));
        Ok(())
    }

    async fn disable(&self, email: &str, disabled: bool) -> Result<(), Problem> {
        let account = self.account(email).await?;
        let action = if disabled { "account disabled" } else { "account enabled" };
        self.change(&account, action, AccountChange { disabled: Some(disabled), ..AccountChange::default() }).await
    }

    async fn account(&self, email: &str) -> Result<Account, Problem> {
        let known = self.store.account_by_email(&email.trim().to_lowercase()).await?;
        known.ok_or_else(|| Problem::new(404, "not-found", "Not found", format!("There is no account {email}.")))
    }

    async fn change(&self, account: &Account, action: &'static str, change: AccountChange) -> Result<(), Problem> {
        self.store.change_account(account.account_id, change, self.at).await?;
        self.record(account, action, String::new()).await
    }

    async fn record(&self, account: &Account, action: &'static str, detail: String) -> Result<(), Problem> {
        let entry = NewAudit { at: self.at, account_id: Some(account.account_id), action, detail, address: "command line".into() };
        Ok(self.store.record(entry).await?)
    }
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
