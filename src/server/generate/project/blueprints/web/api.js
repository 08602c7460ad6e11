// Requests. A refusal is thrown as the problem that the API answers with: `detail`, and `errors` by field.

export const session = {
  get token() {
    return sessionStorage.getItem("token");
  },
  set token(value) {
    if (value) sessionStorage.setItem("token", value);
    else sessionStorage.removeItem("token");
  },
};

export class Problem extends Error {
  constructor(status, body) {
    super(body.detail);
    this.status = status;
    this.detail = body.detail ?? "Something went wrong.";
    this.errors = body.errors ?? [];
  }
}

export async function request(method, path, { query = {}, body } = {}) {
  const url = new URL(path, location.origin);
  for (const [name, value] of Object.entries(query)) {
    if (value !== "" && value !== null && value !== undefined) url.searchParams.set(name, value);
  }
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (session.token) headers.Authorization = `Bearer ${session.token}`;
  let answer;
  try {
    answer = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
  } catch {
    throw new Problem(0, { detail: "The server cannot be reached. Try again in a moment." });
  }
  const text = await answer.text();
  let content = null;
  try {
    content = text ? JSON.parse(text) : null;
  } catch {
    content = {};
  }
  if (!answer.ok) throw new Problem(answer.status, content ?? {});
  return content;
}
