//! Tests of the application, from outside: over HTTP, on databases that its migrations have made.

mod app;
{% if accounts %}
mod auth;
{% endif %}
{% if front_end %}
mod front_end;
{% endif %}
mod kinds;
mod support;
