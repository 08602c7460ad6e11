//! The database: its connections, its migrations, and what all tables have.
//!
//! What this kind of database does in its own way is in here and in `migrations/`.

{% if not postgres %}
use std::path::Path;
{% endif %}
use std::time::Duration;

use anyhow::Context;
use chrono::{SubsecRound, Utc};
use sqlx::error::DatabaseError;
use sqlx::migrate::Migrator;
{% if postgres %}
use sqlx::postgres::{PgConnectOptions, PgDatabaseError, PgPoolOptions};
{% else %}
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
{% endif %}
use sqlx::{Error, Transaction};
use uuid::Uuid;

use crate::fields::Instant;

{% if postgres %}
pub type Db = sqlx::Postgres;
pub type Pool = sqlx::PgPool;
pub type Connection = sqlx::PgConnection;
pub type Options = PgConnectOptions;
{% else %}
pub type Db = sqlx::Sqlite;
pub type Pool = sqlx::SqlitePool;
pub type Connection = sqlx::SqliteConnection;
pub type Options = SqliteConnectOptions;
{% endif %}

pub static MIGRATIONS: Migrator = sqlx::migrate!();

const MOST_CONNECTIONS: u32 = 8;
/// How long a request waits for a connection, and a writer for another one.
const PATIENCE: Duration = Duration::from_secs(10);

pub async fn connect(url: &str) -> anyhow::Result<Pool> {
    let options: Options = url.parse().with_context(|| "DATABASE_URL cannot be read")?;
    connect_with(options).await
}

pub async fn connect_with(options: Options) -> anyhow::Result<Pool> {
{% if postgres %}
    let pool = PgPoolOptions::new().max_connections(MOST_CONNECTIONS).acquire_timeout(PATIENCE);
    Ok(pool.connect_with(options).await?)
{% else %}
    if let Some(folder) = options.get_filename().parent().filter(|path| *path != Path::new("")) {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("no folder {}", folder.display()))?;
    }
    let options = options
        .create_if_missing(true)
        .foreign_keys(true)
        // Readers do not wait for the writer.
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(PATIENCE);
    let pool = SqlitePoolOptions::new().max_connections(MOST_CONNECTIONS).acquire_timeout(PATIENCE);
    Ok(pool.connect_with(options).await?)
{% endif %}
}

/// Runs the migrations that the database does not have yet.
pub async fn migrate_up(pool: &Pool) -> anyhow::Result<()> {
    MIGRATIONS.run(pool).await.context("the database cannot be migrated")
}

/// Takes all migrations back: nothing is left but the list of those that there are.
pub async fn migrate_down(pool: &Pool) -> anyhow::Result<()> {
    MIGRATIONS.undo(pool, 0).await.context("the database cannot be migrated back")
}

/// A transaction that writes; what was not committed is undone.
pub async fn begin(pool: &Pool) -> sqlx::Result<Transaction<'static, Db>> {
{% if postgres %}
    pool.begin().await
{% else %}
    // A transaction that began with reading could not write after another one has.
    pool.begin_with("BEGIN IMMEDIATE").await
{% endif %}
}

/// A UUID of version 7: it begins with the time, so that new rows lie side by side in the index.
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// The instant, as exactly as databases keep it.
pub fn now() -> Instant {
    Utc::now().trunc_subsecs(6)
}

/// What the database has against a change.
#[derive(Debug, PartialEq, Eq)]
pub enum Conflict {
    /// There is a row with the same value of this column.
    Unique(String),
    /// Something refers to the row, or it would refer to what is not there.
    Reference,
}

impl Conflict {
    pub fn of(error: &Error) -> Option<Self> {
        let error = error.as_database_error()?;
        if error.is_unique_violation() {
            return violated_column(error).map(Self::Unique);
        }
        error.is_foreign_key_violation().then_some(Self::Reference)
    }
}

{% if postgres %}
/// PostgreSQL says `Key (isbn)=(…) already exists.`
fn violated_column(error: &dyn DatabaseError) -> Option<String> {
    let detail = error.try_downcast_ref::<PgDatabaseError>()?.detail()?;
    let (column, _) = detail.strip_prefix("Key (")?.split_once(")=(")?;
    Some(column.trim_matches('"').to_owned())
}
{% else %}
/// SQLite says `UNIQUE constraint failed: books.isbn`.
fn violated_column(error: &dyn DatabaseError) -> Option<String> {
    let (_, column) = error.message().rsplit_once('.')?;
    Some(column.to_owned())
}
{% endif %}
