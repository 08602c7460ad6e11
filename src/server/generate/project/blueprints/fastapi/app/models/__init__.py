"""All tables. Alembic and SQLAlchemy know of a table once its module was imported."""

{% if accounts %}
from app.models.auth import AuthAccount, AuthToken
{% endif %}
{% for entity in by_module %}
from app.models.{{ entity.module }} import {{ entity.name }}
{% endfor %}

__all__ = [
{% if accounts %}
    "AuthAccount",
    "AuthToken",
{% endif %}
{% for entity in by_module %}
    "{{ entity.name }}",
{% endfor %}
]
