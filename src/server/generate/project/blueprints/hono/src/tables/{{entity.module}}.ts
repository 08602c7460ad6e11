/** {{ (entity.headings ~ " in the database")|doc }}{{ " " ~ entity.description|doc if entity.description }} */

import type { Table } from "../db/table.js";
import { {{ entity.name }}Input, {{ entity.name }}Output } from "../schemas/{{ entity.module }}.js";
{% for other in entity.targets %}
import { {{ other.var }}Table } from "./{{ other.module }}.js";
{% endfor %}

export const {{ entity.var }}Table: Table<{{ entity.name }}Input, {{ entity.name }}Output> = {
  name: "{{ entity.many }}",
  label: "{{ entity.label }}",
  display: {{ '"' ~ entity.display ~ '"' if entity.display else "null" }},
  input: {{ entity.name }}Input,
  output: {{ entity.name }}Output,
  columns: {
{% for field in entity.fields %}
    {{ field.name }}: "{{ field.column }}",
{% endfor %}
{% for one in entity.ones %}
    {{ one.field }}_id: "text",
{% endfor %}
  },
{% if entity.ones %}
  ones: {
{% for one in entity.ones %}
    {{ one.field }}: () => {{ one.target.var }}Table,
{% endfor %}
  },
{% else %}
  ones: {},
{% endif %}
{% if entity.lists %}
  lists: {
{% for list in entity.lists %}
    {{ list.field }}: {
      ids: "{{ list.one }}_ids",
      of: () => {{ list.target.var }}Table,
      through: { table: "{{ list.table }}", own: "{{ list.own_column }}", other: "{{ list.other_column }}" },
    },
{% endfor %}
  },
{% else %}
  lists: {},
{% endif %}
{% if entity.unique_fields %}
  unique: {
{% for field in entity.fields if field.unique %}
    {{ field.name }}: "{{ field.constraint if postgres else entity.many ~ "." ~ field.name }}",
{% endfor %}
  },
{% else %}
  unique: {},
{% endif %}
  searched: [{% for name in entity.searched %}"{{ name }}"{{ "" if loop.last else ", " }}{% endfor %}],
{% if entity.filters %}
  filters: {
{% for filter in entity.filters %}
    {{ filter.parameter }}: "{{ filter.attribute }}",
{% endfor %}
  },
{% else %}
  filters: {},
{% endif %}
};
