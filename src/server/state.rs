//! What every handler shares: the services of this node.

use std::{ops::Deref, sync::Arc};

use axum::extract::FromRef;
use axum_extra::extract::cookie::Key;
use leptos::config::LeptosOptions;
use tokio::sync::{Mutex, Semaphore};
use tokio_util::sync::CancellationToken;

use super::{
    accounts::{KeyUses, NO_CREDENTIAL, password::Passwords},
    clock::Clock,
    config::Settings,
    fetch::Fetcher,
    http::{Admission, security::Site},
    hub::{Hub, Rooms, Snapshots},
    limits::Limits,
    model::Models,
    queue::{Generators, Queue},
    store::{Store, accounts::Digest},
    told::Told,
};
use crate::protocol::Problem;

/// Cheap to clone: one pointer.
#[derive(Clone)]
pub struct AppState(Arc<Services>);

pub struct Services {
    pub settings: Settings,
    pub store: Arc<dyn Store>,
    pub hub: Arc<Hub>,
    pub snapshots: Snapshots,
    /// Who is in which project's room.
    pub rooms: Rooms,
    pub queue: Queue,
    pub generators: Arc<Generators>,
    pub fetcher: Fetcher,
    /// Judges where webhooks lead.
    pub receivers: Fetcher,
    pub told: Told,
    /// The language models that may help; without any, every question ends at the built-in generators.
    pub models: Arc<Models>,
    pub clock: Arc<dyn Clock>,
    pub leptos: LeptosOptions,
    /// Signs the session cookie; kept in the store, so that it outlives the process.
    pub cookie_key: Key,
    /// Which pages may act in somebody's name.
    pub site: Arc<Site>,
    /// Live connections that may be open at once.
    pub admission: Admission,
    /// Descriptions that are looked at at once: parsing is bounded, but it is CPU.
    pub inspections: Semaphore,
    pub passwords: Passwords,
    pub key_uses: KeyUses,
    /// How often somebody may ask.
    pub limits: Limits,
    /// The last revocation that this process has carried out.
    pub revoked: Mutex<i64>,
    /// Cancelled when the server begins to stop: not ready any more, live connections say goodbye.
    pub soft_stop: CancellationToken,
}

impl AppState {
    pub fn new(services: Services) -> Self {
        Self(Arc::new(services))
    }

    /// Whether what somebody proved themselves by is still good. To be asked once more after a live connection was admitted: what was
    /// revoked between the proof and the admission found nothing to end.
    pub async fn is_good(&self, credential: Option<Digest>) -> Result<bool, Problem> {
        // A guest has none, nor has a ticket that a guest asked for.
        let Some(credential) = credential.filter(|credential| *credential != NO_CREDENTIAL) else { return Ok(true) };
        let at = self.clock.now();
        Ok(self.store.session(credential, at).await?.is_some() || self.store.key(credential, at).await?.is_some())
    }

    /// Ends the live connections of whatever was revoked since the last call, here or by another process, and of links that have expired.
    pub async fn revoke_now(&self) {
        self.admission.expire(self.clock.now());
        let mut last = self.revoked.lock().await;
        match self.store.revoked_after(*last).await {
            Ok(revoked) => {
                for revocation in revoked {
                    self.admission.revoke(&revocation);
                    *last = revocation.revocation_id;
                }
            }
            Err(error) => tracing::warn!(%error, "cannot read what was revoked"),
        }
    }
}

impl Deref for AppState {
    type Target = Services;
    fn deref(&self) -> &Services {
        &self.0
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}

impl FromRef<AppState> for Key {
    fn from_ref(state: &AppState) -> Self {
        state.cookie_key.clone()
    }
}
