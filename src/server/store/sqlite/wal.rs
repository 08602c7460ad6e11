//! Keeps the write-ahead log short without making a writer wait.
//!
//! `SQLite` would fold the log into the database file inside some unlucky commit, and everybody in that group would wait for
//! it. A session with a connection of its own does it beside the writer (`PASSIVE` blocks nobody). The writer's own
//! `wal_autocheckpoint` stays as the bound for when this one cannot follow; little is left to do for it then.

use std::sync::Arc;

use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use tokio::time::{Duration, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use super::writer::Counters;

const EVERY: Duration = Duration::from_millis(200);

super::statements! {
    FOLD = "PRAGMA wal_checkpoint(PASSIVE)";
}

/// Runs until `stop`. A failure costs disk space, never data: it is logged and tried again.
pub async fn keep_short(options: SqliteConnectOptions, counters: Arc<Counters>, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut connection, mut folded) = (None, counters.commits());
    while stop.run_until_cancelled(ticks.tick()).await.is_some() {
        let commits = counters.commits();
        if commits == folded {
            continue;
        }
        let mut open = match connection.take() {
            Some(open) => open,
            None => match options.connect().await {
                Ok(open) => open,
                Err(error) => {
                    tracing::warn!(%error, "no connection to fold the write-ahead log with");
                    continue;
                }
            },
        };
        match sqlx::query(FOLD).execute(&mut open).await {
            Ok(_) => {
                folded = commits;
                connection = Some(open);
            }
            Err(error) => tracing::warn!(%error, "folding the write-ahead log"),
        }
    }
    if let Some(open) = connection {
        // Nothing of it is lost should this fail.
        let _ = open.close().await;
    }
}
