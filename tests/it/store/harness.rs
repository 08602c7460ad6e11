//! What the cases need: a database that can be opened again, a clock that stands still, and short words for long structs.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use futures::future::BoxFuture;
use livegen::{
    protocol::{
        AccountId, Created, Event, EventBody, Kind, Level, StagePlan, Status, TaskId, TaskInput, TestSuiteInput, Timestamp, account::Price,
        event::StatusUpdate,
    },
    server::store::{Artifact, Claim, Lease, NewFile, NewTask, Outcome, SqliteOptions, SqliteStore, Store},
};

type Opener = Box<dyn Fn(&Path, u32) -> BoxFuture<'static, Arc<dyn Store>> + Send + Sync>;

/// An empty database of one kind, removed when the case ends.
pub struct House {
    folder: tempfile::TempDir,
    opener: Opener,
    databases: AtomicU64,
}

impl House {
    pub fn sqlite() -> Self {
        Self::new(|folder, max_open_tasks| {
            let (path, options) = (folder.join("livegen.db"), SqliteOptions { max_open_tasks, ..SqliteOptions::default() });
            Box::pin(async move { SqliteStore::open(path, options).await.unwrap() as Arc<dyn Store> })
        })
    }

    fn new(opener: impl Fn(&Path, u32) -> BoxFuture<'static, Arc<dyn Store>> + Send + Sync + 'static) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), opener: Box::new(opener), databases: AtomicU64::new(0) }
    }

    /// The same database every time; close it before it is opened again.
    pub async fn open(&self) -> Arc<dyn Store> {
        self.open_with(100).await
    }

    pub async fn open_with(&self, max_open_tasks: u32) -> Arc<dyn Store> {
        (self.opener)(self.folder.path(), max_open_tasks).await
    }

    /// Another empty one.
    pub async fn open_fresh(&self, max_open_tasks: u32) -> Arc<dyn Store> {
        let folder = self.folder.path().join(format!("fresh-{}", self.databases.fetch_add(1, Ordering::Relaxed)));
        (self.opener)(&folder, max_open_tasks).await
    }
}

pub const LEASE_MS: i64 = 30_000;

/// `ms` after the morning on which all cases happen.
pub fn at(ms: i64) -> Timestamp {
    Timestamp::from_micros(1_763_663_640_000_000).plus_ms(ms)
}

pub fn account(number: u8) -> AccountId {
    AccountId::from_parts(at(0), &[number; 10])
}

/// Ids that grow in the order of the calls, as long as `ms` does not fall.
pub fn next_id(ms: i64) -> TaskId {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut random = [0; 10];
    random[2..].copy_from_slice(&COUNT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    TaskId::from_parts(at(ms), &random)
}

pub fn input(text: &str) -> TaskInput {
    TaskInput::TestSuite(TestSuiteInput { description: Some(text.into()), ..TestSuiteInput::default() })
}

pub fn new_task(account_id: AccountId, ms: i64) -> NewTask {
    let plan = |name: &str, label: &str, weight| StagePlan::new(name, label, weight);
    NewTask {
        task_id: next_id(ms),
        account_id,
        input: input("openapi: 3.1.0"),
        created: Created {
            kind: Kind::TestSuite,
            title: "Test suite for Museum API".into(),
            source: "museum.yaml · OpenAPI 3.1 · 8 operations".into(),
            stages: vec![plan("parsing", "Parsing", 10), plan("generating", "Generating", 80), plan("zipping", "Zipping", 10)],
            max_attempts: 3,
            retry_of: None,
        },
        idempotency_key: None,
        price: Price::default(),
        refused: None,
        at: at(ms),
    }
}

pub async fn submit(store: &dyn Store, account_id: AccountId, ms: i64) -> TaskId {
    store.submit(new_task(account_id, ms)).await.unwrap().task_id
}

pub async fn claim(store: &dyn Store, ms: i64) -> Claim {
    store.claim("worker-1", at(ms), LEASE_MS).await.unwrap().expect("there is a task to claim")
}

pub async fn claim_nothing(store: &dyn Store, ms: i64) {
    let claim = store.claim("worker-1", at(ms), LEASE_MS).await.unwrap();
    assert!(claim.is_none(), "{claim:?}");
}

/// A new task of the account, claimed. Only for an otherwise empty queue.
pub async fn running(store: &dyn Store, account_id: AccountId, ms: i64) -> Lease {
    let task_id = submit(store, account_id, ms).await;
    let claim = claim(store, ms).await;
    assert_eq!(claim.lease, Lease { task_id, attempt: 1 });
    claim.lease
}

pub async fn all_events(store: &dyn Store, task_id: TaskId) -> Vec<Event> {
    let events = store.events_after(task_id, 0, u32::MAX).await.unwrap();
    for (event, seq) in events.iter().zip(1..) {
        assert_eq!((event.seq, event.task_id), (seq, task_id));
    }
    assert_eq!(store.head_seq(task_id).await.unwrap(), events.len() as u64);
    events
}

pub fn log(message: &str) -> EventBody {
    EventBody::Log { level: Level::Info, message: message.into(), stage: Some("generating".into()) }
}

pub fn step(progress: u8, message: &str) -> EventBody {
    EventBody::StatusUpdate(StatusUpdate { progress, stage: Some("generating".into()), ..StatusUpdate::new(Status::Running, message) })
}

pub fn file(path: &str, content: &str) -> NewFile {
    // Not a real digest: the store compares it and does not compute it.
    NewFile { path: path.into(), content: content.into(), sha256: format!("sha256-of-{content}"), preview: Some(content.into()) }
}

pub fn completed() -> Outcome {
    Outcome::Completed {
        message: "Done".into(),
        result: serde_json::json!({"cases": 42}),
        artifact: Some(Artifact {
            name: "suite.zip".into(),
            media_type: "application/zip".into(),
            sha256: "abc".into(),
            content: vec![0, 159, 146, 150],
        }),
        tokens: 0,
    }
}

/// The status update that the event is.
pub fn update(event: &Event) -> &StatusUpdate {
    match &event.body {
        EventBody::StatusUpdate(update) => update,
        body => panic!("a status update is expected, not {body:?}"),
    }
}

/// Status and message of the completion that the event is.
pub fn completion(event: &Event) -> (Status, &str) {
    match &event.body {
        EventBody::Completion { status, message, .. } => (*status, message),
        body => panic!("a completion is expected, not {body:?}"),
    }
}

/// `refused!(call, pattern)`: the call fails so, and not otherwise.
macro_rules! refused {
    ($call:expr, $pattern:pat) => {
        match $call {
            Err($pattern) => {}
            other => panic!("{} is expected, not {other:?}", stringify!($pattern)),
        }
    };
}
pub(crate) use refused;
