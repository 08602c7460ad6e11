//! Opening the database: folder, lock, schema, and how the connections are set up.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{
    ConnectOptions, SqliteConnection, SqlitePool,
    migrate::Migrator,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::database;
use crate::server::store::{Result, StoreError};

static MIGRATIONS: Migrator = sqlx::migrate!("src/server/store/sqlite/migrations");

/// Another connection holds the write lock only for moments (a backup, a person with a shell).
const BUSY: Duration = Duration::from_secs(5);

/// Who stops has the lock for a moment longer: until a program that was about to be started then is another one.
const HANDOVER: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(20);

/// Takes `<db>.lock` for this process. The operating system gives it back however the process ends.
///
/// # Errors
/// `Database` that names the file, when another process has it.
pub async fn take_lock(path: &Path) -> Result<File> {
    make_folder(path)?;
    let lock_path = lock_path(path);
    let lock = private().open(&lock_path).map_err(|error| io("open the lock file", &lock_path, &error))?;
    let taken = async {
        loop {
            match lock.try_lock() {
                Err(TryLockError::WouldBlock) => tokio::time::sleep(PAUSE).await,
                Ok(()) => return Ok(()),
                Err(TryLockError::Error(error)) => return Err(io("lock", &lock_path, &error)),
            }
        }
    };
    let in_use = || format!("{} is in use by another running Livegen (it holds {})", path.display(), lock_path.display());
    tokio::time::timeout(HANDOVER, taken).await.map_err(|_| StoreError::Database(in_use()))??;
    Ok(lock)
}

/// Makes the folder and an empty database in it, unless they are there.
pub fn make_folder(path: &Path) -> Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| io("create the folder", folder, &error))?;
    }
    // Created here and not by SQLite, so that nobody else may read the keys in it; -wal and -shm take over its mode.
    private().open(path).map_err(|error| io("open the database", path, &error))?;
    Ok(())
}

pub fn writer_options(path: &Path) -> SqliteConnectOptions {
    common(path)
        .journal_mode(SqliteJournalMode::Wal)
        // NORMAL would acknowledge what a power cut can take back.
        .synchronous(SqliteSynchronous::Full)
        // Only the bound: `wal` folds the log long before it is 64 MiB.
        .pragma("wal_autocheckpoint", "16000")
        .pragma("journal_size_limit", "67108864")
        .statement_cache_capacity(200)
}

/// Connects the writer and brings the schema up to date.
pub async fn connect_writer(options: &SqliteConnectOptions) -> Result<SqliteConnection> {
    let mut connection = options.connect().await.map_err(database)?;
    // Not `run`: its future is not provably `Send` (rust-lang/rust#100013), and sqlx offers this for that.
    MIGRATIONS.run_direct(None, &mut connection, false).await.map_err(|error| StoreError::Database(error.to_string()))?;
    Ok(connection)
}

pub async fn connect_readers(path: &Path, readers: u32) -> Result<SqlitePool> {
    let options = common(path).read_only(true).pragma("query_only", "ON").statement_cache_capacity(100);
    SqlitePoolOptions::new().max_connections(readers).acquire_timeout(BUSY).connect_with(options).await.map_err(database)
}

fn common(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY)
        .foreign_keys(true)
        .pragma("temp_store", "MEMORY")
        .pragma("cache_size", "-16000")
        // Statements have inputs of people in them.
        .disable_statement_logging()
}

fn lock_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}

fn private() -> std::fs::OpenOptions {
    let mut options = File::options();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn io(verb: &str, path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Database(format!("cannot {verb} {}: {error}", path.display()))
}
