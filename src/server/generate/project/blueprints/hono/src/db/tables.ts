/** All tables, by the names of their paths. What others need comes before them. */

{% for entity in by_module %}
import { {{ entity.var }}Table } from "../tables/{{ entity.module }}.js";
{% endfor %}
import type { AnyTable } from "./table.js";

export const tables: Record<string, AnyTable> = {
{% for entity in by_creation %}
  {{ entity.path|key }}: {{ entity.var }}Table,
{% endfor %}
};
