//! What the group commit promises, tested where a commit can be made to fail: by a foreign key that is checked at
//! commit, and by a connection that may not write.

use futures::future::join_all;

use super::*;
use crate::server::store::sqlite::open;

/// The writer of a new database, which groups however slow the machine is, its options for looking at it from beside, and its folder.
async fn writer() -> (Arc<Writer>, SqliteConnectOptions, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("livegen.db");
    let lock = open::take_lock(&path).await.unwrap();
    let options = open::writer_options(&path);
    let connection = open::connect_writer(&options).await.unwrap();
    (Arc::new(Writer::start(connection, options.clone(), Some(lock), Duration::from_mins(1))), options, folder)
}

async fn names(options: &SqliteConnectOptions) -> Vec<String> {
    let mut connection = options.connect().await.unwrap();
    sqlx::query_scalar("SELECT name FROM secret ORDER BY name").fetch_all(&mut connection).await.unwrap()
}

async fn write_name(writer: &Writer, name: &str) -> Result<()> {
    let name = name.to_owned();
    writer.write(move |db| Box::pin(insert(db, name))).await
}

async fn insert(db: &mut SqliteConnection, name: String) -> Result<()> {
    sqlx::query("INSERT INTO secret (name, value) VALUES ($1, x'00')").bind(name).execute(db).await.map_err(database)?;
    Ok(())
}

/// Succeeds by itself and makes the COMMIT fail.
async fn poison(db: &mut SqliteConnection) -> Result<()> {
    for statement in ["PRAGMA defer_foreign_keys = ON", "INSERT INTO task_input (task_id, json) VALUES (x'00', 'of no task')"] {
        sqlx::query(statement).execute(&mut *db).await.map_err(database)?;
    }
    Ok(())
}

/// Writes and then fails.
async fn half(db: &mut SqliteConnection) -> Result<()> {
    insert(db, "half".into()).await?;
    Err(StoreError::NotFound)
}

/// Requests that will share one transaction: they are in the queue before the session, held up by the first, sees them.
async fn group(writer: &Arc<Writer>, names: &'static [&'static str]) -> Vec<Result<()>> {
    let (holding, began) = oneshot::channel();
    let (release, released) = oneshot::channel::<()>();
    let holder = tokio::spawn({
        let writer = writer.clone();
        async move {
            let hold = async move {
                let _ = holding.send(());
                let _ = released.await;
                Ok(())
            };
            writer.write(|_| hold.boxed()).await
        }
    });
    began.await.unwrap();
    let free = writer.requests.max_capacity();
    let calls = names.iter().map(|name| {
        let writer = writer.clone();
        tokio::spawn(async move {
            match *name {
                "poison" => writer.write(|db| Box::pin(poison(db))).await,
                "half" => writer.write(|db| Box::pin(half(db))).await,
                name => write_name(&writer, name).await,
            }
        })
    });
    let calls = calls.collect::<Vec<_>>();
    while writer.requests.capacity() > free - names.len() {
        tokio::task::yield_now().await;
    }
    release.send(()).unwrap();
    holder.await.unwrap().unwrap();
    join_all(calls).await.into_iter().map(|call| call.unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_commit_is_acknowledged_to_nobody() {
    let (writer, options, _folder) = writer().await;
    write_name(&writer, "before").await.unwrap();
    let answers = group(&writer, &["a", "b", "poison", "c"]).await;
    assert_eq!(answers.len(), 4);
    for answer in answers {
        assert!(matches!(&answer, Err(StoreError::Database(text)) if text.contains("FOREIGN KEY")), "{answer:?}");
    }
    assert_eq!(names(&options).await, ["before"]);
    // The next ones have a new connection.
    write_name(&writer, "after").await.unwrap();
    assert_eq!(names(&options).await, ["after", "before"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_commit_of_one_alone_is_not_acknowledged_either() {
    let (writer, options, _folder) = writer().await;
    let answer = writer.write(|db| Box::pin(poison(db))).await;
    assert!(matches!(answer, Err(StoreError::Database(_))), "{answer:?}");
    write_name(&writer, "after").await.unwrap();
    assert_eq!(names(&options).await, ["after"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_request_takes_only_itself_back() {
    let (writer, options, _folder) = writer().await;
    write_name(&writer, "taken").await.unwrap();
    // Two of the halves may come one after the other, or last: the savepoint is used again.
    let answers = group(&writer, &["a", "half", "taken", "half", "b", "half", "half"]).await;
    assert_eq!(answers.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, false, false, true, false, false]);
    assert_eq!(names(&options).await, ["a", "b", "taken"]);
    // Alone it is the whole transaction that is taken back.
    assert!(matches!(writer.write(|db| Box::pin(half(db))).await, Err(StoreError::NotFound)));
    assert_eq!(names(&options).await, ["a", "b", "taken"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_refuses_is_told_and_recovered_from() {
    let (writer, options, _folder) = writer().await;
    let refuse = writer
        .write(|db| {
            Box::pin(async move {
                // From here on every page more is SQLITE_FULL.
                sqlx::query("PRAGMA max_page_count = 1").execute(&mut *db).await.map_err(database)?;
                sqlx::query("INSERT INTO secret (name, value) VALUES ('large', zeroblob(10000000))").execute(db).await.map_err(database)?;
                Ok(())
            })
        })
        .await;
    assert!(matches!(&refuse, Err(StoreError::Database(text)) if text.contains("full")), "{refuse:?}");
    // SQLite itself had rolled back, so the connection was given up; the new one has no such limit.
    writer
        .write(|db| {
            Box::pin(async move {
                sqlx::query("INSERT INTO secret (name, value) VALUES ('large', zeroblob(10000000))").execute(db).await.map_err(database)?;
                Ok(())
            })
        })
        .await
        .unwrap();
    assert_eq!(names(&options).await, ["large"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_may_not_write_is_given_up() {
    let (writer, options, _folder) = writer().await;
    writer
        .write(|db| {
            Box::pin(async move {
                sqlx::query("PRAGMA query_only = ON").execute(db).await.map_err(database)?;
                Ok(())
            })
        })
        .await
        .unwrap();
    let answer = write_name(&writer, "refused").await;
    assert!(matches!(answer, Err(StoreError::Database(_))), "{answer:?}");
    assert!(names(&options).await.is_empty());
    // It was given up; the next one may write.
    write_name(&writer, "after").await.unwrap();
    assert_eq!(names(&options).await, ["after"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_fails_its_group_and_not_the_writer() {
    let (writer, options, _folder) = writer().await;
    let answer: Result<()> = writer.write(|_| Box::pin(async { panic!("in a write") })).await;
    assert!(matches!(answer, Err(StoreError::Database(_))), "{answer:?}");
    write_name(&writer, "after").await.unwrap();
    assert_eq!(names(&options).await, ["after"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_writes_share_commits() {
    let (writer, options, _folder) = writer().await;
    let calls = (0..400).map(|n| {
        let writer = writer.clone();
        tokio::spawn(async move { write_name(&writer, &format!("{n:03}")).await })
    });
    for call in join_all(calls).await {
        call.unwrap().unwrap();
    }
    assert_eq!(names(&options).await.len(), 400);
    let counts = writer.counts();
    assert_eq!(counts.requests, 400);
    assert!(counts.commits < 200, "{counts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_writes_what_waits_and_gives_the_lock_back() {
    let (writer, options, folder) = writer().await;
    let path = folder.path().join("livegen.db");
    let held = open::take_lock(&path).await;
    assert!(matches!(&held, Err(StoreError::Database(text)) if text.contains("in use by another") && text.contains(".lock")), "{held:?}");
    let calls = (0..50).map(|n| {
        let writer = writer.clone();
        tokio::spawn(async move { write_name(&writer, &format!("{n:03}")).await })
    });
    let calls = calls.collect::<Vec<_>>();
    writer.close().await;
    let kept = join_all(calls).await.into_iter().filter(|call| matches!(call, Ok(Ok(())))).count();
    assert_eq!(names(&options).await.len(), kept);
    assert!(matches!(write_name(&writer, "late").await, Err(StoreError::Database(_))));
    open::take_lock(&path).await.unwrap();
}
