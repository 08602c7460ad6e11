-- The first tables.
{% set id = "UUID PRIMARY KEY" if postgres else "BLOB NOT NULL PRIMARY KEY" %}
{% set key = "UUID" if postgres else "BLOB" %}
{% set instant = "TIMESTAMPTZ" if postgres else "TEXT" %}
{% set end = ");" if postgres else ") STRICT;" %}
{% if accounts %}

CREATE TABLE auth_accounts (
    id {{ id }},
    created_at {{ instant }} NOT NULL,
    updated_at {{ instant }} NOT NULL,
    email TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL
{{ end }}

CREATE TABLE auth_tokens (
    id {{ id }},
    created_at {{ instant }} NOT NULL,
    updated_at {{ instant }} NOT NULL,
    account_id {{ key }} NOT NULL REFERENCES auth_accounts (id) ON DELETE CASCADE,
    token_hash TEXT NOT NULL UNIQUE,
    expires_at {{ instant }} NOT NULL
{{ end }}
CREATE INDEX ix_auth_tokens_account_id ON auth_tokens (account_id);
CREATE INDEX ix_auth_tokens_expires_at ON auth_tokens (expires_at);
{% endif %}
{% for entity in by_creation %}

CREATE TABLE {{ entity.many|sql }} (
    id {{ id }},
    created_at {{ instant }} NOT NULL,
    updated_at {{ instant }} NOT NULL{{ "," if entity.fields or entity.ones }}
{% for field in entity.fields %}
    {{ field.name|sql }} {{ field.postgres if postgres else field.sqlite }}{{ " NOT NULL" if field.required }}{{ " UNIQUE" if field.unique }}{{ "" if loop.last and not entity.ones else "," }}
{% endfor %}
{% for one in entity.ones %}
    {{ one.field }}_id {{ key }}{{ " NOT NULL" if one.required }}{{ "" if one.deferred and postgres else " REFERENCES " ~ one.target.many|sql ~ " (id)" }}{{ "" if loop.last else "," }}
{% endfor %}
{{ end }}
{% for one in entity.ones %}
CREATE INDEX {{ "" if postgres else "ix_" ~ entity.many ~ "_" ~ one.field ~ "_id " }}ON {{ entity.many|sql }} ({{ one.field }}_id);
{% endfor %}
{% endfor %}
{% for entity in by_creation %}
{% for list in entity.lists %}

CREATE TABLE {{ list.table|sql }} (
    {{ list.own_column }} {{ key }} NOT NULL REFERENCES {{ entity.many|sql }} (id) ON DELETE CASCADE,
    {{ list.other_column }} {{ key }} NOT NULL REFERENCES {{ list.target.many|sql }} (id) ON DELETE CASCADE,
    PRIMARY KEY ({{ list.own_column }}, {{ list.other_column }})
{{ end }}
CREATE INDEX {{ "" if postgres else "ix_" ~ list.table ~ "_" ~ list.other_column ~ " " }}ON {{ list.table|sql }} ({{ list.other_column }});
{% endfor %}
{% endfor %}
{% if postgres %}
{% for entity in by_creation %}
{% for one in entity.ones if one.deferred %}

ALTER TABLE {{ entity.many|sql }} ADD CONSTRAINT {{ one.constraint }}
    FOREIGN KEY ({{ one.field }}_id) REFERENCES {{ one.target.many|sql }} (id);
{% endfor %}
{% endfor %}
{% endif %}
