// Signing in, and making an account.

import { request, session } from "./api.js";
import { alertBox, h, show } from "./dom.js";

export function showSignIn(done) {
  const alerts = h("div", {});
  const email = h("input", { id: "email", type: "email", autocomplete: "username", required: true });
  const password = h("input", { id: "password", type: "password", autocomplete: "current-password", required: true });
  const credentials = () => ({ email: email.value, password: password.value });

  const signIn = async () => {
    const token = await request("POST", "/api/auth/token", { body: credentials() });
    session.token = token.access_token;
    await done();
  };
  const attempt = (action) => async (event) => {
    event.preventDefault();
    try {
      await action();
    } catch (problem) {
      const said = problem.errors.map((error) => `${error.field}: ${error.message}`).join(" ");
      alerts.replaceChildren(alertBox({ detail: [problem.detail, said].filter(Boolean).join(" ") }));
      email.focus();
    }
  };
  const register = attempt(async () => {
    await request("POST", "/api/auth/register", { body: credentials() });
    await signIn();
  });

  show(
    "Sign in",
    h("div", { class: "head" }, h("h1", {}, "Sign in")),
    h(
      "form",
      { class: "card", novalidate: true, onsubmit: attempt(signIn) },
      alerts,
      h("div", {}, h("label", { for: "email" }, "E-mail address"), email),
      h("div", {}, h("label", { for: "password" }, "Password"), password, h("p", { class: "hint" }, "A new account needs ten characters or more.")),
      h("div", { class: "actions" }, h("button", {}, "Sign in"), h("button", { type: "button", class: "plain", onclick: register }, "Make an account")),
    ),
  );
  email.focus();
}
