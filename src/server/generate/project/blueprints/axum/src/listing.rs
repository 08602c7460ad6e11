//! Lists: searched, filtered, sorted, in pages.

use sqlx::query_builder::QueryBuilder;
use sqlx::{Encode, Type};

use crate::db::Db;

/// Of a list without pages.
pub const MOST_ITEMS: u32 = 1000;

/// Which part of a list is asked for, and in which order.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// A column; with a hyphen before it, downwards.
    pub sort: &'static str,
    /// Counted from 1.
    pub page: u32,
    pub page_size: u32,
}

/// Keeps what has the text in one of the columns, in capitals or not.
pub fn search(sql: &mut QueryBuilder<Db>, text: &str, columns: &[&str]) {
    let escaped: String = text.chars().flat_map(escape).collect();
    let wanted = format!("%{escaped}%");
    sql.push(" AND (FALSE");
    for column in columns {
        sql.push(format_args!(r#" OR LOWER("{column}") LIKE LOWER("#));
        sql.push_bind(wanted.clone()).push(r") ESCAPE '\'");
    }
    sql.push(")");
}

/// Signs that stand for any text in SQL stand for themselves.
fn escape(c: char) -> impl Iterator<Item = char> {
    let sign = matches!(c, '%' | '_' | '\\').then_some('\\');
    sign.into_iter().chain([c])
}

/// Keeps what has this value in a column.
pub fn equals<'t, T>(sql: &mut QueryBuilder<Db>, column: &str, value: T)
where
    T: Encode<'t, Db> + Type<Db>,
{
    sql.push(format_args!(r#" AND "{column}" = "#)).push_bind(value);
}

/// Sorts by a column; where that leaves a choice, by id, so that parts never overlap.
pub fn cut(sql: &mut QueryBuilder<Db>, part: Part) {
    let (column, direction) = match part.sort.strip_prefix('-') {
        Some(column) => (column, "DESC"),
        None => (part.sort, "ASC"),
    };
    sql.push(format_args!(r#" ORDER BY "{column}" {direction}, id {direction} LIMIT "#));
    sql.push_bind(i64::from(part.page_size)).push(" OFFSET ");
    sql.push_bind(i64::from(part.page - 1) * i64::from(part.page_size));
}
