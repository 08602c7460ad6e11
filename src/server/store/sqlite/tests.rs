//! What only this database can be asked: its statements, its plans, its file, and damage done to it by hand.

use sqlx::{AssertSqlSafe, ConnectOptions, Executor, SqliteConnection};

use super::*;
use crate::protocol::{Created, Kind, TestSuiteInput, account::Price};
use crate::server::store::Rooms;

const ALL: &[&[(&str, &str)]] = &[
    accounts::ALL,
    carry::ALL,
    claim::ALL,
    comments::ALL,
    confirmation::ALL,
    deliveries::ALL,
    ending::ALL,
    house::ALL,
    ledger::ALL,
    log::ALL,
    proofs::ALL,
    read::ALL,
    rescue::ALL,
    runs::ALL,
    submit::ALL,
    wal::ALL,
    webhooks::ALL,
    writer::ALL,
];

async fn open_in(folder: &Path) -> Arc<SqliteStore> {
    SqliteStore::open(folder.join("data/livegen.db"), SqliteOptions::default()).await.unwrap()
}

/// A second connection that may do anything, for damage and questions.
async fn beside(folder: &Path) -> SqliteConnection {
    open::writer_options(&folder.join("data/livegen.db")).connect().await.unwrap()
}

fn new_task() -> NewTask {
    NewTask {
        task_id: TaskId::from_parts(Timestamp::from_micros(1), &[1; 10]),
        account_id: AccountId::from_parts(Timestamp::from_micros(1), &[2; 10]),
        input: TaskInput::TestSuite(TestSuiteInput::default()),
        created: Created { kind: Kind::TestSuite, title: "t".into(), source: "s".into(), stages: vec![], max_attempts: 3, retry_of: None },
        idempotency_key: None,
        price: Price::default(),
        refused: None,
        at: Timestamp::from_micros(1),
    }
}

#[tokio::test]
async fn every_statement_prepares() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_in(folder.path()).await;
    let mut connection = beside(folder.path()).await;
    for (name, statements) in ALL.concat() {
        for statement in statements.split(';') {
            let explained = sqlx::query(AssertSqlSafe(format!("EXPLAIN {statement}"))).fetch_all(&mut connection).await;
            assert!(explained.is_ok(), "{name}: {explained:?}");
        }
        (&mut connection).prepare(sqlx::SqlStr::from_static(statements)).await.unwrap();
    }
    store.close().await;
}

#[test]
fn no_statement_escapes_the_list() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server/store/sqlite");
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            for call in ["query(\"", "query_as(\"", "query_scalar(\"", "raw_sql", "AssertSqlSafe", "format!(\"SELECT"] {
                assert!(!text.contains(call), "{} has SQL outside of `statements!`: {call}", path.display());
            }
            files += 1;
        }
    }
    assert_eq!(files, ALL.len() + 5, "a file of statements is missing in ALL");
}

#[tokio::test]
async fn hot_statements_walk_indexes() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_in(folder.path()).await;
    let mut connection = beside(folder.path()).await;
    // For operators and for checking: they look at everything because that is what they are for.
    let of_everything = ["LIST_ACCOUNTS", "SUM", "DIFFERENCE", "AUDIT"];
    for (name, statements) in ALL.concat().into_iter().filter(|(name, _)| !of_everything.contains(name)) {
        for statement in statements.split(';').filter(|statement| !["BEGIN", "COMMIT", "ROLLBACK"].contains(&statement.trim())) {
            let plan: Vec<(i64, i64, i64, String)> =
                sqlx::query_as(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"))).fetch_all(&mut connection).await.unwrap();
            for (.., step) in plan {
                // Sorted is only what one task has, or the group of running tasks.
                // Only the partial indexes of running and queued tasks and of messages that are being sent, of admins, the few busy accounts, those to
                // whom messages wait, the runs of one task and one-row tables may be walked whole.
                let bounded = [
                    "task_running",
                    "task_due",
                    "account_admin",
                    "busy",
                    "first",
                    "waiting",
                    "delivery_leased",
                    "CONSTANT ROW",
                    "pulse",
                    "SCAN 1",
                    "SCAN run",
                    "subquery",
                ];
                assert!(!step.starts_with("SCAN") || bounded.iter().any(|word| step.contains(word)), "{name}: {step}");
                let sorted =
                    step.contains("TEMP B-TREE") && !["CHECKPOINTS", "CHECKPOINTS_OF", "EXPIRED", "NEXT_OF_BUSY", "DUE"].contains(&name);
                assert!(!sorted, "{name}: {step}");
            }
        }
    }
    store.close().await;
}

#[tokio::test]
async fn runs_that_were_repeated_before_it_was_a_column_are_known() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_in(folder.path()).await;
    let first = new_task();
    let mut second = NewTask { task_id: TaskId::from_parts(Timestamp::from_micros(2000), &[3; 10]), ..new_task() };
    second.created.retry_of = Some(first.task_id);
    store.submit(first.clone()).await.unwrap();
    store.submit(second.clone()).await.unwrap();
    let mut connection = beside(folder.path()).await;
    (&mut connection).execute("UPDATE task SET retry_of = NULL").await.unwrap();
    assert_eq!(store.latest_run(first.account_id, first.task_id).await.unwrap(), first.task_id);
    let fill = include_str!("migrations/0003_retry.sql").split(';').find(|statement| statement.contains("UPDATE task")).unwrap();
    (&mut connection).execute(fill).await.unwrap();
    assert_eq!(store.latest_run(first.account_id, first.task_id).await.unwrap(), second.task_id);
    store.close().await;
}

#[tokio::test]
async fn projects_that_were_run_before_it_was_a_column_are_known() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_in(folder.path()).await;
    let first = new_task();
    let mut before = first.task_id;
    store.submit(first.clone()).await.unwrap();
    for number in 1..3 {
        let task_id = TaskId::from_parts(Timestamp::from_micros(2000 * number), &[3; 10]);
        store
            .submit(NewTask { task_id, created: Created { retry_of: Some(before), ..first.created.clone() }, ..first.clone() })
            .await
            .unwrap();
        before = task_id;
    }
    let mut connection = beside(folder.path()).await;
    (&mut connection).execute("UPDATE task SET project_id = NULL").await.unwrap();
    let fill = include_str!("migrations/0007_room.sql").split(';').find(|statement| statement.contains("WITH RECURSIVE")).unwrap();
    (&mut connection).execute(fill).await.unwrap();
    let page = store.runs(first.account_id, first.task_id, None, 9).await.unwrap();
    assert_eq!(page.runs.len(), 3, "{page:?}");
    store.close().await;
}

#[tokio::test]
async fn opening_again_keeps_the_schema_and_only_one_may_have_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_in(folder.path()).await;
    let second = SqliteStore::open(folder.path().join("data/livegen.db"), SqliteOptions::default()).await;
    assert!(matches!(second, Err(StoreError::Database(text)) if text.contains("in use by another")));
    let submitted = store.submit(new_task()).await.unwrap();
    store.close().await;
    for _ in 0..2 {
        let store = open_in(folder.path()).await;
        assert_eq!(store.head_seq(submitted.task_id).await.unwrap(), 1);
        store.close().await;
    }
    let mut connection = beside(folder.path()).await;
    let applied: i64 = sqlx::query_scalar("SELECT count(*) FROM _sqlx_migrations WHERE success").fetch_one(&mut connection).await.unwrap();
    let migrations = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server/store/sqlite/migrations")).unwrap().count();
    assert_eq!(usize::try_from(applied).unwrap(), migrations, "each once");
}

#[tokio::test]
async fn the_connections_are_set_up_as_promised() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_in(folder.path()).await;
    let pragmas: (String, i64, i64) = store
        .writer
        .write(|db| {
            Box::pin(async move {
                let query = sqlx::query_as(
                    "SELECT journal_mode, synchronous, foreign_keys FROM pragma_journal_mode, pragma_synchronous, pragma_foreign_keys",
                );
                query.fetch_one(db).await.map_err(database)
            })
        })
        .await
        .unwrap();
    assert_eq!(pragmas, ("wal".to_owned(), 2, 1));
    let refused = sqlx::query("DELETE FROM secret").execute(&store.readers).await;
    assert!(refused.is_err_and(|error| error.to_string().contains("readonly")));
    store.close().await;
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(folder.path().join("data/livegen.db")).unwrap().permissions());
    assert_eq!(mode & 0o077, 0, "others may read the keys: {mode:o}");
}

#[tokio::test]
async fn the_log_is_folded_into_the_file_while_it_is_open() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_in(folder.path()).await;
    store.secret("large", &vec![7; 1_000_000]).await.unwrap();
    let bytes = || std::fs::metadata(folder.path().join("data/livegen.db")).unwrap().len();
    let grown = async {
        while bytes() < 1_000_000 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), grown).await.unwrap();
    store.close().await;
}

#[tokio::test]
async fn damage_is_told_not_panicked_about() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_in(folder.path()).await;
    let new = new_task();
    let (task_id, owner) = (new.task_id, new.account_id);
    store.submit(new).await.unwrap();
    let mut connection = beside(folder.path()).await;
    let mut damage = async |statement: &'static str| {
        sqlx::query(statement).execute(&mut connection).await.unwrap();
    };
    damage("UPDATE event SET json = '{\"type\":'").await;
    assert!(matches!(store.events_after(task_id, 0, 10).await, Err(StoreError::Damaged(_))));
    damage("UPDATE event SET type = 'log', json = '{}'").await;
    assert!(matches!(store.log_before(task_id, 9, 10).await, Err(StoreError::Damaged(_))));
    damage("UPDATE task_input SET json = '[]'").await;
    assert!(matches!(store.input(owner, task_id).await, Err(StoreError::Damaged(_))));
    damage("UPDATE task SET kind = 'cake'").await;
    assert!(matches!(store.summary(owner, task_id).await, Err(StoreError::Damaged(_))));
    assert!(matches!(store.list(owner, &TaskFilter::default()).await, Err(StoreError::Damaged(_))));
    damage("UPDATE task SET kind = 'test_suite'").await;

    // It does not stand in front of the others for ever.
    let healthy = NewTask { task_id: TaskId::from_parts(Timestamp::from_micros(5), &[3; 10]), at: Timestamp::from_micros(5), ..new_task() };
    store.submit(healthy.clone()).await.unwrap();
    let claim = store.claim("w", Timestamp::from_micros(9), 1).await.unwrap().expect("the healthy one");
    assert_eq!(claim.lease.task_id, healthy.task_id);
    let ended = store.summary(owner, task_id).await.unwrap();
    assert_eq!((ended.status, ended.attempt, ended.seq), (crate::protocol::Status::Failed, 0, 2));
    store.close().await;
}

#[tokio::test]
async fn what_is_no_database_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("livegen.db");
    std::fs::write(&path, "this is a text file, and long enough to be no empty database ".repeat(100)).unwrap();
    assert!(matches!(SqliteStore::open(&path, SqliteOptions::default()).await, Err(StoreError::Database(_))));
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("this is a text file"));
}
