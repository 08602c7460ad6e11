//! {{ (project.description or project.name)|doc }}
//!
//! `router` makes the application of its parts: `routes` has the API, `schemas` what requests and
//! answers look like, `models` the tables. `fields` says how values look in JSON.

{% if accounts %}
pub mod auth;
{% endif %}
pub mod db;
{% if project.enums %}
pub mod enums;
{% endif %}
pub mod fields;
pub mod listing;
pub mod lookup;
pub mod middleware;
pub mod models;
pub mod openapi;
pub mod problems;
pub mod requests;
pub mod routes;
pub mod schemas;
pub mod seed;
pub mod settings;
{% if front_end %}
pub mod web;
{% endif %}

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::FromRef;
use axum::http::header;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::settings::Settings;

/// What handlers need to know; cheap to clone.
#[derive(Clone)]
pub struct App {
    pub pool: db::Pool,
    pub settings: Arc<Settings>,
{% if accounts %}
    pub guesses: Arc<auth::guesses::Guesses>,
{% endif %}
}

impl App {
    pub fn new(pool: db::Pool, settings: Settings) -> Self {
{% if accounts %}
        let guesses =
            auth::guesses::Guesses::new(settings.guesses_per_account, settings.guesses_per_address);
        Self { pool, settings: Arc::new(settings), guesses: Arc::new(guesses) }
{% else %}
        Self { pool, settings: Arc::new(settings) }
{% endif %}
    }
}

impl FromRef<App> for db::Pool {
    fn from_ref(app: &App) -> Self {
        app.pool.clone()
    }
}

impl FromRef<App> for Arc<Settings> {
    fn from_ref(app: &App) -> Self {
        app.settings.clone()
    }
}
{% if accounts %}

impl FromRef<App> for Arc<auth::guesses::Guesses> {
    fn from_ref(app: &App) -> Self {
        app.guesses.clone()
    }
}
{% endif %}

/// The whole application: tests make theirs.
pub fn router(app: App) -> Router {
    let settings = app.settings.clone();
    // Made once, and served as it is.
    let description = Bytes::from(openapi::describe().to_string());
    let described = async move || ([(header::CONTENT_TYPE, "application/json")], description);
    let router = Router::new()
        .route("/healthz", get(check_health))
        .route("/openapi.json", get(described))
        .merge(routes::router(&app));
{% if front_end %}
    let router = router.merge(web::router());
{% endif %}
    middleware::around(router, &settings).with_state(app)
}

/// Says that the application runs and reaches its database.
async fn check_health(pool: axum::extract::State<db::Pool>) -> problems::Result<Json<Value>> {
    sqlx::query("SELECT 1").execute(&*pool).await?;
    Ok(Json(json!({"status": "ok"})))
}
