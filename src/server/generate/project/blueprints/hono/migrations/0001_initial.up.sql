-- The first tables.
{% set id = "uuid" if postgres else "TEXT" %}
{% set stamp = "timestamptz" if postgres else "TEXT" %}
{% set text = "text" if postgres else "TEXT" %}
{% set end = ");" if postgres else ") STRICT;" %}
{% if accounts %}

CREATE TABLE auth_accounts (
  id {{ id }} NOT NULL PRIMARY KEY,
  email {{ text }} NOT NULL UNIQUE,
  password_hash {{ text }} NOT NULL,
  created_at {{ stamp }} NOT NULL
{{ end }}

CREATE TABLE auth_tokens (
  id {{ id }} NOT NULL PRIMARY KEY,
  account_id {{ id }} NOT NULL REFERENCES auth_accounts (id) ON DELETE CASCADE,
  token_hash {{ text }} NOT NULL UNIQUE,
  expires_at {{ stamp }} NOT NULL
{{ end }}
CREATE INDEX{{ "" if postgres else " ix_auth_tokens_account_id" }} ON auth_tokens (account_id);
CREATE INDEX{{ "" if postgres else " ix_auth_tokens_expires_at" }} ON auth_tokens (expires_at);
{% endif %}
{% for entity in by_creation %}

CREATE TABLE "{{ entity.many }}" (
  id {{ id }} NOT NULL PRIMARY KEY,
{% for field in entity.fields %}
  "{{ field.name }}" {{ field.postgres if postgres else field.sqlite }},
{% endfor %}
{% for one in entity.ones %}
  "{{ one.field }}_id" {{ id }}{{ " NOT NULL" if one.required }}{% if not (postgres and one.deferred) %} REFERENCES "{{ one.target.many }}" (id){% endif %},
{% endfor %}
  created_at {{ stamp }} NOT NULL,
  updated_at {{ stamp }} NOT NULL
{{ end }}
{% for one in entity.ones %}
CREATE INDEX{{ "" if postgres else ' "ix_' ~ entity.many ~ '_' ~ one.field ~ '_id"' }} ON "{{ entity.many }}" ("{{ one.field }}_id");
{% endfor %}
{% endfor %}
{% for entity in by_creation %}
{% for list in entity.lists %}

CREATE TABLE "{{ list.table }}" (
  "{{ list.own_column }}" {{ id }} NOT NULL REFERENCES "{{ entity.many }}" (id) ON DELETE CASCADE,
  "{{ list.other_column }}" {{ id }} NOT NULL REFERENCES "{{ list.target.many }}" (id) ON DELETE CASCADE,
  PRIMARY KEY ("{{ list.own_column }}", "{{ list.other_column }}")
{{ end }}
CREATE INDEX{{ "" if postgres else ' "ix_' ~ list.table ~ '"' }} ON "{{ list.table }}" ("{{ list.other_column }}");
{% endfor %}
{% endfor %}
{% if postgres %}
{% for entity in by_creation %}
{% for one in entity.ones if one.deferred %}

ALTER TABLE "{{ entity.many }}" ADD FOREIGN KEY ("{{ one.field }}_id") REFERENCES "{{ one.target.many }}" (id);
{% endfor %}
{% endfor %}
{% endif %}
