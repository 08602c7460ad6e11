//! What a caller may ask for about webhooks, whether by page or by REST. Registered accounts only: a guest has nowhere to be told.

use std::net::IpAddr;

use super::webhook;
use crate::{
    protocol::{
        Problem,
        webhook::{DeliveryInfo, FreshWebhook, Occasion, WebhookId, WebhookInfo},
    },
    server::{
        random,
        store::{
            StoreError,
            outbox::{NewWebhook, SigningKey},
        },
        tasks::Caller,
    },
};

const MAX_DESCRIPTION_CHARS: usize = 100;
/// How long the secret before goes on signing.
const OVERLAP_MS: i64 = 24 * 3600 * 1000;

impl Caller {
    pub async fn webhooks(&self) -> Result<Vec<WebhookInfo>, Problem> {
        Ok(self.state.store.webhooks(self.account_id).await?)
    }

    /// Makes a webhook. The answer is the only time that its secret is seen.
    pub async fn add_webhook(&self, url: &str, events: Vec<Occasion>, description: &str, address: IpAddr) -> Result<FreshWebhook, Problem> {
        self.registered()?;
        let events: Vec<_> = Occasion::OF_TASKS.into_iter().filter(|event| events.contains(event)).collect();
        if events.is_empty() {
            return Err(Problem::invalid("events", "Choose what to tell: task.completed, task.failed, task.cancelled."));
        }
        if description.chars().count() > MAX_DESCRIPTION_CHARS {
            return Err(Problem::invalid("description", format!("A description has at most {MAX_DESCRIPTION_CHARS} characters.")));
        }
        let description: String = description.trim().chars().filter(|c| !c.is_control()).collect();
        let state = &self.state;
        let url = state.receivers.check_receiver(url).await?;
        let (secret, at) = (SigningKey(random::bytes()), state.clock.now());
        let webhook_id = WebhookId(random::new_task_id(&*state.clock).0);
        let info =
            WebhookInfo { id: webhook_id, url, description, events, created_at: at, disabled_at: None, disabled_why: None, last: None };
        let new = NewWebhook {
            webhook_id,
            account_id: self.account_id,
            url: info.url.clone(),
            secret,
            events: info.events.clone(),
            description: info.description.clone(),
            at,
        };
        state.store.add_webhook(new).await?;
        self.record("webhook made", named(&info), address).await?;
        Ok(FreshWebhook { info, secret: webhook::secret_text(&secret) })
    }

    pub async fn remove_webhook(&self, id: WebhookId, address: IpAddr) -> Result<(), Problem> {
        self.state.store.remove_webhook(self.account_id, id).await.map_err(of_webhook)?;
        self.record("webhook removed", id.0.to_string(), address).await
    }

    /// A new secret; for a day the one before signs too, so that no message is refused while the receiver changes over.
    pub async fn change_webhook_secret(&self, id: WebhookId, address: IpAddr) -> Result<FreshWebhook, Problem> {
        let (state, secret) = (&self.state, SigningKey(random::bytes()));
        let old_until = state.clock.now().plus_ms(OVERLAP_MS);
        state.store.change_secret(self.account_id, id, secret, old_until).await.map_err(of_webhook)?;
        self.record("webhook's secret changed", id.0.to_string(), address).await?;
        let info = self.webhooks().await?.into_iter().find(|info| info.id == id).ok_or_else(|| Problem::not_found("webhook"))?;
        Ok(FreshWebhook { info, secret: webhook::secret_text(&secret) })
    }

    /// Sends a test message. What became of it is among the deliveries; the answer is the id that it has there.
    pub async fn test_webhook(&self, id: WebhookId, address: IpAddr) -> Result<String, Problem> {
        let message_id = random::new_task_id(&*self.state.clock).0;
        self.state.store.ping(self.account_id, id, message_id, self.state.clock.now()).await.map_err(of_webhook)?;
        self.state.told.wake();
        self.record("webhook tested", id.0.to_string(), address).await?;
        Ok(webhook::message_id(message_id))
    }

    pub async fn webhook_deliveries(&self, id: WebhookId) -> Result<Vec<DeliveryInfo>, Problem> {
        self.state.store.deliveries(self.account_id, id).await.map_err(of_webhook)
    }
}

/// For the record. Paths and queries of such addresses are often secrets.
fn named(info: &WebhookInfo) -> String {
    let host = url::Url::parse(&info.url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    format!("{} ({host})", info.id.0)
}

fn of_webhook(error: StoreError) -> Problem {
    match error {
        StoreError::NotFound => Problem::not_found("webhook"),
        error => error.into(),
    }
}
