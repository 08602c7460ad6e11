// Which part of the page is shown: `#/books`, `#/books/new`, `#/books/<id>`.

import { {{ "request, session" if accounts else "request" }} } from "./api.js";
import { describe } from "./describe.js";
import { alertBox, h, {{ "say, " if accounts else "" }}show } from "./dom.js";
import { setKinds } from "./fields.js";
import { showForm } from "./form.js";
import { showList } from "./list.js";
{% if accounts %}
import { showSignIn } from "./signin.js";
{% endif %}

let site;

async function route() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [name, id] = path.split("/").map(decodeURIComponent);
  const kind = site.kinds.find((known) => known.name === name);
  for (const link of document.querySelectorAll("#nav a")) {
    if (link.hash === `#/${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  try {
{% if accounts %}
    await showAccount();
    if (!session.token) {
      showSignIn(route);
      return;
    }
{% endif %}
    if (!kind) showStart();
    else if (id) await showForm(kind, id === "new" ? null : id);
    else await showList(kind, Object.fromEntries(new URLSearchParams(query)));
  } catch (problem) {
{% if accounts %}
    if (problem.status === 401) {
      session.token = null;
      showSignIn(route);
      return;
    }
{% endif %}
    show(site.title, alertBox(problem));
  }
}

function showStart() {
  const tiles = site.kinds.map((kind) =>
    h("li", {}, h("a", { class: "card", href: `#/${kind.name}` }, h("strong", {}, kind.labels), "Look, add and change")),
  );
  show(site.title, h("h1", {}, site.title), h("p", { class: "lead" }, site.description ?? ""), h("ul", { class: "tiles" }, tiles));
}
{% if accounts %}

async function showAccount() {
  const place = document.getElementById("account");
  if (!session.token) {
    place.replaceChildren();
    return;
  }
  const account = await request("GET", "/api/auth/me");
  const signOut = async () => {
    await request("POST", "/api/auth/revoke", { body: { token: session.token } });
    session.token = null;
    say("Signed out.");
    route();
  };
  place.replaceChildren(h("span", {}, account.email), h("button", { class: "plain", onclick: signOut }, "Sign out"));
}
{% endif %}

try {
  site = await describe();
  setKinds(site.kinds);
  document.getElementById("nav").replaceChildren(...site.kinds.map((kind) => h("a", { href: `#/${kind.name}` }, kind.labels)));
  let isFirst = true;
  const move = async () => {
    await route();
    if (!isFirst) document.getElementById("content").focus();
    isFirst = false;
  };
  addEventListener("hashchange", move);
  await move();
} catch (problem) {
  show("Error", alertBox(problem));
}
