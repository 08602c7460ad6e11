//! What the house needs: keys that outlive the process, and whether the database is well.

use sqlx::{SqliteConnection, SqlitePool};

use super::database;
use crate::server::store::Result;

super::statements! {
    SECRET = "SELECT value FROM secret WHERE name = $1";
    KEEP_SECRET = "INSERT INTO secret (name, value) VALUES ($1, $2)";
    READ = "SELECT count(*) FROM pulse";
    WRITE = "INSERT INTO pulse (id, beats) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET beats = beats + 1";
}

pub async fn secret(db: &mut SqliteConnection, name: String, fresh: Vec<u8>) -> Result<Vec<u8>> {
    let known: Option<Vec<u8>> = sqlx::query_scalar(SECRET).bind(&name).fetch_optional(&mut *db).await.map_err(database)?;
    if let Some(known) = known {
        return Ok(known);
    }
    sqlx::query(KEEP_SECRET).bind(name).bind(&fresh).execute(db).await.map_err(database)?;
    Ok(fresh)
}

pub async fn check_read(readers: &SqlitePool) -> Result<()> {
    let _: i64 = sqlx::query_scalar(READ).fetch_one(readers).await.map_err(database)?;
    Ok(())
}

pub async fn check_write(db: &mut SqliteConnection) -> Result<()> {
    sqlx::query(WRITE).execute(db).await.map_err(database)?;
    Ok(())
}
