"""{{ entity.headings }} in requests and answers."""

{% if entity.hides_builtins and entity.lists %}
import builtins
{% endif %}
{% if entity.decimal_bounds %}
from decimal import Decimal
{% endif %}
from typing import {{ "Annotated, Literal" if 'bytes' in entity.kinds or not entity.pagination else "Literal" }}

from pydantic import Field{{ ", StrictInt" if entity.bounded_integers }}

{% if 'enum' in entity.kinds %}
from app import enums
{% endif %}
{{ fold_import("app.fields", entity.field_types) }}
{{ fold_import("app.schemas.base", ["Input", "Output", "Reference"] if entity.ones or entity.lists else ["Input", "Output"]) }}

{% set keys = ["created_at", "updated_at"] + entity.sorts %}
{{ entity.name }}Sort = Literal[
{% for key in keys|sort %}
    "{{ key }}",
    "-{{ key }}",
{% endfor %}
]


class {{ entity.name }}Input(Input):
    """{{ (entity.one|capital ~ " as it is sent")|doc }}"""

{% for field in entity.fields %}
{% if field.rules %}
{{ fold("    " ~ field.name ~ ": " ~ field.request ~ " = Field(", field.rules, ")") }}
{% else %}
    {{ field.name }}: {{ field.request }}
{% endif %}
{% endfor %}
{% for one in entity.ones %}
{{ fold("    " ~ one.field ~ "_id: Uuid" ~ ("" if one.required else " | None") ~ " = Field(", ([] if one.required else ["default=None"]) + ['description="' ~ one.target.one|capital ~ ' that exists."', 'json_schema_extra={"x-refers-to": "/api/' ~ one.target.path ~ '"}'], ")") }}
{% endfor %}
{% for list in entity.lists %}
{{ fold("    " ~ list.one ~ "_ids: UuidList = Field(", ['default_factory=list', 'description="' ~ list.target.headings ~ ' that exist, each once."', 'json_schema_extra={"x-refers-to": "/api/' ~ list.target.path ~ '", "x-shown-as": "' ~ list.field ~ '"}'], ")") }}
{% endfor %}


class {{ entity.name }}Output(Output):
    """{{ (entity.one|capital ~ " as it is kept")|doc }}"""

    id: Uuid
{% for field in entity.fields %}
    {{ field.name }}: {{ field.answer }}
{% endfor %}
{% for one in entity.ones %}
    {{ one.field }}_id: Uuid{{ "" if one.required else " | None" }}
    {{ one.field }}: Reference{{ "" if one.required else " | None" }}
{% endfor %}
{% for list in entity.lists %}
    {{ list.field }}: {{ entity.list_type }}[Reference]
{% endfor %}
    created_at: DateTime
    updated_at: DateTime


class {{ entity.name }}Query(Input):
    """What a list of {{ entity.labels }} can be asked for."""

{% if entity.pagination %}
    page: QueryCount = Field(default=1, ge=1, le=1_000_000, description="Counted from 1.")
    page_size: QueryCount = Field(default=20, ge=1, le=100)
{% endif %}
    sort: {{ entity.name }}Sort = Field(
        default="created_at", description="A property; with a hyphen before it, downwards."
    )
{% if entity.search %}
    q: QueryText | None = Field(default=None, description="Only what has this text in it.")
{% endif %}
{% for filter in entity.filters %}
{{ fold("    " ~ filter.parameter ~ ": " ~ filter.annotation ~ " | None = Field(", ["default=None", "description=" ~ filter.description|python], ")") }}
{% endfor %}
{% if entity.pagination %}


class {{ entity.name }}Page(Output):
    """A page of {{ entity.labels }}, and how many there are on all pages."""

    items: list[{{ entity.name }}Output]
    page: Integer
    page_size: Integer
    total: Integer
{% else %}


{{ entity.name }}List = Annotated[list[{{ entity.name }}Output], Field(max_length=1000)]
{% endif %}
