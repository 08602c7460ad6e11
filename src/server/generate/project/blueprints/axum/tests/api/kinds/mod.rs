//! One module for each kind of thing.

{% for entity in by_modules %}
mod {{ entity.modules }};
{% endfor %}
