// A list: searched, filtered, sorted, in pages. What is asked for stands in the address, so it can be shared.

import { request } from "./api.js";
import { alertBox, h, show } from "./dom.js";
import { control, label, shown } from "./fields.js";

const MOST_COLUMNS = 6;
const OWN = ["page", "page_size", "sort", "q"];

export async function showList(kind, query) {
  const columns = kind.fields.filter((field) => !isLong(field)).slice(0, MOST_COLUMNS);
  const table = h("div", { "aria-busy": "true" }, h("p", {}, "Loading …"));
  const filters = await filterForm(kind, query);
  show(
    kind.labels,
    h("div", { class: "head" }, h("h1", {}, kind.labels), h("a", { class: "button", href: `#/${kind.name}/new` }, `New ${kind.label}`)),
    filters,
    table,
  );
  try {
    const answer = await request("GET", kind.path, { query });
    const items = answer.items ?? answer;
    table.replaceChildren(...(items.length ? [rows(kind, columns, items, query), pager(kind, answer, query)] : [nothing(query)]));
  } catch (problem) {
    table.replaceChildren(alertBox(problem));
    if (problem.status === 401) throw problem;
  } finally {
    table.removeAttribute("aria-busy");
  }
}

function isLong(field) {
  return (field.maxLength ?? 0) > 2000 || field.format === "byte" || field.format === "uuid" && !field.refersTo;
}

function address(kind, query) {
  const given = Object.entries(query).filter(([, value]) => value !== "" && value !== null);
  const text = new URLSearchParams(given).toString();
  return `#/${kind.name}${text ? `?${text}` : ""}`;
}

async function filterForm(kind, query) {
  const search = kind.parameters.find((parameter) => parameter.name === "q");
  const filters = kind.parameters.filter((parameter) => !OWN.includes(parameter.name));
  if (!search && !filters.length) return null;
  const controls = [];
  const row = async (parameter) => {
    const id = `filter-${parameter.name}`;
    const field = kind.fields.find((known) => known.name === parameter.name || known.name === `${parameter.name}s`);
    const refersTo = field?.refersTo;
    const asked = { ...parameter, refersTo, type: parameter.type, required: false, nullable: true };
    if (asked.format === "date-time" || asked.format === "byte") return null;
    const element = parameter.name === "q" ? h("input", { id, name: "q", type: "search", maxlength: 200 }) : await control(asked, query[parameter.name], id);
    if (parameter.name === "q") element.value = query.q ?? "";
    controls.push(element);
    const title = parameter.name === "q" ? "Search" : (field?.label ?? parameter.label);
    return h("div", {}, h("label", { for: id }, title), element);
  };
  const first = search ? await row(search) : null;
  const others = await Promise.all(filters.map(row));
  const isOpen = filters.some((filter) => query[filter.name]);
  const submit = (event) => {
    event.preventDefault();
    const asked = { sort: query.sort ?? "" };
    for (const element of controls) asked[element.name] = element.value;
    location.hash = address(kind, asked);
  };
  return h(
    "form",
    { class: "filters", role: "search", onsubmit: submit },
    first,
    others.length ? h("details", { class: "filters-more", open: isOpen }, h("summary", {}, "Filters"), h("div", {}, others)) : null,
    h("div", { class: "actions" }, h("button", { class: "plain" }, "Apply"), h("a", { class: "button plain", href: `#/${kind.name}` }, "Clear")),
  );
}

function rows(kind, columns, items, query) {
  const sortable = new Set(kind.parameters.find((parameter) => parameter.name === "sort")?.enum ?? []);
  const head = columns.map((field) => {
    if (!sortable.has(field.name)) return h("th", { scope: "col" }, field.label);
    const order = query.sort === field.name ? "ascending" : query.sort === `-${field.name}` ? "descending" : null;
    const next = order === "ascending" ? `-${field.name}` : field.name;
    const sign = { ascending: " ↑", descending: " ↓" }[order] ?? "";
    const sort = () => (location.hash = address(kind, { ...query, sort: next, page: "" }));
    return h("th", { scope: "col", "aria-sort": order, class: side(field) }, h("button", { onclick: sort }, field.label + sign));
  });
  const body = items.map((item) =>
    h(
      "tr",
      {},
      columns.map((field, at) => {
        const text = shown(field, item);
        const content = at === 0 ? h("a", { href: `#/${kind.name}/${item.id}` }, text || label(item)) : text;
        return h("td", { "data-label": field.label, class: side(field) }, content);
      }),
    ),
  );
  return h("div", { class: "table" }, h("table", {}, h("thead", {}, h("tr", {}, head)), h("tbody", {}, body)));
}

function side(field) {
  return field.type === "integer" || field.type === "number" ? "number" : null;
}

function nothing(query) {
  const isNarrow = Object.entries(query).some(([name, value]) => value && name !== "sort");
  return h("p", { class: "card empty" }, isNarrow ? "Nothing fits what you asked for." : "Nothing is here yet.");
}

function pager(kind, answer, query) {
  if (!answer.items) return h("p", { class: "pager" }, `${answer.length} in all`);
  const pages = Math.max(1, Math.ceil(answer.total / answer.page_size));
  const turn = (page, text) =>
    page < 1 || page > pages
      ? h("span", {})
      : h("a", { class: "button plain", href: address(kind, { ...query, page: String(page) }) }, text);
  return h(
    "nav",
    { class: "pager", "aria-label": "Pages" },
    turn(answer.page - 1, "← Back"),
    h("span", {}, `Page ${answer.page} of ${pages}, ${answer.total} in all`),
    turn(answer.page + 1, "Next →"),
  );
}
