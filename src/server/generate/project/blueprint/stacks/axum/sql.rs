//! SQL as literals of Rust: the statements of one table.

use super::rust::{filled, raw};

/// Words that SQLite or PostgreSQL does not take as a name without quotes, beyond those that no model may have.
const RESERVED: &str = "abort action add after always analyse analyze array asymmetric attach authorization autoincrement before begin binary \
    both by cascade collation column commit concurrently conflict cross current current_catalog current_role current_schema database detach \
    do each escape except exclude exclusive explain fail filter first following freeze full generated glob grant groups ilike immediate indexed \
    inner instead isnull key last lateral leading left localtime localtimestamp match materialized natural no notnull nothing nulls of others \
    over overlaps partition placing plan pragma preceding query raise range recursive regexp reindex release rename replace restrict returning \
    right rollback row rows savepoint similar some symmetric tablesample temp temporary ties trailing trigger unbounded vacuum variadic verbose \
    view virtual without all and any as asc between case cast check collate constraint create current_date current_time current_timestamp \
    current_user deferrable deferred default delete desc distinct drop else end exists false fetch for foreign from group having if ignore in \
    index initially insert intersect into is join like limit not null offset on only or order outer primary references select session_user \
    set table then to transaction true union unique update user using values when where window with";

/// A name, in quotes if it has to be.
pub fn name(name: &str) -> String {
    if RESERVED.split_ascii_whitespace().any(|word| word == name) { format!("\"{name}\"") } else { name.to_owned() }
}

/// Adds a row: `$1` is its id, `$2` the time, the columns come after them.
pub fn insert(table: &str, columns: &[String]) -> String {
    let names: Vec<String> =
        ["id", "created_at", "updated_at"].map(str::to_owned).into_iter().chain(columns.iter().map(|column| name(column))).collect();
    let values: Vec<String> =
        ["$1", "$2", "$2"].map(str::to_owned).into_iter().chain((0..columns.len()).map(|at| format!("${}", at + 3))).collect();
    raw(&format!(
        "\n    INSERT INTO {} (\n{}\n    ) VALUES (\n{}\n    ) RETURNING *",
        name(table),
        filled(&names, 8, false),
        filled(&values, 8, false)
    ))
}

pub fn update(table: &str, columns: &[String]) -> String {
    let columns = columns.iter().enumerate().map(|(at, column)| format!("{} = ${}", name(column), at + 3));
    let changes: Vec<String> = std::iter::once("updated_at = $2".to_owned()).chain(columns).collect();
    raw(&format!("\n    UPDATE {} SET\n{}\n    WHERE id = $1 RETURNING *", name(table), filled(&changes, 8, false)))
}
