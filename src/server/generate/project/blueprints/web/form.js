// The form for one thing: typed controls, and what the API has against a value beside that value.

import { request } from "./api.js";
import { alertBox, h, say, show } from "./dom.js";
import { control, current, label } from "./fields.js";

export async function showForm(kind, id) {
  const item = id ? await request("GET", `${kind.path}/${encodeURIComponent(id)}`) : null;
  const title = item ? label(item) : `New ${kind.label}`;
  const fields = await Promise.all(
    kind.fields.map(async (field) => ({ field, element: await control(field, current(field, item), `field-${field.name}`) })),
  );
  const alerts = h("div", {});
  const save = h("button", {}, "Save");
  const form = h(
    "form",
    { class: "card", novalidate: true, onsubmit: (event) => submit(event) },
    alerts,
    fields.map(({ field, element }) => row(field, element)),
    h(
      "div",
      { class: "actions" },
      save,
      h("a", { class: "button plain", href: `#/${kind.name}` }, "Back"),
      item ? h("button", { type: "button", class: "danger", onclick: remove }, "Remove") : null,
    ),
  );

  async function submit(event) {
    event.preventDefault();
    save.disabled = true;
    try {
      const values = await Promise.all(fields.map(async ({ field, element }) => [field.name, await element.read()]));
      const body = Object.fromEntries(values.filter(([, value]) => value !== undefined));
      await request(item ? "PUT" : "POST", item ? `${kind.path}/${item.id}` : kind.path, { body });
      say(item ? "Saved." : "Added.");
      location.hash = `#/${kind.name}`;
    } catch (problem) {
      explain(problem);
    } finally {
      save.disabled = false;
    }
  }

  async function remove() {
    if (!confirm(`Remove “${label(item)}”?`)) return;
    try {
      await request("DELETE", `${kind.path}/${item.id}`);
      say("Removed.");
      location.hash = `#/${kind.name}`;
    } catch (problem) {
      explain(problem);
    }
  }

  function explain(problem) {
    const errors = problem.errors ?? [];
    let first = null;
    for (const { field, element } of fields) {
      const messages = errors.filter((error) => error.field.split(".")[0] === field.name).map((error) => error.message);
      document.getElementById(`error-${field.name}`).textContent = messages.join(" ");
      if (messages.length) {
        element.setAttribute("aria-invalid", "true");
        first ??= element;
      } else {
        element.removeAttribute("aria-invalid");
      }
    }
    alerts.replaceChildren(alertBox(problem));
    (first ?? form.querySelector("input, select, textarea"))?.focus();
  }

  show(title, h("div", { class: "head" }, h("h1", {}, title)), form);
}

function row(field, element) {
  const hints = [field.help, bounds(field)].filter(Boolean).join(" ");
  element.setAttribute("aria-describedby", `error-${field.name}${hints ? ` hint-${field.name}` : ""}`);
  return h(
    "div",
    {},
    h("label", { for: element.id }, field.label, field.required ? "" : " (optional)"),
    element,
    hints ? h("p", { class: "hint", id: `hint-${field.name}` }, hints) : null,
    h("p", { class: "error", id: `error-${field.name}` }),
  );
}

function bounds(field) {
  const least = field.minimum ?? field["x-minimum"];
  const most = field.maximum ?? field["x-maximum"];
  const isTold = (bound) => bound !== undefined && Math.abs(Number(bound)) < 1e15;
  if (isTold(least) && isTold(most)) return `From ${least} to ${most}.`;
  if (isTold(least)) return `At least ${least}.`;
  if (isTold(most)) return `At most ${most}.`;
  return "";
}
