/** {{ entity.headings }} in requests and answers. */

import { z } from "zod";
import { {{ entity.field_imports|join(", ") }} } from "../api/fields.js";
import { {{ entity.shape_imports|join(", ") }} } from "../api/shapes.js";
{% if 'enum' in entity.kinds %}
import * as enums from "../enums.js";
{% endif %}

export const {{ entity.name }}Input = shape("{{ entity.name }}Input", "{{ entity.one|capital }} as it is sent.", {
{% for field in entity.fields %}
  {{ field.name }}: {{ field.request }},
{% endfor %}
{% for one in entity.ones %}
{% set refers = 'reference("/api/' ~ one.target.path ~ '", "' ~ one.target.one|capital ~ ' that exists.")' %}
  {{ one.field }}_id: {{ refers if one.required else "optional(" ~ refers ~ ")" }},
{% endfor %}
{% for list in entity.lists %}
  {{ list.one }}_ids: references("/api/{{ list.target.path }}", "{{ list.field }}", "{{ list.target.headings }} that exist, each once."),
{% endfor %}
});

export type {{ entity.name }}Input = z.infer<typeof {{ entity.name }}Input>;

export const {{ entity.name }}Output = shape("{{ entity.name }}Output", "{{ entity.one|capital }} as it is kept.", {
  id: uuid(),
{% for field in entity.fields %}
  {{ field.name }}: {{ field.answer }},
{% endfor %}
{% for one in entity.ones %}
  {{ one.field }}_id: {{ "uuid()" if one.required else "nullable(uuid())" }},
  {{ one.field }}: {{ "Reference" if one.required else "nullable(Reference)" }},
{% endfor %}
{% for list in entity.lists %}
  {{ list.field }}: z.array(Reference),
{% endfor %}
  created_at: instant(),
  updated_at: instant(),
});

export type {{ entity.name }}Output = z.infer<typeof {{ entity.name }}Output>;

{% if entity.pagination %}
export const {{ entity.name }}Page = page("{{ entity.name }}Page", "A page of {{ entity.labels }}.", {{ entity.name }}Output);
{% else %}
export const {{ entity.name }}List = whole({{ entity.name }}Output);
{% endif %}

/** What an address names. */
export const {{ entity.name }}Key = z.strictObject({ {{ entity.snake }}_id: uuid() });

/** What a list of {{ entity.labels }} can be asked for. */
export const {{ entity.name }}Query = z.strictObject({
{% if entity.pagination %}
  ...paging,
{% endif %}
  ...sorting("created_at", "updated_at"{% for key in entity.sorts %}, "{{ key }}"{% endfor %}),
{% if entity.search %}
  ...searching,
{% endif %}
{% for filter in entity.filters %}
  {{ filter.parameter }}: filter({{ filter.schema }}, {{ filter.description|ts }}),
{% endfor %}
});
