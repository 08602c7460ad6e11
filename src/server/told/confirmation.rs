//! Whether an account's address is its own: asking by mail, and following the link. What a mail server says of an address is told
//! nobody, so that registering is no way to find out which addresses exist elsewhere.

use std::net::IpAddr;

use crate::{
    protocol::{Problem, account::MailState, problem::Limited},
    server::{
        accounts::secret,
        random,
        store::{
            StoreError,
            outbox::{Asked, MAX_CONFIRMATIONS_PER_DAY},
        },
        tasks::Caller,
    },
};

impl Caller {
    /// How the account stands with mail; `None` where no mail is sent at all, or to nobody.
    pub async fn mail(&self) -> Result<Option<MailState>, Problem> {
        if self.identity.is_guest() || !self.state.told.has_mail() {
            return Ok(None);
        }
        Ok(Some(self.state.store.mail(self.account_id).await.map_err(of_account)?))
    }

    pub async fn want_mail(&self, wanted: bool, address: IpAddr) -> Result<(), Problem> {
        self.registered()?;
        let mail = self.mail().await?.ok_or_else(no_mail)?;
        if wanted && !mail.confirmed {
            return Err(Problem::conflict("The address is not confirmed: first follow the link in the confirmation mail."));
        }
        self.state.store.want_mail(self.account_id, wanted).await.map_err(of_account)?;
        self.record(if wanted { "mail switched on" } else { "mail switched off" }, String::new(), address).await
    }

    /// Sends the confirmation (again).
    pub async fn ask_confirmation(&self, address: IpAddr) -> Result<(), Problem> {
        self.registered()?;
        let state = &self.state;
        if !state.told.has_mail() {
            return Err(no_mail());
        }
        let at = state.clock.now();
        match state.told.ask_confirmation(self.account_id).await.map_err(of_account)? {
            Asked::Written => self.record("confirmation asked for", String::new(), address).await,
            Asked::Confirmed => Err(Problem::conflict("The address is confirmed already.")),
            Asked::TooSoon { next_at } => Err(too_soon((next_at.ms_since(at) + 999) / 1000)),
        }
    }

    /// The address that the link with this token would confirm.
    pub async fn address_to_confirm(&self, token: &str) -> Result<String, Problem> {
        let found = self.state.store.confirmation(secret::digest(token), self.state.clock.now()).await?;
        found.ok_or_else(no_good)
    }

    /// Whoever has the link may, wherever they are signed in: the mail is read on another device than the one that registered.
    pub async fn confirm(&self, token: &str, address: IpAddr) -> Result<(), Problem> {
        let confirmed = self.state.store.confirm(secret::digest(token), self.state.clock.now()).await?;
        self.record_for(confirmed.ok_or_else(no_good)?, "address confirmed", String::new(), address).await
    }

    /// For an account that was made just now. Registering does not fail with it: it can be asked for again.
    pub(in crate::server) async fn welcome(&self, account_id: crate::protocol::AccountId) {
        if self.state.told.has_mail()
            && let Err(error) = self.state.told.ask_confirmation(account_id).await
        {
            tracing::warn!(%error, "cannot ask for a confirmation");
        }
    }
}

impl super::Told {
    async fn ask_confirmation(&self, account_id: crate::protocol::AccountId) -> Result<Asked, StoreError> {
        let message_id = random::new_task_id(&*self.inner.clock).0;
        let asked = self.inner.store.ask_confirmation(account_id, message_id, self.inner.clock.now()).await?;
        self.wake();
        Ok(asked)
    }
}

fn no_mail() -> Problem {
    Problem::conflict("This server sends no mail. Its operator can set that up in the section `mail` of its settings.")
}

fn no_good() -> Problem {
    let detail = "This link is not good, or not any more: it works once, within a day. Sign in to have another one sent.";
    Problem::new(404, "not-found", "Not found", detail)
}

fn too_soon(seconds: i64) -> Problem {
    let retry_after = u32::try_from(seconds).unwrap_or(1).max(1);
    let wait = match retry_after {
        1 => "1 second".to_owned(),
        seconds @ 2..=120 => format!("{seconds} seconds"),
        seconds @ 121..=7200 => format!("{} minutes", seconds.div_ceil(60)),
        seconds => format!("{} hours", seconds.div_ceil(3600)),
    };
    let detail =
        format!("A confirmation is sent once a minute and {MAX_CONFIRMATIONS_PER_DAY} times a day at most; the next one in {wait}.");
    Problem { limited: Some(Limited { limit: 1, retry_after }), ..Problem::new(429, "too-many-requests", "Too many requests", detail) }
}

fn of_account(error: StoreError) -> Problem {
    match error {
        StoreError::NotFound => Problem::not_found("account"),
        error => error.into(),
    }
}
