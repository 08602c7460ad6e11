-- Undoes the first tables.

{% if postgres %}
DROP TABLE
{% for entity in by_creation %}
{% for list in entity.lists %}
  "{{ list.table }}",
{% endfor %}
{% endfor %}
{% if accounts %}
  auth_tokens,
  auth_accounts,
{% endif %}
{% for entity in by_creation|reverse %}
  "{{ entity.many }}"{{ ";" if loop.last else "," }}
{% endfor %}
{% else %}
{% for entity in by_creation|reverse %}
{% for list in entity.lists %}
DROP TABLE "{{ list.table }}";
{% endfor %}
{% endfor %}
{% for entity in by_creation|reverse %}
DROP TABLE "{{ entity.many }}";
{% endfor %}
{% if accounts %}
DROP TABLE auth_tokens;
DROP TABLE auth_accounts;
{% endif %}
{% endif %}
