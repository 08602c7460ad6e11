//! The contract for being told, method by method: writes by the one writer, reads by the pool.

use async_trait::async_trait;
use uuid::Uuid;

use super::{SqliteStore, deliveries, webhooks};
use crate::protocol::{
    AccountId, Timestamp,
    webhook::{DeliveryInfo, WebhookId, WebhookInfo},
};
use crate::server::store::{
    Result,
    outbox::{Answer, DeliveryLease, Due, Fate, NewWebhook, Outbox, SigningKey},
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

    async fn wants_mail(&self, account_id: AccountId) -> Result<bool> {
        webhooks::wants_mail(&self.readers, account_id).await
    }

    async fn want_mail(&self, account_id: AccountId, wanted: bool) -> Result<()> {
        self.writer.write(move |db| Box::pin(webhooks::want_mail(db, account_id, wanted))).await
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
