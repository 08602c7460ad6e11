-- Back to nothing: whatever refers to others goes before them.
{% for entity in by_creation|reverse %}
{% for one in entity.ones if one.deferred %}
{% if postgres %}
ALTER TABLE {{ entity.many|sql }} DROP CONSTRAINT {{ one.constraint }};
{% else %}
UPDATE {{ entity.many|sql }} SET {{ one.field }}_id = NULL;
{% endif %}
{% endfor %}
{% for list in entity.lists %}
DROP TABLE {{ list.table|sql }};
{% endfor %}
{% endfor %}
{% for entity in by_creation|reverse %}
DROP TABLE {{ entity.many|sql }};
{% endfor %}
{% if accounts %}
DROP TABLE auth_tokens;
DROP TABLE auth_accounts;
{% endif %}
