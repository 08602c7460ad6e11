//! The tables: rows, and the queries that read and write them. One module for each kind of thing.

{% for module in in_order(by_module|map(attribute="module")|list + (["auth"] if accounts else [])) %}
pub mod {{ module }};
{% endfor %}
