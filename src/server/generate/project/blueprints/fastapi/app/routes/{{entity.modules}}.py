"""{{ entity.headings }} over HTTP."""

{% if entity.pagination %}
from typing import Annotated, Any
{% else %}
from collections.abc import Sequence
from typing import Annotated
{% endif %}

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import orm

from app import listing, models
from app.db import DbSession, now
from app.fields import Uuid
from app.lookup import {{ "find, no_query" }}{{ ", refer" if entity.ones }}{{ ", refer_all" if entity.lists }}
from app.problems import commit, documented
{% if entity.has_rules %}
from app.rules import enforce
from app.rules.{{ entity.module }} import check
{% endif %}
{{ fold_import("app.schemas." ~ entity.module, [entity.name ~ "Input", entity.name ~ "Output"] + [entity.name ~ ("Page" if entity.pagination else "List")] + [entity.name ~ "Query"]) }}

{% set found = ["session", "models." ~ entity.name, entity.snake ~ "_id", '"' ~ entity.label ~ '"'] %}
{% set who = [401] if accounts else [] %}
router = APIRouter(prefix="/{{ entity.path }}", tags=["{{ entity.labels }}"])
{% if entity.ones or entity.lists %}

# What an answer shows of other things, fetched along instead of one by one.
{{ fold("WITH_RELATED = [", entity.related_loads, "]") }}
{% endif %}


@router.get(
    "",
    response_model={{ entity.name ~ "Page" if entity.pagination else entity.name ~ "List" }},
    responses=documented({{ (who + [422])|join(", ") }}),
)
def list_{{ entity.many }}(
    session: DbSession,
    query: Annotated[{{ entity.name }}Query, Query()],
) -> {{ "dict[str, Any]" if entity.pagination else "Sequence[models." ~ entity.name ~ "]" }}:
    """Lists {{ entity.labels }}."""
    statement = sa.select(models.{{ entity.name }}){{ ".options(*WITH_RELATED)" if entity.ones or entity.lists }}
{% if entity.search %}
    if query.q is not None:
{{ fold("        searched = [", entity.searched_columns, "]") }}
        statement = listing.search(statement, query.q, searched)
{% endif %}
{% for filter in entity.filters %}
    if query.{{ filter.parameter }} is not None:
{% if filter.through %}
{{ fold("        statement = statement.where(", ["models." ~ entity.name ~ "." ~ filter.attribute ~ ".any(id=query." ~ filter.parameter ~ ")"], ")") }}
{% else %}
{{ fold("        statement = statement.where(", ["models." ~ entity.name ~ "." ~ filter.attribute ~ " == query." ~ filter.parameter], ")") }}
{% endif %}
{% endfor %}
    statement = listing.sort(statement, models.{{ entity.name }}, query.sort)
{% if entity.pagination %}
    return listing.fetch_page(session, statement, query.page, query.page_size)
{% else %}
    return listing.fetch_all(session, statement)
{% endif %}


@router.post(
    "",
    status_code=201,
    response_model={{ entity.name }}Output,
    responses=documented({{ ([400] + who + [409, 413, 422])|join(", ") }}),
    dependencies=[Depends(no_query)],
)
def create_{{ entity.snake }}(
    session: DbSession,
    body: {{ entity.name }}Input,
    response: Response,
) -> models.{{ entity.name }}:
    """Adds {{ entity.one }}."""
    {{ entity.var }} = models.{{ entity.name }}()
    assign(session, {{ entity.var }}, body)
    session.add({{ entity.var }})
    commit(session)
    response.headers["Location"] = f"/api/{{ entity.path }}/{{ "{" }}{{ entity.var }}.id}"
    return {{ entity.var }}


@router.get(
    "/{{ "{" }}{{ entity.snake }}_id}",
    response_model={{ entity.name }}Output,
    responses=documented({{ (who + [404, 422])|join(", ") }}),
    dependencies=[Depends(no_query)],
)
{{ fold("def read_" ~ entity.snake ~ "(", ["session: DbSession", entity.snake ~ "_id: Uuid"], ") -> models." ~ entity.name ~ ":") }}
    """Shows {{ entity.one }}."""
{{ fold("    return find(", found, ")") }}


@router.put(
    "/{{ "{" }}{{ entity.snake }}_id}",
    response_model={{ entity.name }}Output,
    responses=documented({{ ([400] + who + [404, 409, 413, 422])|join(", ") }}),
    dependencies=[Depends(no_query)],
)
def replace_{{ entity.snake }}(
    session: DbSession,
    {{ entity.snake }}_id: Uuid,
    body: {{ entity.name }}Input,
) -> models.{{ entity.name }}:
    """Replaces {{ entity.one }}; what is left out is empty afterwards."""
{{ fold("    " ~ entity.var ~ " = find(", found, ")") }}
    assign(session, {{ entity.var }}, body)
    {{ entity.var }}.updated_at = now()
    commit(session)
    return {{ entity.var }}


@router.delete(
    "/{{ "{" }}{{ entity.snake }}_id}",
    status_code=204,
    responses=documented({{ (who + [404, 409, 422])|join(", ") }}),
    dependencies=[Depends(no_query)],
)
{{ fold("def delete_" ~ entity.snake ~ "(", ["session: DbSession", entity.snake ~ "_id: Uuid"], ") -> None:") }}
    """Removes {{ entity.one }}."""
{{ fold("    " ~ entity.var ~ " = find(", found, ")") }}
    session.delete({{ entity.var }})
    commit(session)


{{ fold("def assign(", ["session: orm.Session", entity.var ~ ": models." ~ entity.name, "body: " ~ entity.name ~ "Input"], ") -> None:") }}
    """Gives {{ entity.one }} the values of a request{{ ", if they keep the rules" if entity.has_rules }}."""
{% if entity.has_rules %}
    enforce(check(body))
{% endif %}
{% for field in entity.fields %}
    {{ entity.var }}.{{ field.name }} = body.{{ field.name }}
{% endfor %}
{% for one in entity.ones %}
{{ fold("    " ~ entity.var ~ "." ~ one.field ~ "_id = refer(", ["session", "models." ~ one.target.name, "body." ~ one.field ~ "_id", '"' ~ one.field ~ '_id"'], ")") }}
{% endfor %}
{% for list in entity.lists %}
{{ fold("    " ~ entity.var ~ "." ~ list.field ~ " = refer_all(", ["session", "models." ~ list.target.name, "body." ~ list.one ~ "_ids", '"' ~ list.one ~ '_ids"'], ")") }}
{% endfor %}
