"""The API: one module for each kind of thing."""

from fastapi import APIRouter{{ ", Security" if accounts }}

{% if accounts %}
from app.auth.access import signed_in
from app.auth.routes import router as auth_router
{% endif %}
{% for entity in by_modules %}
from app.routes.{{ entity.modules }} import router as {{ entity.many }}_router
{% endfor %}

api = APIRouter(prefix="/api")
{% if accounts %}
api.include_router(auth_router)
# All the rest is for those who have signed in.
protected = APIRouter(dependencies=[Security(signed_in)])
{% endif %}
{% set router = "protected" if accounts else "api" %}
{% for entity in entities %}
{{ router }}.include_router({{ entity.many }}_router)
{% endfor %}
{% if accounts %}
api.include_router(protected)
{% endif %}
