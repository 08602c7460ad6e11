//! From settings to a running server and back: build → port → run until stopped.
//!
//! Stopping has two steps. Soft: not ready any more, nothing new is claimed, running tasks hand their leases back at their next
//! report, live connections are told to reconnect. Hard, after a deadline: whatever still runs is dropped; its lease
//! runs out and it is rescued.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use axum_extra::extract::cookie::Key;
use leptos::config::LeptosOptions;
use tokio::{
    net::TcpListener,
    sync::{Mutex, Semaphore},
};
use tokio_util::sync::CancellationToken;

use super::{
    accounts::{KeyUses, password::Passwords},
    clock::{Clock, SystemClock},
    config::{ProjectSettings, SandboxUse, Settings},
    fetch::{FetchSettings, Fetcher, Resolve, SystemResolver},
    generate::{
        Generator,
        project::{
            Project,
            verify::{Policy, Workshop},
        },
        prompt::Prompt,
        test_suite::TestSuite,
    },
    http::{self, Admission, security::Site},
    hub::{Bus, Feed, Hub, Rooms, Snapshots},
    limits::Limits,
    model::Models,
    queue::{Generators, Queue, QueueOptions, RetryPolicy},
    random,
    run::{Runner, held},
    state::{AppState, Services},
    store::{
        Store,
        sqlite::{SqliteOptions, SqliteStore},
    },
    told::{self, Schedule, Told, ToldOptions, mail::Mailer},
};
use crate::protocol::Kind;

/// How long a revoked proof may keep a live connection open, at most.
const REVOCATION_POLL: Duration = Duration::from_millis(500);

/// A server that listens but does not answer yet.
pub struct Server {
    listener: TcpListener,
    state: AppState,
    hard_stop: CancellationToken,
}

/// What tests replace; everything else comes from the settings.
#[derive(Default)]
pub struct Parts {
    pub store: Option<Arc<dyn Store>>,
    pub clock: Option<Arc<dyn Clock>>,
    pub generators: Option<Vec<Arc<dyn Generator>>>,
    pub models: Option<Arc<Models>>,
    /// Who looks up the hosts of descriptions.
    pub resolver: Option<Arc<dyn Resolve>>,
}

/// Where generated projects are verified, without what killed processes had left there; none where they are not.
pub fn workshop(settings: &ProjectSettings, clock: &Arc<dyn Clock>) -> Option<Arc<Workshop>> {
    let ProjectSettings { verify, sandbox, folder, path } = settings;
    let policy = match sandbox {
        SandboxUse::Auto => Policy::Auto,
        SandboxUse::Required => Policy::Required,
        SandboxUse::Off => Policy::Off,
    };
    let own = || std::env::var("PATH").unwrap_or_default();
    let path = if path.is_empty() { own() } else { path.clone() };
    let environment = Workshop::of_installers(std::env::vars());
    verify.then(|| {
        let workshop = Arc::new(Workshop::new(Runner::new(Arc::clone(clock), &path), folder.into(), environment, policy));
        let swept = Arc::clone(&workshop);
        held::apart(move || swept.sweep());
        workshop
    })
}

/// The generators of this version.
pub fn built_in(settings: &Settings, models: &Arc<Models>, clock: &Arc<dyn Clock>) -> Vec<Arc<dyn Generator>> {
    let workshop = workshop(&settings.project, clock);
    let prompt = Prompt { tokens: settings.accounts.prompt_tokens, models: Some(Arc::clone(models)) };
    let (models, tokens) = (Some(Arc::clone(models)), settings.accounts.project_tokens);
    let project = Project { workshop, no_verify: false, models, tokens };
    vec![Arc::new(TestSuite), Arc::new(prompt), Arc::new(project)]
}

impl Server {
    /// Opens the database, takes back what a dead process left running, and binds the address.
    ///
    /// # Errors
    /// In words, when the database cannot be opened or the address is taken.
    pub async fn build(settings: Settings, mut leptos: LeptosOptions, parts: Parts) -> anyhow::Result<Self> {
        let clock = parts.clock.unwrap_or_else(|| Arc::new(SystemClock));
        let store = match parts.store {
            Some(store) => store,
            None => open_store(&settings).await?,
        };
        let hub = Arc::new(Hub::new(Arc::clone(&store), Bus::open(&settings.redis.url)));
        // This process is the only one that may have the database: whoever had leases is gone.
        let rescued = store.rescue_all(clock.now(), settings.queue.max_retries).await?;
        if !rescued.events.is_empty() {
            tracing::warn!(tasks = rescued.events.len(), "took back tasks that the last process left running");
        }
        for event in &rescued.events {
            hub.publish(std::slice::from_ref(event));
        }
        // Nobody is sending what a dead process was sending.
        store.free_deliveries(clock.now()).await?;
        let listener = TcpListener::bind(settings.server.addr).await.map_err(|error| {
            anyhow::anyhow!(
                "cannot listen on {}: {error}. Is another Livegen running? LIVEGEN_SERVER_ADDR chooses another address.",
                settings.server.addr
            )
        })?;
        let address = listener.local_addr()?;
        leptos.site_addr = address;
        let models = parts.models.unwrap_or_else(|| Arc::new(Models::from_settings(&settings, Arc::clone(&clock))));
        let generators: Arc<Generators> = Arc::new(
            parts
                .generators
                .unwrap_or_else(|| built_in(&settings, &models, &clock))
                .into_iter()
                .map(|generator| (generator.kind(), generator))
                .collect(),
        );
        debug_assert!(Kind::ALL.iter().all(|kind| generators.contains_key(kind)) || !generators.is_empty());
        let cookie_key = Key::from(&store.secret("cookie-key", &random::bytes::<64>()).await?);
        let queue = Queue::new(
            Arc::clone(&store),
            Arc::clone(&hub),
            Arc::clone(&clock),
            Arc::clone(&generators),
            queue_options(&settings, address),
        );
        let fetch = FetchSettings {
            allow_private: settings.fetch.allow_private,
            timeout_ms: settings.fetch.timeout_seconds * 1000,
            ..FetchSettings::default()
        };
        let public_url = settings.server.public_url(address);
        let receivers =
            FetchSettings { allow_private: settings.webhooks.allow_private, timeout_ms: told::TIMEOUT_MS, ..FetchSettings::default() };
        let resolver = parts.resolver.unwrap_or_else(|| Arc::new(SystemResolver));
        let receivers = Fetcher::with_resolver(&receivers, vec![address], Arc::clone(&resolver))?;
        let mailer = Mailer::from_settings(&settings.mail, &settings.keys, &public_url)?;
        let (ended, options) = (hub.ended(), told_options(&settings, public_url));
        let told = Told::new(Arc::clone(&store), Arc::clone(&clock), receivers.clone(), mailer, ended, options);
        let soft_stop = CancellationToken::new();
        let state = AppState::new(Services {
            snapshots: Snapshots::new(Arc::clone(&store)),
            rooms: Rooms::default(),
            admission: Admission::new(
                settings.limits.live_connections as usize,
                settings.limits.live_connections_per_account as usize,
                soft_stop.clone(),
            ),
            passwords: Passwords::default(),
            key_uses: KeyUses::default(),
            limits: Limits::new(&settings.limits),
            revoked: Mutex::new(store.last_revocation().await?),
            site: Arc::new(Site::new(address, &settings.server.origins)?),
            inspections: Semaphore::new(2),
            soft_stop,
            fetcher: Fetcher::with_resolver(&fetch, vec![address], resolver)?,
            receivers,
            told,
            models,
            leptos,
            settings,
            store,
            hub,
            queue,
            generators,
            clock,
            cookie_key,
        });
        Ok(Self { listener, state, hard_stop: CancellationToken::new() })
    }

    /// Where it listens; the port is the real one, also when port 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.state.leptos.site_addr
    }

    pub fn state(&self) -> &AppState {
        &self.state
    }

    /// Serves until `stop` is cancelled, then stops softly and, after the deadline, hard.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn run_until_stopped(self, stop: CancellationToken) -> anyhow::Result<()> {
        let Self { listener, state, hard_stop } = self;
        let soft_stop = state.soft_stop.clone();
        let feed = Feed::start(&state.hub);
        state.queue.start(&soft_stop, &hard_stop);
        state.told.start(&soft_stop, &hard_stop);
        tokio::spawn(watch_revocations(state.clone()));
        let service = http::router(&state).into_make_service_with_connect_info::<SocketAddr>();
        let serving = axum::serve(listener, service).with_graceful_shutdown(soft_stop.clone().cancelled_owned());
        let mut serving = tokio::spawn(serving.into_future());
        tokio::select! {
            served = &mut serving => served??,
            () = stop.cancelled() => {}
        }
        tracing::info!("stopping: tasks that run go on after the next start");
        soft_stop.cancel();
        let deadline = Duration::from_secs(state.settings.queue.hard_stop_seconds);
        let orderly = async {
            state.queue.stopped().await;
            state.told.stopped().await;
            (&mut serving).await
        };
        if tokio::time::timeout(deadline, orderly).await.is_err() {
            tracing::warn!("not everything stopped in time; ending it now");
            hard_stop.cancel();
            let ended = async { tokio::join!(state.queue.stopped(), state.told.stopped()) };
            let _ = tokio::time::timeout(Duration::from_secs(2), ended).await;
            serving.abort();
        }
        feed.stop().await;
        state.store.close().await;
        Ok(())
    }
}

/// The command line, or another node, may revoke too.
async fn watch_revocations(state: AppState) {
    while !state.soft_stop.is_cancelled() {
        tokio::time::sleep(REVOCATION_POLL).await;
        state.revoke_now().await;
    }
}

async fn open_store(settings: &Settings) -> anyhow::Result<Arc<dyn Store>> {
    let url = &settings.database.url;
    let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:"));
    let Some(path) = path else {
        anyhow::bail!("database url {url}: this version keeps its data in SQLite, for example sqlite://data/livegen.db");
    };
    let options = SqliteOptions {
        max_open_tasks: settings.limits.open_tasks_per_account,
        initial_tokens: settings.accounts.initial_tokens,
        ..SqliteOptions::default()
    };
    Ok(SqliteStore::open(Path::new(path), options).await?)
}

fn told_options(settings: &Settings, public_url: String) -> ToldOptions {
    ToldOptions {
        schedule: Schedule { percent: settings.webhooks.retry_percent, disable_after_days: settings.webhooks.disable_after_days },
        poll: Duration::from_millis(settings.queue.poll_ms),
        stop_grace: Duration::from_secs(settings.queue.soft_stop_seconds),
        public_url,
    }
}

fn queue_options(settings: &Settings, address: SocketAddr) -> QueueOptions {
    let queue = &settings.queue;
    let ms = |seconds: u64| i64::try_from(seconds.saturating_mul(1000)).unwrap_or(i64::MAX);
    QueueOptions {
        worker: format!("{address}#{}", std::process::id()),
        workers: queue.workers as usize,
        lease_ms: ms(queue.lease_seconds),
        heartbeat: Duration::from_secs(queue.heartbeat_seconds),
        poll: Duration::from_millis(queue.poll_ms),
        retry: RetryPolicy { max_retries: queue.max_retries, base_ms: ms(queue.retry_base_seconds) },
        step_delay: Duration::from_millis(queue.step_delay_ms),
        stop_grace: Duration::from_secs(queue.soft_stop_seconds),
    }
}
