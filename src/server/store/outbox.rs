//! The contract for being told: webhooks, the wish for mail, and the messages that wait to be delivered.
//!
//! Guarantees, held by every implementation and checked by the conformance suite: the messages about a task are written by the
//! transaction that ends it, one for each webhook that asks for it and one for an account that wants mail and whose address is
//! confirmed, and none for anybody else; an address that is not confirmed gets mails that ask for that, few of them, and no others; a
//! message is sent by one sender at a time, and each target gets one at a time; an attempt counts when it begins, so that
//! a sender that dies has used it up; whoever's attempt is over changes nothing. Another account's webhook does not exist.

use async_trait::async_trait;
use std::fmt;
use uuid::Uuid;

use super::{Result, accounts::Digest};
use crate::protocol::{
    AccountId, TaskId, Timestamp,
    account::MailState,
    webhook::{DeliveryInfo, Occasion, WebhookId, WebhookInfo},
};

/// Webhooks that one account may have.
pub const MAX_WEBHOOKS: u32 = 20;
/// Messages that may wait for one webhook; what happens beyond that is not told there.
pub const MAX_WAITING: u32 = 1_000;
/// Mails that one account gets in an hour.
pub const MAX_MAILS_PER_HOUR: u32 = 30;
/// Confirmations that one account may ask for, and the time between two of them: the address may be somebody else's.
pub const MAX_CONFIRMATIONS_PER_DAY: u32 = 5;
pub const CONFIRMATION_PAUSE_MS: i64 = 60_000;
/// Most that is kept of what an attempt was answered with.
pub const MAX_ERROR_CHARS: usize = 300;

/// What signs a webhook's messages. Stored as it is, because a digest could not sign; it does not print.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SigningKey(pub [u8; 24]);

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(***)")
    }
}

#[derive(Clone, Debug)]
pub struct NewWebhook {
    pub webhook_id: WebhookId,
    pub account_id: AccountId,
    pub url: String,
    pub secret: SigningKey,
    pub events: Vec<Occasion>,
    pub description: String,
    pub at: Timestamp,
}

/// The right to send a message, as long as no later attempt began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeliveryLease {
    pub delivery_id: i64,
    pub attempt: u32,
}

/// A message that is to be sent now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    pub lease: DeliveryLease,
    pub account_id: AccountId,
    pub occasion: Occasion,
    pub message_id: Uuid,
    pub task_id: Option<TaskId>,
    pub created_at: Timestamp,
    pub target: Target,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Webhook {
        webhook_id: WebhookId,
        url: String,
        /// The present one first, then the one before while it is good.
        secrets: Vec<SigningKey>,
    },
    Mail {
        email: String,
    },
    /// Asks whether somebody reads mail there. About no task; its occasion is a `Ping`.
    Confirmation {
        email: String,
    },
    /// There is nobody to tell any more: the account is disabled, or does not want it now.
    Nobody,
}

/// What becomes of asking for a confirmation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Written,
    TooSoon {
        next_at: Timestamp,
    },
    /// There is nothing to ask.
    Confirmed,
}

/// A link that is about to be sent.
#[derive(Clone, Debug)]
pub struct NewConfirmation {
    pub secret: Digest,
    pub account_id: AccountId,
    /// Where it is sent; worth nothing for another address of the account.
    pub email: String,
    pub at: Timestamp,
    pub expires_at: Timestamp,
}

/// What an attempt came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    pub status: Option<u16>,
    /// Why it did not arrive, in words for the webhook's owner.
    pub error: Option<String>,
}

/// How an attempt ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// A test that arrives puts a disabled webhook back to work.
    Arrived,
    Again {
        at: Timestamp,
    },
    /// For good. A webhook where nothing has arrived since `disable_before` is disabled.
    GivenUp {
        disable_before: Timestamp,
    },
    /// The receiver does not want any more: the webhook is disabled.
    Gone,
}

#[async_trait]
pub trait Outbox: Send + Sync + 'static {
    /// # Errors
    /// `Limit` beyond [`MAX_WEBHOOKS`].
    async fn add_webhook(&self, new: NewWebhook) -> Result<()>;

    /// Newest first.
    async fn webhooks(&self, account_id: AccountId) -> Result<Vec<WebhookInfo>>;

    /// Takes its messages along.
    ///
    /// # Errors
    /// `NotFound`, also for another account's.
    async fn remove_webhook(&self, account_id: AccountId, webhook_id: WebhookId) -> Result<()>;

    /// The secret before goes on signing beside it until `old_until`.
    ///
    /// # Errors
    /// `NotFound`.
    async fn change_secret(&self, account_id: AccountId, webhook_id: WebhookId, secret: SigningKey, old_until: Timestamp) -> Result<()>;

    /// Writes a test message.
    ///
    /// # Errors
    /// `NotFound`; `Limit` while one waits.
    async fn ping(&self, account_id: AccountId, webhook_id: WebhookId, message_id: Uuid, at: Timestamp) -> Result<()>;

    /// Newest first, at most 50.
    ///
    /// # Errors
    /// `NotFound`.
    async fn deliveries(&self, account_id: AccountId, webhook_id: WebhookId) -> Result<Vec<DeliveryInfo>>;

    /// # Errors
    /// `NotFound`, also for a guest.
    async fn mail(&self, account_id: AccountId) -> Result<MailState>;

    /// # Errors
    /// `NotFound`.
    async fn want_mail(&self, account_id: AccountId, wanted: bool) -> Result<()>;

    /// Writes a mail that asks whether the account's address is its own.
    ///
    /// # Errors
    /// `NotFound`.
    async fn ask_confirmation(&self, account_id: AccountId, message_id: Uuid, at: Timestamp) -> Result<Asked>;

    /// The address that a link would confirm; `None` for what is unknown, too old, used, or for an address that its account has no more.
    async fn confirmation(&self, secret: Digest, at: Timestamp) -> Result<Option<String>>;

    /// Confirms the address; no link of the account is good afterwards. `None` as above.
    async fn confirm(&self, secret: Digest, at: Timestamp) -> Result<Option<AccountId>>;

    // -- the sender -------------------------------------------------------------------------------------

    /// Takes messages that are due, at most `limit`, of each target the oldest and only when none of it is being sent.
    async fn claim_deliveries(&self, at: Timestamp, lease_ms: i64, limit: u32) -> Result<Vec<Due>>;

    /// A link goes out: each attempt to send a confirmation has its own, and those before stay good.
    async fn add_confirmation(&self, new: NewConfirmation) -> Result<()>;

    /// # Errors
    /// `StaleAttempt`.
    async fn end_delivery(&self, lease: DeliveryLease, at: Timestamp, answer: Answer, fate: Fate) -> Result<()>;

    /// Makes due what is being sent: for the start of the only process that may have this database.
    async fn free_deliveries(&self, at: Timestamp) -> Result<u64>;

    /// Forgets messages that ended before, at most 1,000. Returns how many.
    async fn forget_deliveries(&self, before: Timestamp) -> Result<u64>;
}
