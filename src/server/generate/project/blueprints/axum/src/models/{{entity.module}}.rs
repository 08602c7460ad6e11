//! {{ entity.headings|doc }}

use sqlx::QueryBuilder;
use uuid::Uuid;

use crate::db::{self, Connection, Db};
{% if 'enum' in entity.kinds %}
use crate::enums;
{% endif %}
use crate::fields;
use crate::listing::{self, Part};
{% if entity.lists %}
use crate::lookup::{Join, Table};
{% else %}
use crate::lookup::Table;
{% endif %}
{% if entity.lists|rejectattr('is_self')|list %}
use crate::models;
{% endif %}
use crate::schemas::{{ entity.module }}::{Input, Query};

{% set label = 'Some("' ~ entity.display ~ '")' if entity.display else "None" %}
{{ fold_struct("pub const TABLE: Table = Table", ['name: "' ~ entity.many ~ '"', "label: " ~ label, 'heading: "' ~ entity.heading ~ '"'], ";") }}
{% for list in entity.lists %}

{% set target = "&TABLE" if list.is_self else "&models::" ~ list.target.module ~ "::TABLE" %}
{{ fold_struct("pub static " ~ list.table|upper ~ ": Join = Join", ['table: "' ~ list.table ~ '"', 'own: "' ~ list.own_column ~ '"', 'other: "' ~ list.other_column ~ '"', "target: " ~ target], ";") }}
{% endfor %}

/// {{ (entity.description or entity.one|capital)|doc }}
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Row {
    pub id: Uuid,
{% for field in entity.fields %}
    pub {{ field.name }}: {{ field.type }},
{% endfor %}
{% for one in entity.ones %}
    pub {{ one.field }}_id: {{ "Uuid" if one.required else "Option<Uuid>" }},
{% endfor %}
    pub created_at: fields::Instant,
    pub updated_at: fields::Instant,
}

const INSERT: &str = {{ entity.insert_sql }};

const UPDATE: &str = {{ entity.update_sql }};

/// Adds {{ entity.one }}. What it refers to has to be there.
pub async fn insert(db: &mut Connection, id: Uuid, input: &Input) -> sqlx::Result<Row> {
    let mut query = sqlx::query_as(INSERT).bind(id).bind(db::now());
{% for field in entity.fields %}
    query = query.bind({{ "" if field.copy else "&" }}input.{{ field.name }});
{% endfor %}
{% for one in entity.ones %}
    query = query.bind(input.{{ one.field }}_id);
{% endfor %}
{% if entity.lists %}
    let row: Row = query.fetch_one(&mut *db).await?;
{% else %}
    query.fetch_one(db).await
{% endif %}
{% for list in entity.lists %}
    {{ list.table|upper }}.replace(db, id, &input.{{ list.one }}_ids).await?;
{% endfor %}
{% if entity.lists %}
    Ok(row)
{% endif %}
}

/// Gives {{ entity.one }} new values; none: it is not there.
pub async fn update(db: &mut Connection, id: Uuid, input: &Input) -> sqlx::Result<Option<Row>> {
    let mut query = sqlx::query_as(UPDATE).bind(id).bind(db::now());
{% for field in entity.fields %}
    query = query.bind({{ "" if field.copy else "&" }}input.{{ field.name }});
{% endfor %}
{% for one in entity.ones %}
    query = query.bind(input.{{ one.field }}_id);
{% endfor %}
{% if entity.lists %}
    let row: Option<Row> = query.fetch_optional(&mut *db).await?;
{% else %}
    query.fetch_optional(db).await
{% endif %}
{% if entity.lists %}
    if row.is_some() {
{% for list in entity.lists %}
        {{ list.table|upper }}.replace(db, id, &input.{{ list.one }}_ids).await?;
{% endfor %}
    }
    Ok(row)
{% endif %}
}

pub async fn find(db: &mut Connection, id: Uuid) -> sqlx::Result<Option<Row>> {
    let sql = {{ entity.find_sql }};
    sqlx::query_as(sql).bind(id).fetch_optional(db).await
}

/// Removes {{ entity.one }}; false: it was not there.
pub async fn delete(db: &mut Connection, id: Uuid) -> sqlx::Result<bool> {
    let sql = {{ entity.delete_sql }};
    let done = sqlx::query(sql).bind(id).execute(db).await?;
    Ok(done.rows_affected() > 0)
}

/// The part of the list that is asked for.
pub async fn list(db: &mut Connection, query: &Query) -> sqlx::Result<Vec<Row>> {
    let mut sql = QueryBuilder::<Db>::new({{ entity.list_sql }});
    narrow(&mut sql, query);
{% if entity.pagination %}
    let part = Part { sort: query.sort, page: query.page, page_size: query.page_size };
{% else %}
    let part = Part { sort: query.sort, page: 1, page_size: listing::MOST_ITEMS };
{% endif %}
    listing::cut(&mut sql, part);
    sql.build_query_as().fetch_all(db).await
}
{% if entity.pagination %}

/// How many there are on all pages.
pub async fn count(db: &mut Connection, query: &Query) -> sqlx::Result<i64> {
    let mut sql = QueryBuilder::<Db>::new({{ entity.count_sql }});
    narrow(&mut sql, query);
    sql.build_query_scalar().fetch_one(db).await
}
{% endif %}

/// Keeps what is asked for.
{% if entity.search or entity.filters %}
fn narrow(sql: &mut QueryBuilder<Db>, query: &Query) {
{% if entity.search %}
    if let Some(text) = &query.q {
{{ fold("        let columns = [", entity.searched|quoted, "];") }}
        listing::search(sql, text, &columns);
    }
{% endif %}
{% for filter in entity.filters %}
    if let Some(value) = {{ "" if filter.copy else "&" }}query.{{ filter.parameter }} {
{% if filter.through %}
{% set list = entity.lists|selectattr("field", "equalto", filter.through)|first %}
        {{ list.table|upper }}.filter(sql, value);
{% else %}
        listing::equals(sql, "{{ filter.attribute }}", value);
{% endif %}
    }
{% endfor %}
}
{% else %}
fn narrow(_: &mut QueryBuilder<Db>, _: &Query) {}
{% endif %}
