//! Tells people that a task has ended: by webhooks and by mail.
//!
//! The messages are in the store ([`Outbox`](super::store::Outbox)), written by the transaction that ended the task; this sends them. At least once:
//! a sender that dies between sending and saying so sends again, and the receiver knows the message by its id. Each
//! target gets one message at a time, so that a slow one holds up its own only. What is shown on a page that is open is not its business.
//!
//! Reading order: this file (the sender), [`schedule`] (when again), [`webhook`] (what is sent and how it is signed), [`mail`] (what is
//! written) and [`relay`] (the way to the mail server), [`use_cases`] and [`confirmation`] (what a caller may ask for).

mod confirmation;
pub mod mail;
pub mod relay;
mod schedule;
mod use_cases;
mod webhook;

use std::{sync::Arc, time::Duration};

use tokio::sync::{Notify, Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

pub use self::schedule::Schedule;
use self::{
    mail::{Envelope, Mailer},
    schedule::Came,
};
use super::{
    accounts::secret,
    clock::Clock,
    fetch::Fetcher,
    random,
    store::{
        Store, StoreError,
        outbox::{Answer, Due, Fate, NewConfirmation, Target},
    },
};
use crate::protocol::{TaskId, TaskSummary, webhook::Occasion};

/// Messages that are sent at once.
const PARALLEL: usize = 8;
/// How long a receiver of a webhook may take.
pub const TIMEOUT_MS: u64 = 15_000;
/// Longer than any attempt takes.
const LEASE_MS: i64 = 90_000;
/// How long what became of a message can be seen.
const KEPT_MS: i64 = 30 * 24 * 3600 * 1000;
const FORGET_EVERY_MS: i64 = 3600 * 1000;
/// How long a link in a confirmation mail is good.
const CONFIRMATION_MS: i64 = 24 * 3600 * 1000;
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(1);

pub struct ToldOptions {
    pub schedule: Schedule,
    /// How long it sleeps at most: what another node wrote is found then, and what waits for its next attempt.
    pub poll: Duration,
    /// How long an attempt may go on when the server stops.
    pub stop_grace: Duration,
    /// Where people reach this server, without a slash at the end.
    pub public_url: String,
}

/// The sender of this node: a handle that is cheap to clone.
#[derive(Clone)]
pub struct Told {
    inner: Arc<Inner>,
}

struct Inner {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    fetcher: Fetcher,
    mailer: Option<Mailer>,
    options: ToldOptions,
    wake: Arc<Notify>,
    sessions: TaskTracker,
}

impl Told {
    /// `fetcher` judges where webhooks lead; `wake` is rung whenever something may be to be sent, as when a task ends here.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        fetcher: Fetcher,
        mailer: Option<Mailer>,
        wake: Arc<Notify>,
        options: ToldOptions,
    ) -> Self {
        Self { inner: Arc::new(Inner { store, clock, fetcher, mailer, options, wake, sessions: TaskTracker::new() }) }
    }

    /// `soft` stops claiming and gives what is under way its grace; `hard` ends it.
    pub fn start(&self, soft: &CancellationToken, hard: &CancellationToken) {
        self.inner.sessions.spawn(run(Arc::clone(&self.inner), soft.clone(), hard.clone()));
        self.inner.sessions.close();
    }

    /// Waits until nothing is being sent any more.
    pub async fn stopped(&self) {
        self.inner.sessions.wait().await;
    }

    /// A message was written.
    pub fn wake(&self) {
        self.inner.wake.notify_one();
    }

    pub fn has_mail(&self) -> bool {
        self.inner.mailer.is_some()
    }
}

async fn run(told: Arc<Inner>, soft: CancellationToken, hard: CancellationToken) {
    let turns = Arc::new(Semaphore::new(PARALLEL));
    let mut forget_at = told.clock.now();
    while !soft.is_cancelled() {
        let now = told.clock.now();
        if forget_at <= now {
            forget_at = now.plus_ms(FORGET_EVERY_MS);
            if let Err(error) = told.store.forget_deliveries(now.plus_ms(-KEPT_MS)).await {
                tracing::warn!(%error, "cannot forget old messages");
            }
        }
        let free = u32::try_from(turns.available_permits()).unwrap_or(0);
        let claimed = if free == 0 { Ok(Vec::new()) } else { told.store.claim_deliveries(now, LEASE_MS, free).await };
        let pause = match claimed {
            Ok(due) => {
                for due in due {
                    // There are as many as were free, and nobody else takes any.
                    let turn = Arc::clone(&turns).try_acquire_owned().ok();
                    let (told, soft, hard) = (Arc::clone(&told), soft.clone(), hard.clone());
                    let sender = Arc::clone(&told);
                    told.sessions.spawn(async move {
                        tokio::select! {
                            () = sender.deliver(due) => {}
                            () = out_of_time(&sender, &soft, &hard) => {}
                        }
                        drop(turn);
                        // The next one of this target may go.
                        sender.wake.notify_one();
                    });
                }
                told.options.poll
            }
            Err(error) => {
                tracing::error!(%error, "cannot look for messages to send");
                PAUSE_AFTER_ERROR
            }
        };
        tokio::select! {
            () = soft.cancelled() => {}
            () = told.wake.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

async fn out_of_time(told: &Inner, soft: &CancellationToken, hard: &CancellationToken) {
    soft.cancelled().await;
    tokio::select! {
        () = tokio::time::sleep(told.options.stop_grace) => {}
        () = hard.cancelled() => {}
    }
}

impl Inner {
    async fn deliver(&self, due: Due) {
        let (answer, came) = match self.attempt(&due).await {
            Ok(attempt) => attempt,
            Err(error) => {
                // Its lease runs out, and then it is tried again.
                tracing::error!(%error, delivery = due.lease.delivery_id, "cannot read what a message is about");
                return;
            }
        };
        let at = self.clock.now();
        let is_test = due.occasion == Occasion::Ping && matches!(due.target, Target::Webhook { .. });
        let fate = self.options.schedule.decide(is_test, due.lease.attempt, came, at, random::fraction());
        // No address and no text of the receiver: both may hold secrets.
        tracing::debug!(delivery = due.lease.delivery_id, attempt = due.lease.attempt, status = answer.status, ?fate, "told");
        if let Fate::GivenUp { .. } | Fate::Gone = fate {
            tracing::info!(delivery = due.lease.delivery_id, task = ?due.task_id, status = answer.status, "a message did not arrive");
        }
        match self.store.end_delivery(due.lease, at, answer, fate).await {
            // The webhook was removed meanwhile, or another attempt began.
            Ok(()) | Err(StoreError::StaleAttempt) => {}
            Err(error) => tracing::error!(%error, delivery = due.lease.delivery_id, "cannot write down what became of a message"),
        }
    }

    async fn attempt(&self, due: &Due) -> Result<(Answer, Came), StoreError> {
        let task = match due.task_id {
            Some(task_id) => match self.store.summary(due.account_id, task_id).await {
                Ok(task) => Some(task),
                // It would be as damaged next time.
                Err(StoreError::NotFound | StoreError::Damaged(_)) => {
                    return Ok((Answer { status: None, error: Some("The task cannot be read.".into()) }, Came::Refused));
                }
                Err(error) => return Err(error),
            },
            None => None,
        };
        Ok(match &due.target {
            Target::Webhook { webhook_id, url, secrets } => {
                let body = match &task {
                    Some(task) => webhook::task_body(due.occasion, due.created_at, task, self.task_url(task.task_id)),
                    None => webhook::test_body(due.created_at, *webhook_id),
                };
                let now = self.clock.now();
                let headers = webhook::headers(due.message_id, now, &body, secrets);
                match self.fetcher.post(url, headers, body, now).await {
                    Ok(answered) => {
                        let error =
                            (!(200..300).contains(&answered.status)).then(|| format!("It answered with status {}.", answered.status));
                        let came = Came::Status { status: answered.status, retry_after: answered.retry_after };
                        (Answer { status: Some(answered.status), error }, came)
                    }
                    Err(why) => (Answer { status: None, error: Some(why) }, Came::Nothing),
                }
            }
            Target::Mail { email } => self.tell(email, due, task.as_ref()).await,
            Target::Confirmation { email } => self.ask(email, due).await?,
            Target::Nobody => (Answer { status: None, error: Some("Nobody wants to be told any more.".into()) }, Came::Refused),
        })
    }

    async fn tell(&self, email: &str, due: &Due, task: Option<&TaskSummary>) -> (Answer, Came) {
        let (Some(mailer), Some(task)) = (&self.mailer, task) else { return no_mail() };
        let message_id = webhook::message_id(due.message_id);
        mailer.tell(Envelope { to: email, message_id: &message_id, at: due.created_at }, task).await
    }

    /// Only the mail has the link: here it is made, and what is stored cannot be followed.
    async fn ask(&self, email: &str, due: &Due) -> Result<(Answer, Came), StoreError> {
        let Some(mailer) = &self.mailer else { return Ok(no_mail()) };
        let (token, at, message_id) = (secret::new(), self.clock.now(), webhook::message_id(due.message_id));
        let new = NewConfirmation {
            secret: secret::digest(&token),
            account_id: due.account_id,
            email: email.to_owned(),
            at,
            expires_at: at.plus_ms(CONFIRMATION_MS),
        };
        self.store.add_confirmation(new).await?;
        Ok(mailer.ask(Envelope { to: email, message_id: &message_id, at: due.created_at }, &token).await)
    }

    fn task_url(&self, task_id: TaskId) -> String {
        format!("{}/tasks/{task_id}", self.options.public_url)
    }
}

fn no_mail() -> (Answer, Came) {
    (Answer { status: None, error: Some("Mail is not set up.".into()) }, Came::Refused)
}
