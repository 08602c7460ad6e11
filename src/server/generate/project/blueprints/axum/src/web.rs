//! The front end: the files of `web/`, compiled in. It needs no build step, and reads /openapi.json.

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;

use crate::App;
use crate::problems::{Problem, Result};

const PAGE: &str = include_str!("../web/index.html");

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// Name, type, content.
pub const FILES: &[(&str, &str, &str)] = &[
    ("api.js", JAVASCRIPT, include_str!("../web/api.js")),
    ("describe.js", JAVASCRIPT, include_str!("../web/describe.js")),
    ("dom.js", JAVASCRIPT, include_str!("../web/dom.js")),
    ("fields.js", JAVASCRIPT, include_str!("../web/fields.js")),
    ("form.js", JAVASCRIPT, include_str!("../web/form.js")),
    ("icon.svg", "image/svg+xml", include_str!("../web/icon.svg")),
    ("list.js", JAVASCRIPT, include_str!("../web/list.js")),
    ("main.js", JAVASCRIPT, include_str!("../web/main.js")),
{% if accounts %}
    ("signin.js", JAVASCRIPT, include_str!("../web/signin.js")),
{% endif %}
    ("style.css", "text/css; charset=utf-8", include_str!("../web/style.css")),
];

pub fn router() -> Router<App> {
    Router::new().route("/", get(page)).route("/static/{name}", get(file))
}

async fn page() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], PAGE)
}

async fn file(Path(name): Path<String>) -> Result<impl IntoResponse> {
    let found = FILES.iter().find(|(known, ..)| *known == name);
    let (_, kind, content) = found
        .ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "There is nothing at this address."))?;
    Ok(([(header::CONTENT_TYPE, *kind)], *content))
}
