//! The API: one module for each kind of thing. A new one is named here twice: its routes, and their description.

{% for entity in by_modules %}
pub mod {{ entity.modules }};
{% endfor %}

use axum::Router;
{% if accounts %}
use axum::middleware::from_fn_with_state;
{% endif %}

use crate::App;
{% if accounts %}
use crate::auth;
{% endif %}
use crate::openapi::Document;

pub fn router({{ "app" if accounts else "_" }}: &App) -> Router<App> {
    let mut router = Router::new();
{% for entity in entities %}
    router = router.merge({{ entity.modules }}::router());
{% endfor %}
{% if accounts %}
    // All of these are for those who have signed in.
    router = router.route_layer(from_fn_with_state(app.clone(), auth::access::require));
    router = router.merge(auth::routes::router());
{% endif %}
    router
}

pub fn describe(document: &mut Document) {
{% if accounts %}
    auth::routes::describe(document);
{% endif %}
{% for entity in entities %}
    {{ entity.modules }}::describe(document);
{% endfor %}
}
