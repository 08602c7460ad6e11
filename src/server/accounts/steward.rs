//! Looking after everybody's accounts: for admins, by REST and by page, and for operators on the command line.
//!
//! Every change is on record together with who made it, in one transaction; the last admin who is let in stays one. Tasks and their
//! inputs are not to be seen here: an admin looks after accounts, not into them.

use crate::{
    protocol::{
        AccountId, Problem, Timestamp,
        account::{AccountInfo, AccountPage, AuditPage, Role, Scope, Tokens},
    },
    server::{
        store::{
            Accounts,
            accounts::{Account, AccountChange, AccountFilter, AuditFilter, MAX_LISTED, MAX_TOKENS, NewAudit},
        },
        tasks::Caller,
    },
};

/// Who looks after accounts.
pub struct Steward<'s> {
    pub store: &'s dyn Accounts,
    pub at: Timestamp,
    /// `None`: an operator, on the command line.
    pub by: Option<AccountId>,
    /// From where.
    pub address: String,
}

/// What is to be changed; `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    pub role: Option<Role>,
    pub disabled: Option<bool>,
    /// `Some(None)`: without an end.
    pub subscribed_until: Option<Option<Timestamp>>,
    /// Tokens to give; below zero, free ones to take back.
    pub grant: Option<i64>,
    /// argon2id, in PHC format. Ends all sessions.
    pub password: Option<String>,
}

impl Caller {
    /// # Errors
    /// 404 for whoever is not an admin, who learns nothing of there being any; 403 for an admin's key that is not good for this.
    pub fn steward(&self) -> Result<Steward<'_>, Problem> {
        if self.identity.role != Role::Admin {
            return Err(Problem::new(404, "not-found", "Not found", "There is no such endpoint."));
        }
        self.identity.require(Scope::Admin)?;
        let (store, at) = (&*self.state.store, self.state.clock.now());
        Ok(Steward { store, at, by: Some(self.account_id), address: self.address.to_string() })
    }

    /// Changes an account as an admin; what it revokes ends at once.
    pub async fn change_account(&self, account_id: AccountId, change: Change) -> Result<AccountInfo, Problem> {
        let changed = self.steward()?.change(account_id, change).await?;
        self.state.revoke_now().await;
        Ok(changed)
    }
}

impl Steward<'_> {
    /// Accounts whose address has `email` in it, after the address `after`.
    pub async fn list(&self, email: Option<&str>, after: Option<String>, limit: u32) -> Result<AccountPage, Problem> {
        let limit = limit.min(MAX_LISTED - 1);
        let email = email.map(|email| email.trim().to_lowercase()).filter(|email| !email.is_empty());
        let found = self.store.accounts(&AccountFilter { email, after, limit: limit + 1 }).await?;
        let more = found.len() > limit as usize;
        let accounts = found.into_iter().take(limit as usize).map(|(account, tokens)| info(account, tokens)).collect();
        Ok(AccountPage { accounts, more })
    }

    pub async fn account(&self, account_id: AccountId) -> Result<AccountInfo, Problem> {
        let account = self.store.account(account_id).await?.ok_or_else(no_such_account)?;
        let tokens = self.store.tokens(account_id).await?.unwrap_or_default();
        Ok(info(account, tokens))
    }

    /// All of it, or nothing.
    pub async fn change(&self, account_id: AccountId, change: Change) -> Result<AccountInfo, Problem> {
        self.account(account_id).await?;
        if change.grant.is_some_and(|tokens| tokens.unsigned_abs() > MAX_TOKENS.unsigned_abs()) {
            return Err(Problem::invalid("grant", format!("At most {MAX_TOKENS} tokens can be given or taken back.")));
        }
        let entry = |action, detail| self.entry(account_id, action, detail);
        let record = [
            change.password.as_ref().map(|_| entry("password set", String::new())),
            change.role.map(|role| entry("role set", role.to_string())),
            change.disabled.map(|disabled| entry(if disabled { "account disabled" } else { "account enabled" }, String::new())),
            change
                .subscribed_until
                .map(|until| entry("subscription set", until.map_or_else(|| "without an end".into(), |until| format!("until {until}")))),
            change.grant.map(|tokens| entry("tokens granted", tokens.to_string())),
        ];
        let Change { role, disabled, subscribed_until, grant, password } = change;
        let record = record.into_iter().flatten().collect();
        self.store.change_account(account_id, AccountChange { password, role, disabled, subscribed_until, grant, record }, self.at).await?;
        self.account(account_id).await
    }

    /// What was done with accounts, or with one; before the entry `before`.
    pub async fn audit(&self, account_id: Option<AccountId>, before: Option<i64>, limit: u32) -> Result<AuditPage, Problem> {
        let limit = limit.min(MAX_LISTED - 1);
        let mut entries = self.store.audit(AuditFilter { account_id, before, limit: limit + 1 }).await?;
        let more = entries.len() > limit as usize;
        entries.truncate(limit as usize);
        Ok(AuditPage { entries, more })
    }

    /// An entry of the record, made by this steward.
    pub fn entry(&self, account_id: AccountId, action: &'static str, detail: String) -> NewAudit {
        NewAudit { at: self.at, account_id: Some(account_id), by: self.by, action, detail, address: self.address.clone() }
    }
}

fn no_such_account() -> Problem {
    Problem::new(404, "not-found", "Not found", "There is no such account.")
}

fn info(account: Account, tokens: Tokens) -> AccountInfo {
    AccountInfo {
        account_id: account.account_id,
        email: account.email,
        role: account.role,
        disabled: account.disabled_at.is_some(),
        created_at: account.created_at,
        subscribed_until: account.subscribed_until,
        tokens,
    }
}
