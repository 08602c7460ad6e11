//! People: who is asking, how that is proved, and what somebody may do with an account.
//!
//! A browser begins as a guest: its signed cookie holds an account's id and nothing is stored. Registering and signing in make a
//! session, and what the guest made comes along. Programs prove themselves by an API key. Secrets have 256 random
//! bits; the store knows their SHA-256 only. Every change is on record.
//!
//! Reading order: this file (identities), [`use_cases`] (what a caller may ask for), [`steward`] (what admins and operators may), [`password`], [`secret`].

pub mod password;
pub mod secret;
pub mod steward;
mod use_cases;

pub use use_cases::{SignedIn, Ticket, check_email};

use std::{collections::HashMap, sync::Mutex};

use crate::protocol::{
    AccountId, Problem, Timestamp,
    account::{Role, Scope},
};

use super::store::accounts::{Digest, Proof};

/// How somebody proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Guest,
    Session(Digest),
    Key(Digest),
    /// With the credential that the ticket was asked for with.
    Ticket(Digest),
}

/// A guest's, where a credential has to be named.
pub const NO_CREDENTIAL: Digest = [0; 32];

/// Who is asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub account_id: AccountId,
    /// A guest has none.
    pub email: Option<String>,
    pub role: Role,
    pub by: By,
    pub scopes: Vec<Scope>,
    /// Links to others' projects that came along: each lets watch one project, if it is good at all.
    pub shares: Vec<Digest>,
}

impl Identity {
    pub fn guest(account_id: AccountId) -> Self {
        Self { account_id, email: None, role: Role::User, by: By::Guest, scopes: Scope::ALL.to_vec(), shares: Vec::new() }
    }

    pub fn proved(proof: Proof, by: By) -> Self {
        Self { account_id: proof.account_id, email: Some(proof.email), role: proof.role, by, scopes: proof.scopes, shares: Vec::new() }
    }

    /// What is revoked when this proof is.
    pub fn credential(&self) -> Option<Digest> {
        match self.by {
            By::Guest => None,
            By::Session(digest) | By::Key(digest) | By::Ticket(digest) => Some(digest),
        }
    }

    pub fn is_guest(&self) -> bool {
        self.email.is_none()
    }

    /// # Errors
    /// 403 that names the scope.
    pub fn require(&self, scope: Scope) -> Result<(), Problem> {
        if self.scopes.contains(&scope) {
            return Ok(());
        }
        Err(Problem::new(403, "scope", "The API key is not good for this", format!("A key with the scope `{scope}` is needed.")))
    }
}

/// When each key's use was last written down.
#[derive(Default)]
pub struct KeyUses(Mutex<HashMap<Digest, Timestamp>>);

const KEY_USE_MS: i64 = 60_000;
const MAX_REMEMBERED: usize = 10_000;

impl KeyUses {
    /// Whether a key's use is worth writing down now.
    pub fn is_news(&self, key: Digest, at: Timestamp) -> bool {
        let mut uses = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if uses.get(&key).is_some_and(|last| at.ms_since(*last) < KEY_USE_MS) {
            return false;
        }
        if uses.len() >= MAX_REMEMBERED {
            uses.clear();
        }
        uses.insert(key, at);
        true
    }
}
