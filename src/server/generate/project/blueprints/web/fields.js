// One control for each type of value, and the way from a value to its control and back.

import { request } from "./api.js";
import { h } from "./dom.js";

const LONG_TEXT = 300;

// A control for a property. Its `read()` gives the value as the API wants it.
export async function control(field, value, id) {
  const attributes = { id, name: field.name, required: field.required && field.type !== "boolean" };
  if (field.refersTo) return reference(field, value, attributes);
  if (field.enum) return choice(field, value, attributes, field.enum.map((word) => [word, words(word)]));
  if (field.type === "boolean") {
    if (!field.nullable) return checkbox(value, attributes);
    return choice(field, value === undefined || value === null ? value : String(value), attributes, [["true", "yes"], ["false", "no"]], (text) => text === "true");
  }
  if (field.format === "byte") return file(field, value, attributes);
  if (field.type === "integer" || field.type === "number") return number(field, value, attributes);
  if (field.format === "date-time") return instant(field, value, attributes);
  return text(field, value, attributes);
}

function text(field, value, attributes) {
  const types = { date: "date", email: "email", uri: "url" };
  const long = field.type === "string" && (field.maxLength ?? 0) > LONG_TEXT && !field.format;
  const element = h(long ? "textarea" : "input", {
    ...attributes,
    type: long ? null : (types[field.format] ?? "text"),
    maxlength: field.maxLength,
    inputmode: field["x-minimum"] ? "decimal" : null,
  });
  element.value = value ?? "";
  element.read = () => (element.value === "" && !field.required ? null : element.value);
  return element;
}

function number(field, value, attributes) {
  const step = field.type === "integer" ? 1 : "any";
  // Bounds that a number of JavaScript cannot hold are the API's to check.
  const bound = (edge) => (Number.isSafeInteger(Math.trunc(edge)) ? edge : null);
  const element = h("input", { ...attributes, type: "number", step, min: bound(field.minimum), max: bound(field.maximum) });
  element.value = value ?? "";
  element.read = () => (element.value === "" ? null : Number(element.value));
  return element;
}

function checkbox(value, attributes) {
  const element = h("input", { ...attributes, type: "checkbox" });
  element.checked = Boolean(value);
  element.read = () => element.checked;
  return element;
}

function choice(field, value, attributes, options, convert = (text) => text) {
  const empty = field.required && value ? [] : [["", field.required ? "Choose …" : "–"]];
  const element = h(
    "select",
    attributes,
    [...empty, ...options].map(([key, label]) => h("option", { value: key }, label)),
  );
  element.value = value ?? "";
  element.read = () => (element.value === "" ? null : convert(element.value));
  return element;
}

// Shown and typed in the time of the place, sent in UTC.
function instant(field, value, attributes) {
  const element = h("input", { ...attributes, type: "datetime-local", step: 1 });
  const known = value ? new Date(value) : null;
  if (known) {
    const local = new Date(known.getTime() - known.getTimezoneOffset() * 60000);
    element.value = local.toISOString().slice(0, 19);
  }
  element.read = () => (element.value === "" ? null : new Date(element.value).toISOString());
  return element;
}

function file(field, value, attributes) {
  const element = h("input", { ...attributes, type: "file", required: attributes.required && !value });
  element.read = async () => {
    const chosen = element.files[0];
    if (!chosen) return value ?? null;
    const bytes = new Uint8Array(await chosen.arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  };
  return element;
}

async function reference(field, value, attributes) {
  const { options, isWhole } = await candidates(field.refersTo, value);
  if (field.type !== "array") {
    const element = choice(field, value, attributes, options);
    if (!isWhole) element.append(h("option", { disabled: true }, "… and more"));
    return element;
  }
  const chosen = new Set(value ?? []);
  const element = h(
    "select",
    { ...attributes, multiple: true, size: Math.min(6, Math.max(3, options.length)) },
    options.map(([id, label]) => h("option", { value: id, selected: chosen.has(id) }, label)),
  );
  element.read = () => Array.from(element.selectedOptions, (option) => option.value);
  return element;
}

// Things to choose from: the first hundred, and what is chosen already.
async function candidates(path, value) {
  const answer = await request("GET", path, { query: await pageSize(path) });
  const items = answer.items ?? answer;
  const options = items.map((item) => [item.id, label(item)]);
  const known = new Set(items.map((item) => item.id));
  for (const id of [value ?? []].flat().filter((id) => id && !known.has(id))) {
    options.unshift([id, label(await request("GET", `${path}/${id}`))]);
  }
  return { options, isWhole: (answer.total ?? items.length) <= options.length };
}

let paged = new Map();

export function setKinds(kinds) {
  paged = new Map(kinds.map((kind) => [kind.path, kind.isPaged]));
}

async function pageSize(path) {
  return paged.get(path) ? { page_size: 100 } : {};
}

const SHOWN_FIRST = ["name", "title", "label", "email", "code"];

// What a thing is called by people.
export function label(item) {
  const key = SHOWN_FIRST.find((name) => typeof item[name] === "string" && item[name]);
  const found = key ?? Object.keys(item).find((name) => !/(^id|_id|_at|_on)$/.test(name) && typeof item[name] === "string" && item[name]);
  return found ? item[found] : item.id;
}

export function words(text) {
  return text.replaceAll("_", " ");
}

// A value as people read it.
export function shown(field, item) {
  const name = field.name;
  if (field.refersTo && field.type === "array") {
    return item[listName(field, item)].map((thing) => thing.label).join(", ");
  }
  if (field.refersTo) return item[name.replace(/_id$/, "")]?.label ?? "";
  const value = item[name];
  if (value === null || value === undefined) return "";
  if (field.type === "boolean") return value ? "yes" : "no";
  if (field.enum) return words(value);
  if (field.format === "byte") return `${Math.floor((value.length * 3) / 4)} bytes`;
  if (field.format === "date") return new Date(`${value}T00:00`).toLocaleDateString();
  if (field.format === "date-time") return new Date(value).toLocaleString();
  return String(value);
}

// The ids that a form begins with.
export function current(field, item) {
  if (!item) return field.default;
  if (field.refersTo && field.type === "array") return item[listName(field, item)].map((thing) => thing.id);
  return item[field.name];
}

function listName(field) {
  return field["x-shown-as"];
}
