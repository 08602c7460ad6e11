//! The contract for people: accounts, what proves who somebody is, tokens, and the record of what was done.
//!
//! Guarantees, held by every implementation and checked by the conformance suite: an address has one account; a ticket is good once;
//! whatever is revoked is refused by the next read, and told to every process by [`Accounts::revoked_after`]; the postings of every
//! entry add up to zero; no balance falls below zero; what a task holds is either captured or released, once, by
//! the transaction that ends the task.
//!
//! Secrets never come in here: only their SHA-256. Passwords come as argon2id in PHC format.

use async_trait::async_trait;

use super::Result;
use crate::protocol::{
    AccountId, Timestamp,
    account::{AuditEntry, KeyId, KeyInfo, Posting, Role, Scope, Tokens},
};

/// What stands for a secret. Comparing it tells nothing about the secret.
pub type Digest = [u8; 32];

#[derive(Clone, Debug)]
pub struct NewAccount {
    pub account_id: AccountId,
    /// In lower case.
    pub email: String,
    pub password: String,
    pub role: Role,
    pub at: Timestamp,
}

/// A registered account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub account_id: AccountId,
    pub email: String,
    pub password: String,
    pub role: Role,
    pub created_at: Timestamp,
    pub disabled_at: Option<Timestamp>,
    pub subscribed_until: Option<Timestamp>,
}

/// Whom a secret belongs to, and what it may be used for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    pub account_id: AccountId,
    pub role: Role,
    pub email: String,
    pub scopes: Vec<Scope>,
}

#[derive(Clone, Debug)]
pub struct NewKey {
    pub key: KeyInfo,
    pub account_id: AccountId,
    pub secret: Digest,
}

/// Something is not good any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revocation {
    pub revocation_id: i64,
    pub account_id: AccountId,
    /// `None`: everything that the account has.
    pub credential: Option<Digest>,
}

/// What a change to an account sets; `None` leaves as it is.
#[derive(Clone, Debug, Default)]
pub struct AccountChange {
    pub password: Option<String>,
    pub role: Option<Role>,
    pub disabled: Option<bool>,
    /// `Some(None)`: without an end.
    pub subscribed_until: Option<Option<Timestamp>>,
    /// Tokens to give; below zero, free ones to take back.
    pub grant: Option<i64>,
    /// What goes on record with it.
    pub record: Vec<NewAudit>,
}

/// Which accounts are listed, by address.
#[derive(Clone, Debug, Default)]
pub struct AccountFilter {
    /// A part of the address, in lower case.
    pub email: Option<String>,
    /// Only addresses after this one.
    pub after: Option<String>,
    pub limit: u32,
}

/// Which entries of the record are listed, newest first.
#[derive(Clone, Copy, Debug, Default)]
pub struct AuditFilter {
    /// About this account.
    pub account_id: Option<AccountId>,
    /// Only entries before this one.
    pub before: Option<i64>,
    pub limit: u32,
}

#[derive(Clone, Debug)]
pub struct NewAudit {
    pub at: Timestamp,
    pub account_id: Option<AccountId>,
    /// Who did it, if it was not the account's owner.
    pub by: Option<AccountId>,
    pub action: &'static str,
    pub detail: String,
    pub address: String,
}

#[async_trait]
pub trait Accounts: Send + Sync + 'static {
    /// # Errors
    /// `Taken` when the address has an account.
    async fn register(&self, new: NewAccount) -> Result<()>;

    async fn account(&self, account_id: AccountId) -> Result<Option<Account>>;

    async fn account_by_email(&self, email: &str) -> Result<Option<Account>>;

    /// With what they own.
    async fn accounts(&self, filter: &AccountFilter) -> Result<Vec<(Account, Tokens)>>;

    /// All of it or nothing. A new password or a disabled account ends all sessions; a disabled account's keys are refused while it is
    /// disabled.
    ///
    /// # Errors
    /// `NotFound`; `LastAdmin` when nobody who is let in would be admin any more; `TooFewTokens` when less is free than is taken back.
    async fn change_account(&self, account_id: AccountId, change: AccountChange, at: Timestamp) -> Result<()>;

    /// Makes everything of a guest the account's: tasks, and the tokens that they hold. What the guest had free stays behind.
    async fn adopt(&self, guest: AccountId, account_id: AccountId, at: Timestamp) -> Result<()>;

    // -- proofs -----------------------------------------------------------------------------------------

    async fn open_session(&self, secret: Digest, account_id: AccountId, at: Timestamp, expires_at: Timestamp) -> Result<()>;

    /// `None` for what is unknown, ended, or an account that is disabled.
    async fn session(&self, secret: Digest, at: Timestamp) -> Result<Option<Proof>>;

    async fn end_session(&self, secret: Digest) -> Result<()>;

    /// Signs out everywhere.
    async fn end_sessions(&self, account_id: AccountId) -> Result<()>;

    /// # Errors
    /// `Limit` beyond [`MAX_KEYS`].
    async fn add_key(&self, new: NewKey) -> Result<()>;

    async fn keys(&self, account_id: AccountId) -> Result<Vec<KeyInfo>>;

    /// # Errors
    /// `NotFound`, also for another account's key.
    async fn revoke_key(&self, account_id: AccountId, key_id: KeyId) -> Result<()>;

    async fn key(&self, secret: Digest, at: Timestamp) -> Result<Option<Proof>>;

    /// Remembers that a key was used; to the minute is enough.
    async fn touch_key(&self, secret: Digest, at: Timestamp) -> Result<()>;

    /// `credential` is what the asker proved itself by: when that is revoked, so is what hangs on the ticket.
    async fn add_ticket(
        &self,
        secret: Digest,
        account_id: AccountId,
        credential: Digest,
        at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<()>;

    /// Whom the ticket was for, and by which credential; it is gone afterwards.
    async fn take_ticket(&self, secret: Digest, at: Timestamp) -> Result<Option<(AccountId, Digest)>>;

    /// In order, at most 1,000.
    async fn revoked_after(&self, revocation_id: i64) -> Result<Vec<Revocation>>;

    /// The newest; 0 when there is none.
    async fn last_revocation(&self) -> Result<i64>;

    // -- tokens -----------------------------------------------------------------------------------------

    /// `None`: the account has no wallet yet.
    async fn tokens(&self, account_id: AccountId) -> Result<Option<Tokens>>;

    /// Gives tokens to anybody, also a guest, or takes free ones back (`amount` below zero).
    ///
    /// # Errors
    /// `TooFewTokens` when less is free.
    async fn grant(&self, account_id: AccountId, amount: i64, at: Timestamp) -> Result<Tokens>;

    /// Newest first.
    async fn postings(&self, account_id: AccountId, limit: u32) -> Result<Vec<Posting>>;

    /// The sum of all postings, and of all wallets less what the postings say: both are zero.
    async fn ledger_error(&self) -> Result<(i64, i64)>;

    // -- the record ---------------------------------------------------------------------------------------

    async fn record(&self, entry: NewAudit) -> Result<()>;

    /// With the addresses of whom they name.
    async fn audit(&self, filter: AuditFilter) -> Result<Vec<AuditEntry>>;
}

/// Most accounts, or entries of the record, that one read returns.
pub const MAX_LISTED: u32 = 1_000;
/// Keys that one account may have.
pub const MAX_KEYS: u32 = 100;
/// What one account may own, so that sums stay far from the end of i64.
pub const MAX_TOKENS: i64 = 1_000_000_000_000_000;
