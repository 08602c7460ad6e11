//! People as clients see them: the account, its keys, its tokens, and what was done with it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{AccountId, TaskId, Timestamp};

words!(
    /// What an account may do besides its own things: an admin looks after everybody's.
    Role { User = "user", Admin = "admin" }
);

words!(
    /// What an API key is good for.
    Scope {
        /// See tasks, their logs, files and downloads.
        Read = "tasks:read",
        /// Start, cancel and retry tasks.
        Write = "tasks:write",
        /// See and change the account and its keys.
        Account = "account",
        /// Look after everybody's accounts: an admin's keys only.
        Admin = "admin",
    }
);

/// Names a key; not its secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct KeyId(pub Uuid);

/// Who is asking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Me {
    pub account_id: AccountId,
    /// Known by its browser only; its tasks go with whatever account it registers or signs in to.
    pub guest: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    pub role: Role,
    pub tokens: Tokens,
    /// Until when prompts are generated for this account; absent without an end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscribed_until: Option<Timestamp>,
}

/// How a registered account stands with mail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct MailState {
    /// Whether somebody has shown to read the mail of the account's address. Until then nothing else is sent there.
    pub confirmed: bool,
    /// Whether a mail is wanted when a task ends.
    pub when_done: bool,
    /// When a confirmation mail was last asked for. What became of it is not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmation_asked_at: Option<Timestamp>,
}

/// A balance: what can be spent, and what running tasks hold. Neither is ever below zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Tokens {
    pub free: i64,
    pub held: i64,
}

/// What a task needs before it is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Price {
    /// Tokens that it holds until it ends.
    pub tokens: u32,
    /// Whether the account's subscription must not have ended.
    pub subscription: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct KeyInfo {
    pub id: KeyId,
    pub name: String,
    /// How the key begins, to tell keys apart.
    pub prefix: String,
    pub scopes: Vec<Scope>,
    pub created_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
}

/// A key as it is given out, once.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct FreshKey {
    #[serde(flatten)]
    pub info: KeyInfo,
    /// `Authorization: Bearer <key>`. Not kept: it cannot be shown again.
    pub key: String,
}

/// One line of the ledger, of one account's point of view.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Posting {
    pub at: Timestamp,
    /// `grant`, `hold`, `capture`, `release` or `move`.
    pub action: String,
    /// `free` or `held`.
    pub book: String,
    pub amount: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_id: Option<TaskId>,
}

/// What was done with an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// Grows with time: for asking for what is older.
    pub id: i64,
    pub at: Timestamp,
    /// With which account; absent where there was none, as when nobody has the address that somebody tried to sign in with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    /// Its address, for admins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The admin who did it; absent where it was the account's owner, or an operator on the command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountId>,
    /// Their address, for admins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_email: Option<String>,
    pub action: String,
    pub detail: String,
    pub address: String,
}

/// Newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct AuditPage {
    pub entries: Vec<AuditEntry>,
    /// Whether there are older ones.
    pub more: bool,
}

/// A registered account as an admin sees it. What it made is nobody else's to see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct AccountInfo {
    pub account_id: AccountId,
    pub email: String,
    pub role: Role,
    pub disabled: bool,
    pub created_at: Timestamp,
    /// Absent without an end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscribed_until: Option<Timestamp>,
    pub tokens: Tokens,
}

/// By address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct AccountPage {
    pub accounts: Vec<AccountInfo>,
    /// Whether there are further ones.
    pub more: bool,
}
