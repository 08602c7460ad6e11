//! {{ entity.headings }} over HTTP.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};

use crate::App;
use crate::db::{self, Connection, Pool};
{% if entity.ones %}
use crate::lookup;
{% endif %}
{% if entity.ones|rejectattr('is_self')|list %}
use crate::models;
{% endif %}
use crate::models::{{ entity.module }}::{self as table, Row};
use crate::openapi::{Document, Resource};
use crate::problems::{Problem, Result};
use crate::requests::{Body, Id, NoParams, Params, created};
use crate::schemas::{{ entity.module }}::{Input, Output, {{ "Page, " if entity.pagination }}Query};

const PATH: &str = "/api/{{ entity.path }}";
const ONE: &str = "/api/{{ entity.path }}/{{ "{" }}{{ entity.snake }}_id}";

pub fn router() -> Router<App> {
    Router::new()
        .route(PATH, get(list).post(create))
        .route(ONE, get(read).put(replace).delete(remove))
}

pub fn describe(document: &mut Document) {
    document.resource::<Input, Output, {{ "Page" if entity.pagination else "Vec<Output>" }}, Query>(&Resource {
        path: PATH,
        one_path: ONE,
        id: "{{ entity.snake }}_id",
        snake: "{{ entity.snake }}",
        many: "{{ entity.many }}",
        label: "{{ entity.label }}",
        labels: "{{ entity.labels }}",
        one: "{{ entity.one }}",
    });
}

{% if entity.pagination %}
async fn list(pool: State<Pool>, Params(query): Params<Query>) -> Result<Json<Page>> {
    let mut db = pool.acquire().await?;
    let total = table::count(&mut db, &query).await?;
    let rows = table::list(&mut db, &query).await?;
    let items = Output::of(&mut db, rows).await?;
    Ok(Json(Page { items, page: query.page, page_size: query.page_size, total }))
}
{% else %}
async fn list(pool: State<Pool>, Params(query): Params<Query>) -> Result<Json<Vec<Output>>> {
    let mut db = pool.acquire().await?;
    let rows = table::list(&mut db, &query).await?;
    Ok(Json(Output::of(&mut db, rows).await?))
}
{% endif %}

async fn create(
    pool: State<Pool>,
    _: NoParams,
    Body(input): Body<Input>,
) -> Result<impl IntoResponse> {
    let mut db = db::begin(&pool).await?;
{% if entity.ones or entity.lists %}
    check(&mut db, &input).await?;
{% endif %}
    let row = table::insert(&mut db, db::new_id(), &input).await?;
    let output = show(&mut db, row).await?;
    db.commit().await?;
    Ok(created(format!("{PATH}/{}", output.id), output))
}

async fn read(pool: State<Pool>, Id(id): Id, _: NoParams) -> Result<Json<Output>> {
    let mut db = pool.acquire().await?;
    let row = table::find(&mut db, id).await?.ok_or_else(not_found)?;
    Ok(Json(show(&mut db, row).await?))
}

/// What is left out is empty afterwards.
async fn replace(
    pool: State<Pool>,
    Id(id): Id,
    _: NoParams,
    Body(input): Body<Input>,
) -> Result<Json<Output>> {
    let mut db = db::begin(&pool).await?;
{% if entity.ones or entity.lists %}
    table::find(&mut db, id).await?.ok_or_else(not_found)?;
    check(&mut db, &input).await?;
{% endif %}
    let row = table::update(&mut db, id, &input).await?.ok_or_else(not_found)?;
    let output = show(&mut db, row).await?;
    db.commit().await?;
    Ok(Json(output))
}

async fn remove(pool: State<Pool>, Id(id): Id, _: NoParams) -> Result<StatusCode> {
    let mut db = db::begin(&pool).await?;
    if !table::delete(&mut db, id).await? {
        return Err(not_found());
    }
    db.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn not_found() -> Problem {
    Problem::not_found("{{ entity.label }}")
}

async fn show(db: &mut Connection, row: Row) -> Result<Output> {
    Output::of(db, vec![row]).await?.pop().ok_or_else(not_found)
}
{% if entity.ones or entity.lists %}

/// What a request refers to has to be there.
async fn check(db: &mut Connection, input: &Input) -> Result<()> {
{% for one in entity.ones %}
    let id = input.{{ one.field }}_id;
{{ fold("    lookup::check(", ["db", "&" ~ ("table" if one.is_self else "models::" ~ one.target.module) ~ "::TABLE", "id", '"' ~ one.field ~ '_id"'], ").await?;") }}
{% endfor %}
{% for list in entity.lists %}
{{ fold("    table::" ~ list.table|upper ~ ".check(", ["db", "&input." ~ list.one ~ "_ids", '"' ~ list.one ~ '_ids"'], ").await?;") }}
{% endfor %}
    Ok(())
}
{% endif %}
