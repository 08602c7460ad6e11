//! How fast tasks are queued, claimed and written to, beside a floor measured in the same run.
//!
//! `cargo bench --bench enqueue`. Every figure is of durable writes (`synchronous=FULL`). The floor is what `SQLite` itself
//! takes: one row and one index entry per insert, the same bytes, the same number of inserts per commit, nothing around it.

#![expect(clippy::disallowed_methods, reason = "a benchmark reads the real clock")]

use std::{
    path::Path,
    time::{Duration, Instant},
};

use livegen::{
    protocol::{AccountId, Created, EventBody, Kind, Level, StagePlan, TaskId, TaskInput, TestSuiteInput, Timestamp, account::Price},
    server::store::{NewTask, Outcome, SqliteOptions, SqliteStore, Store},
};
use sqlx::{ConnectOptions, Connection, Executor, sqlite::SqliteConnectOptions};

const CALLERS: u64 = 32;
const EACH: u64 = 625;
const MANY: SqliteOptions = SqliteOptions { max_open_tasks: 1_000_000, readers: 3, initial_tokens: 0 };
const LEASE_MS: i64 = 30_000;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    println!("{:<44} {:>10} {:>9} {:>9} {:>9}", "durable writes", "per second", "p50 ms", "p99 ms", "max ms");
    let group = submits_and_appends(&folder.path().join("submit.db")).await?;
    floor(&folder.path().join("floor.db"), group).await?;
    claims(&folder.path().join("fair.db"), 100, "claim: 10,000 queued of 100 accounts").await?;
    claims(&folder.path().join("greedy.db"), 1, "claim: 10,000 queued of one account").await?;
    Ok(())
}

/// Returns the mean number of submits that shared a commit.
async fn submits_and_appends(path: &Path) -> Result<u64, Box<dyn std::error::Error>> {
    let store = SqliteStore::open(path, MANY).await?;
    let started = Instant::now();
    let times = callers(CALLERS, |caller| {
        let store = store.clone();
        async move {
            let mut times = Vec::new();
            for n in 0..EACH {
                let new = new_task(caller, n);
                let asked = Instant::now();
                store.submit(new).await?;
                times.push(asked.elapsed());
            }
            Ok(times)
        }
    })
    .await?;
    report(&format!("submit, {CALLERS} callers"), started.elapsed(), times);
    let counts = store.write_counts();
    let group = (counts.requests / counts.commits.max(1)).max(1);
    println!("  {} submits in {} commits, {group} each", counts.requests, counts.commits);

    let started = Instant::now();
    let mut times = Vec::new();
    for n in 0..500 {
        let asked = Instant::now();
        store.submit(new_task(CALLERS, n)).await?;
        times.push(asked.elapsed());
    }
    report("submit, one caller", started.elapsed(), times);

    let mut leases = Vec::new();
    for _ in 0..CALLERS {
        leases.extend(store.claim("bench", now(), LEASE_MS).await?.map(|claim| claim.lease));
    }
    let started = Instant::now();
    let times = callers(CALLERS, |caller| {
        let (store, lease) = (store.clone(), leases[usize::try_from(caller).unwrap_or(0)]);
        async move {
            let mut times = Vec::new();
            for n in 0..EACH {
                let body = EventBody::Log {
                    level: Level::Info,
                    message: format!("GET /special-events/{n}: 7 cases"),
                    stage: Some("generating".into()),
                };
                let asked = Instant::now();
                store.append(lease, now(), vec![body]).await?;
                times.push(asked.elapsed());
            }
            Ok(times)
        }
    })
    .await?;
    report(&format!("append of one event, {CALLERS} tasks"), started.elapsed(), times);
    store.close().await;
    Ok(group)
}

async fn callers<F>(count: u64, call: impl Fn(u64) -> F) -> Result<Vec<Duration>, Box<dyn std::error::Error>>
where
    F: Future<Output = Result<Vec<Duration>, livegen::server::store::StoreError>> + Send + 'static,
{
    let sessions = (0..count).map(|caller| tokio::spawn(call(caller))).collect::<Vec<_>>();
    let mut times = Vec::new();
    for session in sessions {
        times.extend(session.await??);
    }
    Ok(times)
}

/// Inserts of one row, `group` to a commit, through the same driver.
async fn floor(path: &Path, group: u64) -> Result<(), Box<dyn std::error::Error>> {
    let mut connection = options(path).connect().await?;
    connection.execute("CREATE TABLE raw (id BLOB PRIMARY KEY, json TEXT NOT NULL)").await?;
    let json = "x".repeat(900);
    let (total, started) = (CALLERS * EACH, Instant::now());
    let (mut written, mut times) = (0, Vec::new());
    while written < total {
        let asked = Instant::now();
        connection.execute(sqlx::query("BEGIN IMMEDIATE")).await?;
        for n in written..(written + group).min(total) {
            let id = new_task(n % CALLERS, n).task_id;
            sqlx::query("INSERT INTO raw (id, json) VALUES ($1, $2)")
                .bind(id.0.as_bytes().as_slice())
                .bind(&json)
                .execute(&mut connection)
                .await?;
        }
        connection.execute(sqlx::query("COMMIT")).await?;
        written += group;
        times.push(asked.elapsed());
    }
    report_rate(&format!("floor: raw inserts, {group} a commit"), total, started.elapsed(), times);
    connection.close().await?;
    Ok(())
}

/// 100,000 tasks have ended, 10,000 wait, and one of the first account runs.
async fn claims(path: &Path, accounts: u32, title: &str) -> Result<(), Box<dyn std::error::Error>> {
    SqliteStore::open(path, MANY).await?.close().await;
    let mut connection = options(path).connect().await?;
    let fill = sqlx::query(
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 110000)
         INSERT INTO task (task_id, account_id, kind, title, source, search, status, message, progress, head_seq, created_at, finished_at, run_at, input_sha256)
         SELECT CAST(printf('%016d', n) AS BLOB), CAST(printf('%016d', n % $1) AS BLOB), 'test_suite', 'Test suite for Museum API',
             'museum.yaml · OpenAPI 3.1 · 8 operations', 'museum', iif(n > 100000, 'queued', 'completed'), 'message', iif(n > 100000, 0, 100), 1, n,
             iif(n > 100000, NULL, n), n, x'00' FROM n;
         INSERT INTO task_input (task_id, json) SELECT task_id, '{\"kind\":\"test_suite\"}' FROM task",
    );
    connection.execute(fill.bind(accounts)).await?;
    connection.close().await?;

    let store = SqliteStore::open(path, MANY).await?;
    let (mut times, started) = (Vec::new(), Instant::now());
    for n in 0..300 {
        let asked = Instant::now();
        let claim = store.claim("bench", now(), LEASE_MS).await?.ok_or("nothing to claim")?;
        times.push(asked.elapsed());
        // A server works on a few at a time.
        if n >= 8 {
            store.finish(claim.lease, now(), Outcome::Cancelled { message: "Enough".into() }).await?;
        }
    }
    report(title, started.elapsed(), times);
    store.close().await;
    Ok(())
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
        .synchronous(sqlx::sqlite::SqliteSynchronous::Full)
        .disable_statement_logging()
}

fn report(title: &str, took: Duration, times: Vec<Duration>) {
    report_rate(title, times.len() as u64, took, times);
}

#[allow(clippy::cast_precision_loss)]
fn report_rate(title: &str, count: u64, took: Duration, mut times: Vec<Duration>) {
    times.sort_unstable();
    let ms = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1000.0;
    println!("{title:<44} {:>10.0} {:>9.2} {:>9.2} {:>9.2}", count as f64 / took.as_secs_f64(), ms(50), ms(99), ms(100));
}

fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(0))
}

fn new_task(caller: u64, n: u64) -> NewTask {
    let at = now();
    let mut random = [0; 10];
    random[..2].copy_from_slice(&u16::try_from(caller).unwrap_or(0).to_be_bytes());
    random[2..].copy_from_slice(&n.to_be_bytes());
    let plan = |name: &str, weight| StagePlan::new(name, name, weight);
    NewTask {
        task_id: TaskId::from_parts(at, &random),
        account_id: AccountId::from_parts(Timestamp::default(), &[u8::try_from(caller).unwrap_or(0); 10]),
        input: TaskInput::TestSuite(TestSuiteInput { url: Some("https://example.org/openapi.yaml".into()), ..TestSuiteInput::default() }),
        created: Created {
            kind: Kind::TestSuite,
            title: "Test suite for Museum API".into(),
            source: "museum.yaml · OpenAPI 3.1 · 8 operations".into(),
            stages: vec![plan("parsing", 10), plan("generating", 80), plan("zipping", 10)],
            max_attempts: 3,
            retry_of: None,
        },
        idempotency_key: Some(format!("key-{caller}-{n}")),
        price: Price::default(),
        refused: None,
        at,
    }
}
