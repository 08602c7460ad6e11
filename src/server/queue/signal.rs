//! Tells one running task to stop, and why. The first reason stays.

use std::sync::{Arc, OnceLock};

use tokio_util::sync::CancellationToken;

use crate::server::generate::Stop;

#[derive(Clone, Debug, Default)]
pub struct Signal {
    reason: Arc<OnceLock<Stop>>,
    token: CancellationToken,
}

impl Signal {
    pub fn stop(&self, reason: Stop) {
        let _ = self.reason.set(reason);
        self.token.cancel();
    }

    pub fn reason(&self) -> Option<Stop> {
        self.reason.get().copied()
    }

    /// # Errors
    /// The reason, once there is one.
    pub fn check(&self) -> Result<(), Stop> {
        self.reason().map_or(Ok(()), Err)
    }

    /// # Cancel safety
    /// Cancel safe.
    pub async fn stopped(&self) -> Stop {
        self.token.cancelled().await;
        // `stop` sets the reason before it cancels.
        self.reason().unwrap_or(Stop::Shutdown)
    }
}
