"""All tables. Alembic and SQLAlchemy know of a table once its module was imported."""

{# Sorted: accounts stand among the entities. #}
{% set told = namespace(auth=not accounts) %}
{% for entity in by_module %}
{% if not told.auth and entity.module > 'auth' %}
from app.models.auth import AuthAccount, AuthToken
{% set told.auth = true %}
{% endif %}
from app.models.{{ entity.module }} import {{ entity.name }}
{% endfor %}
{% if not told.auth %}
from app.models.auth import AuthAccount, AuthToken
{% endif %}

__all__ = [
{% if accounts %}
    "AuthAccount",
    "AuthToken",
{% endif %}
{% for entity in by_module %}
    "{{ entity.name }}",
{% endfor %}
]
