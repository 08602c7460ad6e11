"""The first tables."""

import sqlalchemy as sa
from alembic import op

from app import db

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
{% if accounts %}
    op.create_table(
        "auth_accounts",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.Column("updated_at", db.UtcDateTime(), nullable=False),
        sa.UniqueConstraint("email"),
    )
    op.create_table(
        "auth_tokens",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("expires_at", db.UtcDateTime(), nullable=False),
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.Column("updated_at", db.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["auth_accounts.id"], ondelete="CASCADE"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index(None, "auth_tokens", ["account_id"])
    op.create_index(None, "auth_tokens", ["expires_at"])
{% endif %}
{% for entity in by_creation %}
    op.create_table(
        "{{ entity.many }}",
        sa.Column("id", sa.Uuid(), primary_key=True),
{% for field in entity.fields %}
{{ fold("        sa.Column(", field.migrated, "),") }}
{% endfor %}
{% for one in entity.ones %}
{{ fold("        sa.Column(", ['"' ~ one.field ~ '_id"', 'sa.Uuid()', 'nullable=' ~ ("False" if one.required else "True")], "),") }}
{% endfor %}
        sa.Column("created_at", db.UtcDateTime(), nullable=False),
        sa.Column("updated_at", db.UtcDateTime(), nullable=False),
{% for one in entity.ones if not one.deferred %}
{{ fold("        sa.ForeignKeyConstraint(", ['["' ~ one.field ~ '_id"]', '["' ~ one.target.many ~ '.id"]'], "),") }}
{% endfor %}
{% for field in entity.fields if field.unique %}
        sa.UniqueConstraint("{{ field.name }}"),
{% endfor %}
    )
{% for one in entity.ones %}
{{ fold("    op.create_index(", ['None', '"' ~ entity.many ~ '"', '["' ~ one.field ~ '_id"]'], ")") }}
{% endfor %}
{% endfor %}
{% for entity in by_creation %}
{% for list in entity.lists %}
    op.create_table(
        "{{ list.table }}",
        sa.Column("{{ list.own_column }}", sa.Uuid(), primary_key=True),
        sa.Column("{{ list.other_column }}", sa.Uuid(), primary_key=True),
{{ fold("        sa.ForeignKeyConstraint(", ['["' ~ list.own_column ~ '"]', '["' ~ entity.many ~ '.id"]', 'ondelete="CASCADE"'], "),") }}
{{ fold("        sa.ForeignKeyConstraint(", ['["' ~ list.other_column ~ '"]', '["' ~ list.target.many ~ '.id"]', 'ondelete="CASCADE"'], "),") }}
    )
{{ fold("    op.create_index(", ['None', '"' ~ list.table ~ '"', '["' ~ list.other_column ~ '"]'], ")") }}
{% endfor %}
{% for one in entity.ones if one.deferred %}
    with op.batch_alter_table("{{ entity.many }}") as table:
{{ fold("        table.create_foreign_key(", ['"' ~ one.constraint ~ '"', '"' ~ one.target.many ~ '"', '["' ~ one.field ~ '_id"]', '["id"]'], ")") }}
{% endfor %}
{% endfor %}


def downgrade() -> None:
{% for entity in by_creation|reverse %}
{% for one in entity.ones if one.deferred %}
    with op.batch_alter_table("{{ entity.many }}") as table:
        table.drop_constraint("{{ one.constraint }}", type_="foreignkey")
{% endfor %}
{% for list in entity.lists %}
    op.drop_table("{{ list.table }}")
{% endfor %}
{% endfor %}
{% for entity in by_creation|reverse %}
    op.drop_table("{{ entity.many }}")
{% endfor %}
{% if accounts %}
    op.drop_table("auth_tokens")
    op.drop_table("auth_accounts")
{% endif %}
