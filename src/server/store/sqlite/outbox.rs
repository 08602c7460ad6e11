//! The contract for being told, method by method: writes by the one writer, reads by the pool.

use async_trait::async_trait;
use uuid::Uuid;

use super::{SqliteStore, confirmation, deliveries, webhooks};
use crate::protocol::{
    AccountId, Timestamp,
    account::MailState,
    webhook::{DeliveryInfo, WebhookId, WebhookInfo},
};
use crate::server::store::{
    Result,
    accounts::Digest,
    outbox::{Answer, Asked, DeliveryLease, Due, Fate, NewConfirmation, NewWebhook, Outbox, SigningKey},
};

#[async_trait]
impl Outbox for SqliteStore {
    async fn add_webhook(&self, new: NewWebhook) -> Result<()> {
        self.writer.write(move |db| Box::pin(webhooks::add(db, new))).await
    }

    async fn webhooks(&self, account_id: AccountId) -> Result<Vec<WebhookInfo>> {
        webhooks::every(&self.readers, account_id).await
    }

    async fn remove_webhook(&self, account_id: AccountId, webhook_id: WebhookId) -> Result<()> {
        self.writer.write(move |db| Box::pin(webhooks::remove(db, account_id, webhook_id))).await
    }

    async fn change_secret(&self, account_id: AccountId, webhook_id: WebhookId, secret: SigningKey, old_until: Timestamp) -> Result<()> {
        self.writer.write(move |db| Box::pin(webhooks::change_secret(db, account_id, webhook_id, secret, old_until))).await
    }

    async fn ping(&self, account_id: AccountId, webhook_id: WebhookId, message_id: Uuid, at: Timestamp) -> Result<()> {
        self.writer.write(move |db| Box::pin(webhooks::ping(db, account_id, webhook_id, message_id, at))).await
    }

    async fn deliveries(&self, account_id: AccountId, webhook_id: WebhookId) -> Result<Vec<DeliveryInfo>> {
        webhooks::deliveries(&self.readers, account_id, webhook_id).await
    }

    async fn mail(&self, account_id: AccountId) -> Result<MailState> {
        confirmation::state(&self.readers, account_id).await
    }

    async fn want_mail(&self, account_id: AccountId, wanted: bool) -> Result<()> {
        self.writer.write(move |db| Box::pin(webhooks::want_mail(db, account_id, wanted))).await
    }

    async fn ask_confirmation(&self, account_id: AccountId, message_id: Uuid, at: Timestamp) -> Result<Asked> {
        self.writer.write(move |db| Box::pin(confirmation::ask(db, account_id, message_id, at))).await
    }

    async fn confirmation(&self, secret: Digest, at: Timestamp) -> Result<Option<String>> {
        confirmation::find(&self.readers, secret, at).await
    }

    async fn confirm(&self, secret: Digest, at: Timestamp) -> Result<Option<AccountId>> {
        self.writer.write(move |db| Box::pin(confirmation::confirm(db, secret, at))).await
    }

    async fn add_confirmation(&self, new: NewConfirmation) -> Result<()> {
        self.writer.write(move |db| Box::pin(confirmation::add(db, new))).await
    }

    async fn claim_deliveries(&self, at: Timestamp, lease_ms: i64, limit: u32) -> Result<Vec<Due>> {
        if !deliveries::is_any_due(&self.readers, at).await? {
            return Ok(Vec::new());
        }
        self.writer.write(move |db| Box::pin(deliveries::claim(db, at, lease_ms, limit))).await
    }

    async fn end_delivery(&self, lease: DeliveryLease, at: Timestamp, answer: Answer, fate: Fate) -> Result<()> {
        self.writer.write(move |db| Box::pin(deliveries::end(db, lease, at, answer, fate))).await
    }

    async fn free_deliveries(&self, at: Timestamp) -> Result<u64> {
        self.writer.write(move |db| Box::pin(deliveries::free(db, at))).await
    }

    async fn forget_deliveries(&self, before: Timestamp) -> Result<u64> {
        self.writer.write(move |db| Box::pin(deliveries::forget(db, before))).await
    }
}
