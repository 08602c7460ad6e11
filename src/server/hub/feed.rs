//! The two connections to Redis: one publishes every event on `project_tasks:{task_id}`, one listens to what other nodes publish there.
//!
//! What is heard is only a hint to read the store, never an event itself: whoever may write to Redis can cause a read and nothing more.
//! Redis may be absent, die, hang or return at any time. Both connections then try again for ever, at most [`MAX_PAUSE_MS`] apart, and
//! the store is asked every [`POLL`] about the tasks that somebody watches here. After an outage a message may be published twice:
//! it is not known what a dead connection delivered. Its `seq` tells.

use std::{
    sync::{Arc, Weak, atomic::Ordering},
    time::Duration,
};

use futures::StreamExt;
use serde::Deserialize;
use tokio::time::{sleep, timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Bus, Hub, bus::Redis};
use crate::{protocol::TaskId, server::random};

/// The channel of a task is this and its id, as document 000 has it.
const CHANNEL: &str = "project_tasks:";
/// How long Redis may take for anything.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often a listening connection is asked whether it lives.
const PING: Duration = Duration::from_secs(1);
/// How often the store is asked, whatever is heard: another node's messages may get lost on *its* way to Redis, and a Redis that hangs
/// is found out later than this.
const POLL: Duration = Duration::from_secs(1);
const FIRST_PAUSE_MS: f64 = 50.0;
const MAX_PAUSE_MS: f64 = 2_000.0;
/// Messages that go to Redis in one round trip.
const BATCH: usize = 128;
/// How long a stopping server waits for the last messages to leave.
const FAREWELL: Duration = Duration::from_secs(1);

/// The running connections of a node; without Redis there are none.
pub struct Feed {
    bus: Bus,
    stop: CancellationToken,
    sessions: TaskTracker,
}

impl Feed {
    pub fn start(hub: &Arc<Hub>) -> Self {
        let (stop, sessions) = (CancellationToken::new(), TaskTracker::new());
        if let Bus::Redis(redis) = &hub.bus {
            let spawn = |work: futures::future::BoxFuture<'static, ()>| {
                let stop = stop.clone();
                sessions.spawn(async move {
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = work => {}
                    }
                })
            };
            spawn(Box::pin(publish(Arc::clone(redis))));
            spawn(Box::pin(listen(Arc::clone(redis), Arc::downgrade(hub))));
            spawn(Box::pin(poll(Arc::downgrade(hub))));
            spawn(Box::pin(refresh(Arc::downgrade(hub))));
        }
        sessions.close();
        Self { bus: hub.bus.clone(), stop, sessions }
    }

    /// Gives the last messages a moment to leave, then hangs up.
    pub async fn stop(self) {
        if let Bus::Redis(redis) = &self.bus {
            let _ = timeout(FAREWELL, async {
                loop {
                    let emptied = redis.outbox.emptied.notified();
                    if redis.outbox.is_empty() {
                        return;
                    }
                    emptied.await;
                }
            })
            .await;
        }
        self.stop.cancel();
        self.sessions.wait().await;
    }
}

async fn publish(redis: Arc<Redis>) {
    let mut outage = Outage::new("publishing to");
    loop {
        let config = redis::AsyncConnectionConfig::new().set_connection_timeout(Some(PATIENCE)).set_response_timeout(Some(PATIENCE));
        let connecting = redis.client.get_multiplexed_async_connection_with_config(&config);
        let mut connection = match in_time(connecting).await {
            Ok(connection) => connection,
            Err(error) => {
                outage.wait(&error).await;
                continue;
            }
        };
        let error = loop {
            let letters = redis.outbox.peek(BATCH);
            if letters.is_empty() {
                redis.outbox.filled.notified().await;
                continue;
            }
            let mut batch = redis::pipe();
            for letter in &letters {
                batch.publish(format!("{CHANNEL}{}", letter.task_id), letter.json.as_str()).ignore();
            }
            match in_time(batch.query_async::<()>(&mut connection)).await {
                Ok(()) => {
                    redis.outbox.acknowledge(&letters);
                    outage.end();
                }
                Err(error) => break error,
            }
        };
        outage.wait(&error).await;
    }
}

async fn listen(redis: Arc<Redis>, hub: Weak<Hub>) {
    let mut outage = Outage::new("listening to");
    loop {
        let error = match subscribe(&redis).await {
            Ok(subscription) => {
                outage.end();
                redis.is_heard.store(true, Ordering::Relaxed);
                // What was published while nobody listened.
                if let Some(hub) = hub.upgrade() {
                    hub.look_at_all();
                }
                let error = hear(subscription, &hub).await;
                redis.is_heard.store(false, Ordering::Relaxed);
                error
            }
            Err(error) => error,
        };
        outage.wait(&error).await;
    }
}

async fn subscribe(redis: &Redis) -> Result<redis::aio::PubSub, String> {
    let mut subscription = in_time(redis.client.get_async_pubsub()).await?;
    in_time(subscription.psubscribe(format!("{CHANNEL}*"))).await?;
    Ok(subscription)
}

/// Until the connection is dead, or answers no ping: a hanging Redis keeps its connections.
async fn hear(subscription: redis::aio::PubSub, hub: &Weak<Hub>) -> String {
    let (mut sink, mut stream) = subscription.split();
    let silence = async {
        loop {
            sleep(PING).await;
            if let Err(error) = in_time(sink.ping::<redis::Value>()).await {
                return error;
            }
        }
    };
    let hearing = async {
        while let Some(message) = stream.next().await {
            let Some(hub) = hub.upgrade() else { break };
            let task_id = message.get_channel_name().strip_prefix(CHANNEL).and_then(|id| id.parse().ok());
            let heard = serde_json::from_slice(message.get_payload_bytes());
            if let (Some(task_id), Ok(Heard { seq, created })) = (task_id, heard) {
                hub.look_at(task_id, seq);
                hub.hint_repeat(created.and_then(|created| created.retry_of));
            }
        }
        "the connection ended".into()
    };
    tokio::select! {
        error = silence => error,
        error = hearing => error,
    }
}

/// What is believed of a message.
#[derive(Deserialize)]
struct Heard {
    seq: u64,
    created: Option<Repeat>,
}

#[derive(Deserialize)]
struct Repeat {
    retry_of: Option<TaskId>,
}

async fn poll(hub: Weak<Hub>) {
    loop {
        sleep(POLL).await;
        let Some(hub) = hub.upgrade() else { return };
        hub.look_at_all();
    }
}

/// Reads what the store has of the tasks that were marked.
async fn refresh(hub: Weak<Hub>) {
    loop {
        let Some(marked) = hub.upgrade().map(|hub| hub.marked()) else { return };
        marked.notified().await;
        let Some(hub) = hub.upgrade() else { return };
        for task_id in hub.take_marks() {
            hub.refresh(task_id).await;
        }
    }
}

async fn in_time<T>(asked: impl Future<Output = redis::RedisResult<T>>) -> Result<T, String> {
    match timeout(PATIENCE, asked).await {
        Ok(Ok(value)) => Ok(value),
        // Its words may hold what was sent, but not the password: that travels in a command of its own.
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("no answer in time".into()),
    }
}

/// One connection's bad time: pauses that grow, and two lines in the log however long it lasts.
struct Outage {
    doing: &'static str,
    failures: i32,
}

impl Outage {
    const fn new(doing: &'static str) -> Self {
        Self { doing, failures: 0 }
    }

    async fn wait(&mut self, error: &str) {
        if self.failures == 0 {
            tracing::warn!(error, "{} Redis failed; nothing is lost, live delivery between nodes is slower meanwhile", self.doing);
        }
        self.failures += 1;
        let longest = (FIRST_PAUSE_MS * 2_f64.powi(self.failures.min(10))).min(MAX_PAUSE_MS);
        sleep(Duration::from_secs_f64(longest * (0.5 + random::fraction() / 2.0) / 1000.0)).await;
    }

    fn end(&mut self) {
        if self.failures > 0 {
            tracing::info!(attempts = self.failures, "{} Redis works again", self.doing);
            self.failures = 0;
        }
    }
}

impl Hub {
    /// Marks a task for a look at the store, if somebody watches it and this node does not know that event yet.
    fn look_at(&self, task_id: TaskId, seq: u64) {
        if self.channel(task_id).is_some_and(|channel| channel.head() < seq) {
            self.mark([task_id]);
        }
    }

    fn look_at_all(&self) {
        self.mark(self.unfinished());
    }
}
