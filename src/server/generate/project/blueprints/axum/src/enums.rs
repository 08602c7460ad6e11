//! Closed sets of words. A new value is a line here, and nothing in the database.

use crate::fields::choices;
{% for enum in project.enums %}

choices! {
    /// {{ ("What is possible for " ~ enum.label)|doc }}
    pub enum {{ enum.name }} {
{% for value in enum['values'] %}
        {{ value.name }} = "{{ value.value }}",
{% endfor %}
    }
}
{% endfor %}
