//! Finding things by id: what a request refers to (422 if it is not there){{ ", and what an answer shows of other things" if project.has_references }}.

{% if project.has_references %}
use std::collections::{HashMap, HashSet};

use axum::http::StatusCode;
{% endif %}
use sqlx::query_builder::QueryBuilder;
use uuid::Uuid;

use crate::db::{Connection, Db};
{% if project.has_references %}
use crate::problems::{Problem, Result};
use crate::schemas::Reference;
{% endif %}

/// What is to know of a table for those who refer to it.
#[derive(Debug)]
pub struct Table {
    pub name: &'static str,
    /// The column by which people know a thing.
    pub label: Option<&'static str>,
    /// What a thing is called that has no name of its own.
    pub heading: &'static str,
}

pub async fn exists(db: &mut Connection, table: &Table, id: Uuid) -> sqlx::Result<bool> {
    let mut sql = QueryBuilder::<Db>::new("SELECT EXISTS (SELECT 1 FROM ");
    sql.push(format_args!(r#""{}" WHERE id = "#, table.name)).push_bind(id).push(")");
    sql.build_query_scalar().fetch_one(db).await
}
{% if project.has_references %}

/// Refuses an id that nothing has.
pub async fn check(
    db: &mut Connection,
    table: &Table,
    id: impl Into<Option<Uuid>>,
    field: &str,
) -> Result<()> {
    let Some(id) = id.into() else { return Ok(()) };
    if exists(db, table, id).await? {
        return Ok(());
    }
    Err(nothing_with_id(field))
}

fn nothing_with_id(field: &str) -> Problem {
    let detail = "There is nothing with this id.";
    Problem::of_field(StatusCode::UNPROCESSABLE_ENTITY, field, detail)
}

/// What answers show of other things: fetched at once, instead of one by one.
#[derive(Default)]
pub struct Related {
    wanted: HashMap<&'static str, (&'static Table, HashSet<Uuid>)>,
    labels: HashMap<Uuid, String>,
{% if project.has_lists %}
    lists: HashMap<(&'static str, Uuid), Vec<Uuid>>,
{% endif %}
}

impl Related {
    /// The thing will be shown.
    pub fn want(&mut self, table: &'static Table, id: impl Into<Option<Uuid>>) {
        let (_, ids) = self.wanted.entry(table.name).or_insert((table, HashSet::new()));
        ids.extend(id.into());
    }

    /// Fetches the names of what will be shown.
    pub async fn fetch(&mut self, db: &mut Connection) -> sqlx::Result<()> {
        for (table, ids) in std::mem::take(&mut self.wanted).into_values() {
            if ids.is_empty() {
                continue;
            }
            let label = table.label.map_or("NULL".to_owned(), |column| format!(r#""{column}""#));
            let mut sql = QueryBuilder::<Db>::new("SELECT id, CAST(");
            sql.push(format_args!(r#"{label} AS TEXT) FROM "{}" WHERE id IN "#, table.name));
            sql.push_tuples(ids, |mut row, id| {
                row.push_bind(id);
            });
            let rows: Vec<(Uuid, Option<String>)> =
                sql.build_query_as().fetch_all(&mut *db).await?;
            for (id, label) in rows {
                let label = label.filter(|label| !label.is_empty());
                self.labels.insert(id, label.unwrap_or_else(|| format!("{} {id}", table.heading)));
            }
        }
        Ok(())
    }

    pub fn one(&self, id: Uuid) -> Reference {
        let label = self.labels.get(&id).cloned().unwrap_or_else(|| id.to_string());
        Reference { id, label }
    }
{% if project.has_lists %}

    /// The things that these rows list will be shown.
    pub async fn want_lists(
        &mut self,
        db: &mut Connection,
        join: &'static Join,
        ids: &[Uuid],
    ) -> sqlx::Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let (own, other) = (join.own, join.other);
        let mut sql = QueryBuilder::<Db>::new("SELECT ");
        sql.push(format_args!(r#""{own}", "{other}" FROM "{}" WHERE "{own}" IN "#, join.table));
        sql.push_tuples(ids, |mut row, id| {
            row.push_bind(*id);
        });
        sql.push(format_args!(r#" ORDER BY "{other}""#));
        let rows: Vec<(Uuid, Uuid)> = sql.build_query_as().fetch_all(db).await?;
        for (id, other) in rows {
            self.want(join.target, other);
            self.lists.entry((join.table, id)).or_default().push(other);
        }
        Ok(())
    }

    pub fn list(&self, join: &Join, id: Uuid) -> Vec<Reference> {
        let ids = self.lists.get(&(join.table, id)).map(Vec::as_slice).unwrap_or_default();
        ids.iter().map(|id| self.one(*id)).collect()
    }
{% endif %}
}
{% endif %}
{% if project.has_lists %}

/// A table that joins two others: which of one belong to which of the other.
#[derive(Debug)]
pub struct Join {
    pub table: &'static str,
    pub own: &'static str,
    pub other: &'static str,
    pub target: &'static Table,
}

impl Join {
    /// Refuses ids that nothing has.
    pub async fn check(&self, db: &mut Connection, ids: &[Uuid], field: &str) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let mut sql = QueryBuilder::<Db>::new("SELECT id FROM ");
        sql.push(format_args!(r#""{}" WHERE id IN "#, self.target.name));
        sql.push_tuples(ids, |mut row, id| {
            row.push_bind(*id);
        });
        let found: Vec<Uuid> = sql.build_query_scalar().fetch_all(db).await?;
        match ids.iter().position(|id| !found.contains(id)) {
            None => Ok(()),
            Some(at) => Err(nothing_with_id(&format!("{field}.{at}"))),
        }
    }

    /// Exactly these belong to the row afterwards.
    pub async fn replace(&self, db: &mut Connection, id: Uuid, ids: &[Uuid]) -> sqlx::Result<()> {
        let (table, own, other) = (self.table, self.own, self.other);
        let mut sql = QueryBuilder::<Db>::new("DELETE FROM ");
        sql.push(format_args!(r#""{table}" WHERE "{own}" = "#)).push_bind(id);
        sql.build().execute(&mut *db).await?;
        if ids.is_empty() {
            return Ok(());
        }
        let mut sql = QueryBuilder::<Db>::new("INSERT INTO ");
        sql.push(format_args!(r#""{table}" ("{own}", "{other}") "#));
        sql.push_values(ids, |mut row, other| {
            row.push_bind(id).push_bind(*other);
        });
        sql.build().execute(db).await?;
        Ok(())
    }

    /// Keeps what has this one in its list.
    pub fn filter(&self, sql: &mut QueryBuilder<Db>, other: Uuid) {
        let (table, own, column) = (self.table, self.own, self.other);
        let select = format_args!(r#"SELECT "{own}" FROM "{table}" WHERE "{column}" = "#);
        sql.push(format_args!(" AND id IN ({select}")).push_bind(other).push(")");
    }
}
{% endif %}
