//! The tables: rows, and the queries that read and write them. One module for each kind of thing.

{% if accounts %}
pub mod auth;
{% endif %}
{% for entity in by_module %}
pub mod {{ entity.module }};
{% endfor %}
