"""{{ entity.headings }} in the database."""
{% if entity.ones or entity.kinds|select('in', ['date', 'date_time', 'decimal', 'uuid'])|list or entity.hides_builtins or entity.related %}

{% if entity.hides_builtins %}
import builtins
{% endif %}
{% if 'date' in entity.kinds or 'date_time' in entity.kinds %}
import datetime as dt
{% endif %}
{% if 'decimal' in entity.kinds %}
from decimal import Decimal
{% endif %}
{% if entity.related %}
from typing import TYPE_CHECKING
{% endif %}
{% if entity.ones or 'uuid' in entity.kinds %}
from uuid import UUID
{% endif %}
{% endif %}

{% if entity.plain_columns or entity.ones or entity.lists %}
import sqlalchemy as sa
{% endif %}
from sqlalchemy import orm

from app import db{{ ', enums' if 'enum' in entity.kinds }}
{% if entity.related %}

if TYPE_CHECKING:
{% for other in entity.related %}
    from app.models.{{ other.module }} import {{ other.name }}
{% endfor %}
{% endif %}
{% for list in entity.lists %}

{{ list.table }} = sa.Table(
    "{{ list.table }}",
    db.Base.metadata,
    {{ fold("    sa.Column(", ['"' ~ list.own_column ~ '"', 'sa.ForeignKey("' ~ entity.many ~ '.id", ondelete="CASCADE")', 'primary_key=True'], "),")|trim }}
    {{ fold("    sa.Column(", ['"' ~ list.other_column ~ '"', 'sa.ForeignKey("' ~ list.target.many ~ '.id", ondelete="CASCADE")', 'primary_key=True', 'index=True'], "),")|trim }}
)
{% endfor %}


class {{ entity.name }}(db.Base):
    """{{ (entity.description or entity.one|capital)|doc }}"""

    __tablename__ = "{{ entity.many }}"

{% for field in entity.fields %}
{{ fold("    " ~ field.name ~ ": orm.Mapped[" ~ field.attribute ~ "] = orm.mapped_column(", field.column, ")") }}
{% endfor %}
{% for one in entity.ones %}
{% set foreign = ['"' ~ one.target.many ~ '.id"'] %}
{% set deferred = ['name="' ~ one.constraint ~ '"', 'use_alter=True'] if one.deferred else [] %}
{{ fold("    " ~ one.field ~ "_id: orm.Mapped[UUID" ~ ("" if one.required else " | None") ~ "] = orm.mapped_column(", ["sa.ForeignKey(" ~ (foreign + deferred)|join(", ") ~ ")", "index=True"], ")") }}
{% endfor %}
{% if entity.ones or entity.lists or entity.collections or entity.mirrors %}

{% endif %}
{% for one in entity.ones %}
{{ fold("    " ~ one.field ~ ': orm.Mapped["' ~ one.target.name ~ ("" if one.required else " | None") ~ '"] = orm.relationship(', ['back_populates="' ~ one.back ~ '"', 'foreign_keys="' ~ entity.name ~ '.' ~ one.field ~ '_id"'] + (['remote_side="' ~ entity.name ~ '.id"'] if one.is_self else []), ")") }}
{% endfor %}
{% for list in entity.lists %}
{% set joins = ['primaryjoin=lambda: ' ~ entity.name ~ '.id == ' ~ list.table ~ '.c.' ~ list.own_column, 'secondaryjoin=lambda: ' ~ entity.name ~ '.id == ' ~ list.table ~ '.c.' ~ list.other_column] if list.is_self else [] %}
{{ fold("    " ~ list.field ~ ": orm.Mapped[" ~ entity.list_type ~ '["' ~ list.target.name ~ '"]] = orm.relationship(', ["secondary=" ~ list.table] + joins + ['back_populates="' ~ list.back ~ '"', 'order_by="' ~ list.target.name ~ '.id"'], ")") }}
{% endfor %}
{% for back in entity.collections %}
{{ fold("    " ~ back.field ~ ": orm.Mapped[" ~ entity.list_type ~ '["' ~ back.source.name ~ '"]] = orm.relationship(', ['back_populates="' ~ back.forward ~ '"', 'foreign_keys="' ~ back.source.name ~ '.' ~ back.forward ~ '_id"', 'passive_deletes="all"'], ")") }}
{% endfor %}
{% for back in entity.mirrors %}
{% set own = entity.lists|selectattr("field", "equalto", back.forward)|selectattr("is_self")|first if back.source.name == entity.name else none %}
{% set joins = ['primaryjoin=lambda: ' ~ entity.name ~ '.id == ' ~ own.table ~ '.c.' ~ own.other_column, 'secondaryjoin=lambda: ' ~ entity.name ~ '.id == ' ~ own.table ~ '.c.' ~ own.own_column] if own else [] %}
{{ fold("    " ~ back.field ~ ": orm.Mapped[" ~ entity.list_type ~ '["' ~ back.source.name ~ '"]] = orm.relationship(', ['secondary="' ~ back.table ~ '"'] + joins + ['back_populates="' ~ back.forward ~ '"', 'passive_deletes=True'], ")") }}
{% endfor %}

    def __str__(self):
{% if entity.display and entity.display_required %}
        return self.{{ entity.display }}
{% elif entity.display %}
        return self.{{ entity.display }} or f"{{ entity.heading }} {self.id}"
{% else %}
        return f"{{ entity.heading }} {self.id}"
{% endif %}
