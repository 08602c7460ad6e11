/** {{ entity.headings }}, as seen from outside. */

{% set rows = [entity.row_count, 3]|min %}
{% set tested = entity.filters|selectattr("is_tested")|list %}
{% set unique = entity.unique_fields if entity.row_count > 1 else [] %}
{% set pages = entity.pagination and entity.row_count > 2 %}
import { beforeEach, expect, test } from "vitest";
import { {% if accounts %}anonymous, {% endif %}begin, {{ "Client" if accounts else "type Client" }}, fieldsOf, itemsOf, type Maker, shown, thingOf } from "../support.js";

const KIND = "{{ entity.path }}";
const PATH = `/api/${KIND}`;
{% if entity.ones or entity.lists %}
const NOTHING = "00000000-0000-4000-8000-000000000000";
{% endif %}

let client: Client;
let maker: Maker;

beforeEach(async () => {
  ({ client, maker } = await begin());
});

test("what is made can be read", async () => {
  const body = await maker.body(KIND);
  const answer = await client.post(PATH, body);
  expect(answer).toMatchObject({ status: 201 });
  const made = thingOf(answer);
  expect(made).toEqual(shown(made, body));
  expect(answer.headers.get("location")).toBe(`${PATH}/${made.id}`);
  expect(await client.get(`${PATH}/${made.id}`)).toMatchObject({ status: 200, json: made });
});

test("what is made is listed", async () => {
  const made = await maker.make(KIND);
  const answer = await client.get(PATH);
  expect(itemsOf(answer)).toContainEqual(made);
{% if entity.pagination %}
  expect(answer.json).toHaveProperty("total", itemsOf(answer).length);
{% endif %}
});

test("what is replaced reads as it was sent", async () => {
  const made = await maker.make(KIND);
  const body = await maker.body(KIND, {{ 1 if entity.row_count > 1 else 0 }});
  const answer = await client.put(`${PATH}/${made.id}`, body);
  expect(answer).toMatchObject({ status: 200, json: { id: made.id, created_at: made.created_at } });
  const replaced = thingOf(answer);
  expect(replaced).toEqual(shown(replaced, body));
  expect(Date.parse(replaced.updated_at)).toBeGreaterThanOrEqual(Date.parse(made.updated_at));
  expect((await client.get(`${PATH}/${made.id}`)).json).toEqual(replaced);
});

test("what is removed is gone", async () => {
  const path = `${PATH}/${(await maker.make(KIND)).id}`;
  expect(await client.delete(path)).toMatchObject({ status: 204, text: "" });
  const body = await maker.body(KIND);
  for (const answer of [
    await client.get(path),
    await client.delete(path),
    await client.put(path, body),
  ]) {
    expect(answer).toMatchObject({ status: 404 });
    expect(fieldsOf(answer)).toEqual([]);
  }
});

test("an id is a UUID", async () => {
  expect(fieldsOf(await client.get(`${PATH}/1`))).toEqual(["{{ entity.snake }}_id"]);
});

const REFUSED: { field: string; value: unknown }[] = [
{% for field in entity.fields %}
{% for value in field.refused %}
  { field: "{{ field.name }}", value: {{ value }} },
{% endfor %}
{% endfor %}
{% for one in entity.ones %}
  { field: "{{ one.field }}_id", value: "not-a-uuid" },
  { field: "{{ one.field }}_id", value: NOTHING },
{% if one.required %}
  { field: "{{ one.field }}_id", value: null },
{% endif %}
{% endfor %}
{% for list in entity.lists %}
  { field: "{{ list.one }}_ids", value: "not-a-list" },
  { field: "{{ list.one }}_ids", value: ["not-a-uuid"] },
  { field: "{{ list.one }}_ids", value: [NOTHING] },
  { field: "{{ list.one }}_ids", value: [NOTHING, NOTHING] },
{% endfor %}
];

test.each(REFUSED)("$field: $value is refused", async ({ field, value }) => {
  const answer = await client.post(PATH, { ...(await maker.body(KIND)), [field]: value });
  expect(answer).toMatchObject({ status: 422 });
  const fields = fieldsOf(answer).map((name) => name.split(".")[0]);
  expect(new Set(fields)).toEqual(new Set([field]));
});
{% if entity.required_fields %}

const REQUIRED = [{% for name in entity.required_fields %}"{{ name }}"{{ "" if loop.last else ", " }}{% endfor %}];

test.each(REQUIRED)("%s has to be there", async (field) => {
  const { [field]: _, ...body } = await maker.body(KIND);
  const answer = await client.post(PATH, body);
  expect(answer).toMatchObject({ status: 422 });
  expect(fieldsOf(answer)).toEqual([field]);
});
{% endif %}
{% if entity.optional_fields %}

const OPTIONAL = [{% for name in entity.optional_fields %}"{{ name }}"{{ "" if loop.last else ", " }}{% endfor %}];

test("what is optional can be left out", async () => {
  const body = await maker.body(KIND);
  for (const name of OPTIONAL) {
    delete body[name];
  }
  const answer = await client.post(PATH, body);
  expect(answer).toMatchObject({ status: 201 });
  expect(thingOf(answer)).toEqual(shown(thingOf(answer), body));
});
{% endif %}

test("what is unknown is refused", async () => {
  const body = { ...(await maker.body(KIND)), unknown: 1 };
  expect(fieldsOf(await client.post(PATH, body))).toEqual(["unknown"]);
  expect(fieldsOf(await client.get(PATH, { unknown: "1" }))).toEqual(["unknown"]);
  const { id } = await maker.make(KIND);
  expect(fieldsOf(await client.get(`${PATH}/${id}`, { page: "1" }))).toEqual(["page"]);
});
{% if unique %}

const UNIQUE = [{% for name in unique %}"{{ name }}"{{ "" if loop.last else ", " }}{% endfor %}];

test.each(UNIQUE)("%s is there once", async (field) => {
  const first = await maker.make(KIND, 0);
  const twin = { ...(await maker.body(KIND, 1)), [field]: first[field] };
  const added = await client.post(PATH, twin);
  expect(added).toMatchObject({ status: 409 });
  expect(fieldsOf(added)).toEqual([field]);
  const second = await maker.make(KIND, 1);
  const replaced = await client.put(`${PATH}/${second.id}`, twin);
  expect(replaced).toMatchObject({ status: 409 });
  expect(fieldsOf(replaced)).toEqual([field]);
});
{% endif %}
{% if pages %}

test("lists come in pages", async () => {
  const made = await maker.several(KIND, 3);
  const first = await client.get(PATH, { page: "1", page_size: "2" });
  const second = await client.get(PATH, { page: "2", page_size: "2" });
  expect(itemsOf(first)).toHaveLength(2);
  const everything = itemsOf(await client.get(PATH, { page_size: "100" }));
  expect(everything).toEqual(expect.arrayContaining(made));
  expect(everything.slice(0, 2)).toEqual(itemsOf(first));
  expect(second.json).toMatchObject({ page: 2, page_size: 2, total: everything.length });
});

test.each([
  { page: "0" },
  { page_size: "0" },
  { page_size: "101" },
  { page: "one" },
  { page: "1.5" },
])("the page %o is refused", async (query) => {
  const answer = await client.get(PATH, query);
  expect(answer).toMatchObject({ status: 422 });
  expect(fieldsOf(answer)).toEqual(Object.keys(query));
});
{% endif %}

const SORTS = ["created_at", "updated_at"{% for key in entity.sorts %}, "{{ key }}"{% endfor %}];

test.each(SORTS)("lists are sorted by %s", async (key) => {
  const made = await maker.several(KIND, {{ rows }});
  const up = itemsOf(await client.get(PATH, { sort: key }));
  const down = itemsOf(await client.get(PATH, { sort: `-${key}` }));
  expect(up).toEqual(expect.arrayContaining(made));
  expect(up).toEqual(down.reverse());
});

test("an unknown order is refused", async () => {
  expect(fieldsOf(await client.get(PATH, { sort: "unknown" }))).toEqual(["sort"]);
});
{% if entity.search %}

test("lists are searched", async () => {
  const made = await maker.make(KIND);
  const text = String(made.{{ entity.searched[0] }}).slice(0, 100);
  for (const q of [text, text.toUpperCase(), text.toLowerCase()]) {
    expect(itemsOf(await client.get(PATH, { q }))).toContainEqual(made);
  }
  // Signs that stand for any text in SQL stand for themselves.
  for (const q of ["%_%_%_", "nowhere \\ to be found"]) {
    expect(itemsOf(await client.get(PATH, { q }))).toEqual([]);
  }
});
{% endif %}
{% if tested %}

{% if tested|length == 1 %}
const FILTERS = [{ parameter: "{{ tested[0].parameter }}", property: "{{ tested[0].property }}" }];
{% else %}
const FILTERS = [
{% for filter in tested %}
  { parameter: "{{ filter.parameter }}", property: "{{ filter.property }}" },
{% endfor %}
];
{% endif %}

test.each(FILTERS)("lists are filtered by $parameter", async ({ parameter, property }) => {
  const [first] = await maker.several(KIND, {{ rows }});
  const wanted = first?.[property];
  const found = itemsOf(await client.get(PATH, { [parameter]: String(wanted) }));
  expect(found).toContainEqual(first);
  expect(new Set(found.map((thing) => thing[property]))).toEqual(new Set([wanted]));
});
{% endif %}
{% for list in entity.lists %}

test("{{ list.field }} are shown{{ ", and lists are filtered by them" if entity.filter }}", async () => {
  const path = `${PATH}/${(await maker.make(KIND)).id}`;
  const other = await maker.make("{{ list.target.path }}");
  const body = { ...(await maker.body(KIND)), {{ list.one }}_ids: [other.id] };
  const made = thingOf(await client.put(path, body));
  expect(made.{{ list.field }}).toEqual([{ id: other.id, label: expect.any(String) }]);
{% if entity.filter %}
  expect(itemsOf(await client.get(PATH, { {{ list.one }}_id: other.id }))).toContainEqual(made);
  expect(itemsOf(await client.get(PATH, { {{ list.one }}_id: NOTHING }))).toEqual([]);
{% endif %}
});
{% endfor %}
{% for one in entity.ones if not one.is_self %}

test("{{ one.field }} is shown and kept", async () => {
  const path = `${PATH}/${(await maker.make(KIND)).id}`;
  const other = await maker.make("{{ one.target.path }}");
  const body = { ...(await maker.body(KIND)), {{ one.field }}_id: other.id };
  const made = thingOf(await client.put(path, body));
  expect(made.{{ one.field }}).toEqual({ id: other.id, label: expect.any(String) });
  // What others refer to cannot be removed.
  const answer = await client.delete(`/api/{{ one.target.path }}/${other.id}`);
  expect(answer).toMatchObject({ status: 409 });
  expect(fieldsOf(answer)).toEqual([]);
});
{% endfor %}
{% if accounts %}

test("nobody gets in without signing in", async () => {
  const path = `${PATH}/${(await maker.make(KIND)).id}`;
  const body = await maker.body(KIND);
  for (const answer of [
    await anonymous.get(PATH),
    await anonymous.post(PATH, body),
    await anonymous.get(path),
    await anonymous.put(path, body),
    await anonymous.delete(path),
    await new Client("never-given-out").get(PATH),
  ]) {
    expect(answer).toMatchObject({ status: 401 });
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    expect(fieldsOf(answer)).toEqual([]);
  }
});
{% endif %}
