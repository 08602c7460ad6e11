/** {{ entity.headings }} over HTTP. */

import { operation } from "../api/operation.js";
import { {{ "fetchPage" if entity.pagination else "fetchAll" }}, find, insert, remove, replace } from "../db/store.js";
{% set list = entity.name ~ ("Page" if entity.pagination else "List") %}
{% if entity.pagination %}
import { {{ entity.name }}Input, {{ entity.name }}Key, {{ entity.name }}Output, {{ entity.name }}Page, {{ entity.name }}Query } from "../schemas/{{ entity.module }}.js";
{% else %}
import { {{ entity.name }}Input, {{ entity.name }}Key, {{ entity.name }}List, {{ entity.name }}Output, {{ entity.name }}Query } from "../schemas/{{ entity.module }}.js";
{% endif %}
import { {{ entity.var }}Table } from "../tables/{{ entity.module }}.js";

const tag = "{{ entity.labels }}";
const path = "/api/{{ entity.path }}";
const pathOfOne = "/api/{{ entity.path }}/{{ "{" ~ entity.snake ~ "_id}" }}";

export const {{ entity.var }}Routes = [
  operation({
    id: "list_{{ entity.many }}",
    method: "get",
    path,
    tag,
    summary: "List {{ entity.labels }}",
    description: "Lists {{ entity.labels }}.",
    query: {{ entity.name }}Query,
    answer: {{ list }},
    async handle({ database, query }) {
      return {{ "fetchPage" if entity.pagination else "fetchAll" }}(database, {{ entity.var }}Table, query);
    },
  }),
  operation({
    id: "create_{{ entity.snake }}",
    method: "post",
    path,
    tag,
    summary: "Create {{ entity.label }}",
    description: "Adds {{ entity.one }}.",
    body: {{ entity.name }}Input,
    status: 201,
    answer: {{ entity.name }}Output,
    refusals: [409],
    async handle({ database, body, context }) {
      const made = await insert(database, {{ entity.var }}Table, body);
      context.header("Location", `${path}/${made.id}`);
      return made;
    },
  }),
  operation({
    id: "read_{{ entity.snake }}",
    method: "get",
    path: pathOfOne,
    tag,
    summary: "Read {{ entity.label }}",
    description: "Shows {{ entity.one }}.",
    params: {{ entity.name }}Key,
    answer: {{ entity.name }}Output,
    refusals: [404],
    async handle({ database, params }) {
      return find(database, {{ entity.var }}Table, params.{{ entity.snake }}_id);
    },
  }),
  operation({
    id: "replace_{{ entity.snake }}",
    method: "put",
    path: pathOfOne,
    tag,
    summary: "Replace {{ entity.label }}",
    description: "Replaces {{ entity.one }}; what is left out is empty afterwards.",
    params: {{ entity.name }}Key,
    body: {{ entity.name }}Input,
    answer: {{ entity.name }}Output,
    refusals: [404, 409],
    async handle({ database, params, body }) {
      return replace(database, {{ entity.var }}Table, params.{{ entity.snake }}_id, body);
    },
  }),
  operation({
    id: "delete_{{ entity.snake }}",
    method: "delete",
    path: pathOfOne,
    tag,
    summary: "Delete {{ entity.label }}",
    description: "Removes {{ entity.one }}.",
    params: {{ entity.name }}Key,
    refusals: [404, 409],
    async handle({ database, params }) {
      await remove(database, {{ entity.var }}Table, params.{{ entity.snake }}_id);
    },
  }),
];
