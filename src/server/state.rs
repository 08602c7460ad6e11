//! What every handler shares: the services of this node.

use std::{ops::Deref, sync::Arc};

use axum::extract::FromRef;
use axum_extra::extract::cookie::Key;
use leptos::config::LeptosOptions;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::{
    clock::Clock,
    config::Settings,
    fetch::Fetcher,
    http::{Admission, security::Site},
    hub::{Hub, Snapshots},
    model::Models,
    queue::{Generators, Queue},
    store::Store,
};

/// Cheap to clone: one pointer.
#[derive(Clone)]
pub struct AppState(Arc<Services>);

pub struct Services {
    pub settings: Settings,
    pub store: Arc<dyn Store>,
    pub hub: Arc<Hub>,
    pub snapshots: Snapshots,
    pub queue: Queue,
    pub generators: Arc<Generators>,
    pub fetcher: Fetcher,
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
    /// Cancelled when the server begins to stop: not ready any more, live connections say goodbye.
    pub soft_stop: CancellationToken,
}

impl AppState {
    pub fn new(services: Services) -> Self {
        Self(Arc::new(services))
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
