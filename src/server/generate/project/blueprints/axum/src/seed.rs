//! Fills the database with what is in `seed.json`. What is there already stays as it is.
//!
//! Each entry goes through the same rules as a request, so seed data that would be refused is not written.

use anyhow::{Context, anyhow};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::db::{self, Pool};
use crate::requests::Reader;
use crate::schemas::Request;
use crate::{lookup, models};

const SEED: &str = include_str!("seed.json");

/// Adds what is missing, and says how many things that was. What others need comes before them.
pub async fn fill(pool: &Pool) -> anyhow::Result<usize> {
    let data: Map<String, Value> = serde_json::from_str(SEED)?;
    let mut db = db::begin(pool).await?;
    let mut added = 0;
{% for entity in by_creation %}
    for (id, input) in entries(&data, "{{ entity.path }}")? {
        if !lookup::exists(&mut db, &models::{{ entity.module }}::TABLE, id).await? {
            models::{{ entity.module }}::insert(&mut db, id, &input).await?;
            added += 1;
        }
    }
{% endfor %}
    db.commit().await?;
    Ok(added)
}

fn entries<T: Request>(data: &Map<String, Value>, kind: &str) -> anyhow::Result<Vec<(Uuid, T)>> {
    let entries = data.get(kind).and_then(Value::as_array).with_context(|| format!("no {kind}"))?;
    let read = |entry: &Value| {
        let mut values = entry.as_object().cloned().context("an entry is no object")?;
        let id = values.shift_remove("id").context("an entry has no id")?;
        let id = serde_json::from_value(id)?;
        let refused = |why| anyhow!("{kind} {id}: {why:?}");
        Ok((id, Reader::read(values, false).map_err(refused)?))
    };
    entries.iter().map(read).collect()
}
