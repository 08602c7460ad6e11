//! What a caller may ask for about accounts, whether by page or by REST.

use std::net::IpAddr;

use super::{By, NO_CREDENTIAL, password, secret};
use crate::{
    protocol::{
        AccountId, Problem, Timestamp,
        account::{AuditEntry, FreshKey, KeyId, KeyInfo, Me, Posting, Role, Scope, Tokens},
    },
    server::{
        random,
        state::AppState,
        store::accounts::{AccountChange, AuditFilter, NewAccount, NewAudit, NewKey},
        tasks::Caller,
    },
};

const MAX_EMAIL_CHARS: usize = 254;
const MAX_KEY_NAME_CHARS: usize = 100;
const TICKET_MS: i64 = 30_000;
const DAY_MS: i64 = 24 * 3600 * 1000;

/// A session's secret, for the cookie.
pub struct SignedIn {
    pub secret: String,
    pub account_id: AccountId,
}

/// For a WebSocket client that can send neither cookie nor header: good once, for half a minute.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct Ticket {
    pub ticket: String,
    pub expires_at: Timestamp,
}

impl Caller {
    pub async fn me(&self) -> Result<Me, Problem> {
        let state = &self.state;
        let identity = &self.identity;
        let account = if identity.is_guest() { None } else { state.store.account(identity.account_id).await? };
        let initial = Tokens { free: state.settings.accounts.initial_tokens, held: 0 };
        Ok(Me {
            account_id: identity.account_id,
            guest: identity.is_guest(),
            email: identity.email.clone(),
            role: identity.role,
            tokens: state.store.tokens(identity.account_id).await?.unwrap_or(initial),
            subscribed_until: account.and_then(|account| account.subscribed_until),
        })
    }

    /// Makes an account; what the guest made is its. Signs in.
    pub async fn register(&self, email: &str, password: String, address: IpAddr) -> Result<SignedIn, Problem> {
        let state = &self.state;
        if !state.settings.accounts.registration {
            return Err(Problem::new(403, "registration-closed", "Registration is closed", "Ask whoever runs this server for an account."));
        }
        let email = check_email(email)?;
        password::check(&password, &email)?;
        state.limits.admit_sign_in(address, &email, state.clock.now())?;
        let password = state.passwords.hash(password).await?;
        let at = state.clock.now();
        let account_id = random::new_account_id(&*state.clock);
        state.store.register(NewAccount { account_id, email, password, role: Role::User, at }).await?;
        self.record_for(account_id, "register", String::new(), address).await?;
        self.welcome(account_id).await;
        self.open_session(account_id, at).await
    }

    /// The same answer for a wrong address as for a wrong password, and as slow.
    pub async fn sign_in(&self, email: &str, password: String, address: IpAddr) -> Result<SignedIn, Problem> {
        let state = &self.state;
        let email = email.trim().to_lowercase();
        if password.chars().count() > password::MAX_CHARS || email.chars().count() > MAX_EMAIL_CHARS {
            return Err(wrong());
        }
        state.limits.admit_sign_in(address, &email, state.clock.now())?;
        let account = state.store.account_by_email(&email).await?.filter(|account| account.disabled_at.is_none());
        let fits = state.passwords.fits(password, account.as_ref().map(|account| account.password.clone())).await?;
        let Some(account) = account.filter(|_| fits) else {
            state.store.record(entry(state, None, "sign-in refused", email, address)).await?;
            return Err(wrong());
        };
        self.record_for(account.account_id, "sign-in", String::new(), address).await?;
        self.open_session(account.account_id, state.clock.now()).await
    }

    async fn open_session(&self, account_id: AccountId, at: Timestamp) -> Result<SignedIn, Problem> {
        let state = &self.state;
        if self.identity.by == By::Guest {
            state.store.adopt(self.account_id, account_id, at).await?;
        }
        let secret = secret::new();
        let expires_at = at.plus_ms(i64::from(state.settings.accounts.session_days) * DAY_MS);
        state.store.open_session(secret::digest(&secret), account_id, at, expires_at).await?;
        Ok(SignedIn { secret, account_id })
    }

    pub async fn sign_out(&self, address: IpAddr) -> Result<(), Problem> {
        if let By::Session(digest) = self.identity.by {
            self.state.store.end_session(digest).await?;
            self.state.revoke_now().await;
            self.record("sign-out", String::new(), address).await?;
        }
        Ok(())
    }

    pub async fn sign_out_everywhere(&self, address: IpAddr) -> Result<(), Problem> {
        self.registered()?;
        self.state.store.end_sessions(self.account_id).await?;
        self.state.revoke_now().await;
        self.record("sign-out everywhere", String::new(), address).await
    }

    /// Ends all sessions, this one too.
    pub async fn change_password(&self, old: String, new: String, address: IpAddr) -> Result<(), Problem> {
        self.registered()?;
        let state = &self.state;
        let account = state.store.account(self.account_id).await?.ok_or_else(|| Problem::not_found("account"))?;
        state.limits.admit_sign_in(address, &account.email, state.clock.now())?;
        if !state.passwords.fits(old, Some(account.password)).await? {
            return Err(Problem::invalid("old_password", "This is not the present password."));
        }
        password::check(&new, &account.email)?;
        let change = AccountChange { password: Some(state.passwords.hash(new).await?), ..AccountChange::default() };
        state.store.change_account(self.account_id, change, state.clock.now()).await?;
        state.revoke_now().await;
        self.record("password changed", String::new(), address).await
    }

    pub async fn keys(&self) -> Result<Vec<KeyInfo>, Problem> {
        Ok(self.state.store.keys(self.account_id).await?)
    }

    /// Makes a key. The answer is the only time that it is seen.
    pub async fn add_key(&self, name: &str, scopes: Vec<Scope>, days: Option<u32>, address: IpAddr) -> Result<FreshKey, Problem> {
        self.registered()?;
        let too_long = name.chars().count() > MAX_KEY_NAME_CHARS;
        let name: String = name.trim().chars().filter(|c| !c.is_control()).collect();
        if name.is_empty() {
            return Err(Problem::invalid("name", "Give the key a name, so that you know later what it is for."));
        }
        if too_long {
            return Err(Problem::invalid("name", format!("A key's name has at most {MAX_KEY_NAME_CHARS} characters.")));
        }
        if scopes.is_empty() {
            return Err(Problem::invalid("scopes", "Choose what the key is good for: tasks:read, tasks:write, account."));
        }
        let state = &self.state;
        // No key makes a stronger one.
        for scope in &scopes {
            self.identity.require(*scope)?;
        }
        if scopes.contains(&Scope::Admin) && self.identity.role != Role::Admin {
            return Err(Problem::invalid("scopes", "The scope `admin` is for keys of admins."));
        }
        let at = state.clock.now();
        let key = secret::new_key();
        let info = KeyInfo {
            id: KeyId(random::new_task_id(&*state.clock).0),
            name,
            prefix: secret::shown(&key),
            scopes,
            created_at: at,
            expires_at: days.map(|days| at.plus_ms(i64::from(days) * DAY_MS)),
            last_used_at: None,
        };
        state.store.add_key(NewKey { key: info.clone(), account_id: self.account_id, secret: secret::digest(&key) }).await?;
        self.record("key made", format!("{} ({})", info.name, info.prefix), address).await?;
        Ok(FreshKey { info, key })
    }

    pub async fn revoke_key(&self, key_id: KeyId, address: IpAddr) -> Result<(), Problem> {
        let revoked = self.state.store.revoke_key(self.account_id, key_id).await;
        revoked.map_err(|error| match error {
            crate::server::store::StoreError::NotFound => Problem::not_found("key"),
            error => error.into(),
        })?;
        self.state.revoke_now().await;
        self.record("key revoked", key_id.0.to_string(), address).await
    }

    pub async fn ticket(&self) -> Result<Ticket, Problem> {
        let state = &self.state;
        let (ticket, at) = (secret::new(), state.clock.now());
        let expires_at = at.plus_ms(TICKET_MS);
        let credential = self.identity.credential().unwrap_or(NO_CREDENTIAL);
        state.store.add_ticket(secret::digest(&ticket), self.account_id, credential, at, expires_at).await?;
        Ok(Ticket { ticket, expires_at })
    }

    pub async fn postings(&self) -> Result<Vec<Posting>, Problem> {
        Ok(self.state.store.postings(self.account_id, 100).await?)
    }

    /// What was done with the account. Who an admin is, and from where they did it, is not the account's to know.
    pub async fn record_of_account(&self) -> Result<Vec<AuditEntry>, Problem> {
        let filter = AuditFilter { account_id: Some(self.account_id), before: None, limit: 100 };
        let mut entries = self.state.store.audit(filter).await?;
        for entry in &mut entries {
            (entry.email, entry.by_email) = (None, None);
            if entry.by.is_some_and(|by| by != self.account_id) {
                (entry.by, entry.address) = (None, "an admin".into());
            }
        }
        Ok(entries)
    }

    pub(in crate::server) fn registered(&self) -> Result<(), Problem> {
        if self.identity.is_guest() {
            return Err(Problem::new(403, "guest", "A guest has no account", "Register or sign in first."));
        }
        Ok(())
    }

    pub(in crate::server) async fn record(&self, action: &'static str, detail: String, address: IpAddr) -> Result<(), Problem> {
        self.record_for(self.account_id, action, detail, address).await
    }

    pub(in crate::server) async fn record_for(
        &self,
        account_id: AccountId,
        action: &'static str,
        detail: String,
        address: IpAddr,
    ) -> Result<(), Problem> {
        Ok(self.state.store.record(entry(&self.state, Some(account_id), action, detail, address)).await?)
    }
}

fn entry(state: &AppState, account_id: Option<AccountId>, action: &'static str, detail: String, address: IpAddr) -> NewAudit {
    NewAudit { at: state.clock.now(), account_id, by: None, action, detail, address: address.to_string() }
}

fn wrong() -> Problem {
    Problem::new(401, "wrong-credentials", "This does not fit", "The e-mail address or the password is wrong.")
}

/// In lower case. Only its shape is looked at: whether somebody reads mail there, mail alone can tell.
///
/// # Errors
/// A problem of the field `email`.
pub fn check_email(email: &str) -> Result<String, Problem> {
    let email = email.trim().to_lowercase();
    let shaped = email.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty()
            && host.contains('.')
            && !host.starts_with('.')
            && !host.ends_with('.')
            && !host.contains("..")
            && !host.contains('@')
    });
    let plain = email.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"<>,;:\"()[]\\".contains(c));
    if shaped && plain && email.chars().count() <= MAX_EMAIL_CHARS {
        return Ok(email);
    }
    Err(Problem::invalid("email", "This is no e-mail address such as ada@example.org."))
}

#[cfg(test)]
mod tests {
    use super::check_email;

    #[test]
    fn addresses_are_looked_at_by_shape() {
        for (text, fine) in [
            ("Ada@Example.org", true),
            (" ada+x@mail.example.org ", true),
            ("ada", false),
            ("@example.org", false),
            ("ada@localhost", false),
            ("ada@exa..mple.org", false),
            ("ada@example.org\nBcc: x@example.org", false),
            ("ada <ada@example.org>", false),
            ("", false),
        ] {
            assert_eq!(check_email(text).is_ok(), fine, "{text:?}");
        }
        assert_eq!(check_email(" Ada@Example.org").unwrap(), "ada@example.org");
    }
}
