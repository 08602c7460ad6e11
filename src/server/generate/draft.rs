//! What a model has said so far, shown while it goes on: a file grows in the task, about once a second.
//!
//! Not a piece at a time: a model says a hundred in a second, and each would be a commit. The listener only collects; whoever shows it
//! runs beside the question, so that a slow disk does not slow the reading. A draft is void when its model is left for the next one, and
//! replaced by the checked result at the end; of a cancelled task it is what had come.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::protocol::Level;
use crate::server::{
    generate::{StageContext, Stop},
    model::{Ask, Cancelled, Listener, ModelName, Models, Outcome, Try, chain::Check},
};

const EVERY: Duration = Duration::from_millis(800);
/// Of a longer answer the beginning is shown: each draft is kept until the task is deleted.
const MAX_SHOWN_BYTES: usize = 64 * 1024;
struct Draft<'c> {
    context: &'c dyn StageContext,
    /// The file that grows.
    path: &'c str,
    /// The text, and how much of it was shown.
    text: Mutex<(String, usize)>,
}

/// Asks the models and shows what comes, as the file `path`.
///
/// # Errors
/// When the stage is to stop.
pub async fn ask(models: &Models, ask: &Ask, check: &Check<'_>, context: &dyn StageContext, path: &str) -> Result<Outcome, Stop> {
    let draft = Draft { context, path, text: Mutex::default() };
    let over = CancellationToken::new();
    let asked = async {
        let outcome = models.ask(ask, check, &draft).await;
        over.cancel();
        outcome
    };
    // Not dropped in the middle of a write: both are waited for.
    let (outcome, shown) = tokio::join!(asked, draft.show(&over));
    shown.map(|()| outcome)
}

impl Draft<'_> {
    async fn show(&self, over: &CancellationToken) -> Result<(), Stop> {
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while over.run_until_cancelled(ticks.tick()).await.is_some() {
            let news = {
                let mut text = self.text();
                let fresh = text.0.len() != text.1 && text.0.len() <= MAX_SHOWN_BYTES;
                text.1 = text.0.len();
                fresh.then(|| text.0.clone().into_bytes())
            };
            if let Some(news) = news.filter(|_| !self.context.is_stopped()) {
                self.context.file(self.path, news).await?;
            }
        }
        Ok(())
    }

    fn text(&self) -> MutexGuard<'_, (String, usize)> {
        self.text.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Listener for Draft<'_> {
    // Said before, so that a task that is cancelled meanwhile tells whom it had asked.
    async fn asked(&self, model: &ModelName) -> Result<(), Cancelled> {
        self.context.log(Level::Info, format!("Asking {model}")).await.map_err(|_| Cancelled)
    }

    async fn piece(&self, text: &str) -> Result<(), Cancelled> {
        if self.context.is_stopped() {
            return Err(Cancelled);
        }
        self.text().0.push_str(text);
        Ok(())
    }

    async fn left(&self, _: &Try) -> Result<(), Cancelled> {
        *self.text() = (String::new(), 0);
        Ok(())
    }

    async fn cancelled(&self) {
        self.context.stopped().await;
    }
}
