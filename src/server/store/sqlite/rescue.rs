//! Tasks whose worker died: found by their lease, put back, cancelled or failed.

use sqlx::SqliteConnection;

use super::{
    database,
    ending::{end, requeue},
};
use crate::protocol::{Event, Timestamp};
use crate::server::store::{
    Result,
    rows::HeadRow,
    words::{self, Loss},
};

super::statements! {
    /// At most 100, oldest lease first.
    EXPIRED = "SELECT task_id, status, attempt, failures, progress, head_seq, files, file_bytes, cancel_requested_at IS NOT NULL AS cancel_requested
        FROM task INDEXED BY task_running WHERE status = 'running' AND lease_until < $1 ORDER BY lease_until, task_id LIMIT 100";
}

/// One batch of at most 100. With [`Loss::Restarted`] the lease does not matter.
pub async fn rescue(db: &mut SqliteConnection, at: Timestamp, max_failures: u32, loss: Loss) -> Result<Vec<Event>> {
    let expired_before = match loss {
        Loss::LeaseExpired => at.as_micros(),
        Loss::Restarted => i64::MAX,
    };
    let rows: Vec<HeadRow> = sqlx::query_as(EXPIRED).bind(expired_before).fetch_all(&mut *db).await.map_err(database)?;
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        let head = row.into_head()?;
        let failures = head.failures.saturating_add(1);
        events.push(if head.cancel_requested {
            end(db, &head, at, words::cancelled(words::CANCELLED_INSTEAD)).await?
        } else if failures > max_failures {
            end(db, &head, at, words::failed(words::worker_died(failures))).await?
        } else {
            requeue(db, &head, at, at, failures, loss.message()).await?
        });
    }
    Ok(events)
}
