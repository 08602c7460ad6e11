/** What is true of the whole application. */

import { beforeEach, expect, test, vi } from "vitest";
import { operations } from "../src/api/routes.js";
import { createApp } from "../src/app.js";
import { newId } from "../src/db/ids.js";
import { migrateDown, migrateUp } from "../src/db/migrations.js";
import { fill } from "../src/fill.js";
import { readSettings } from "../src/settings.js";
import { newDatabase } from "./new-database.js";
import { anonymous, begin, type Client, database, fieldsOf, means, SEED, settings } from "./support.js";

const PATH = "/api/{{ entities[0].path }}";

let client: Client;

beforeEach(async () => {
  ({ client } = await begin());
});

type Description = { paths: Record<string, Record<string, { responses: Record<string, Media> }>> };
type Media = { content: Record<string, unknown> };

test("health", async () => {
  expect(await anonymous.get("/healthz")).toMatchObject({ status: 200, json: { status: "ok" } });
});

test("the description names every route", async () => {
  const { paths } = (await anonymous.get("/openapi.json")).json as Description;
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  const served = operations.map(({ method, path }) => `${method} ${path}`);
  expect(described.sort()).toEqual(served.sort());
  const refusal = paths[PATH]?.post?.responses["422"];
  expect(Object.keys(refusal?.content ?? {})).toEqual(["application/problem+json"]);
});

test.each(["/nothing", "/api/nothing", `${PATH}/`, "/api"])("%s is not there", async (path) => {
  const answer = await client.get(path);
  expect(answer).toMatchObject({ status: 404, json: { status: 404 } });
  expect(fieldsOf(answer)).toEqual([]);
});

test("a wrong method is told the right ones", async () => {
  const answer = await client.send("PATCH", PATH);
  expect(answer).toMatchObject({ status: 405 });
  expect(answer.headers.get("allow")).toBe("GET, POST");
  expect(fieldsOf(answer)).toEqual([]);
});

const headers = { "Content-Type": "application/json" };

test.each(["{", "", '{"a": 1e999999', "[".repeat(100_000), new Uint8Array([0xff])])(
  "a broken body is a problem",
  async (body) => {
    const answer = await client.send("POST", PATH, { body, headers });
    expect([400, 422]).toContain(answer.status);
    expect(fieldsOf(answer)).toEqual([]);
  },
);

test.each([[[]], ["text"], [5], [true], [null]])("a body of %o is refused", async (body) => {
  expect(await client.post(PATH, body)).toMatchObject({ status: 422 });
});

test("a body that is no JSON by its name is refused", async () => {
  const answer = await client.send("POST", PATH, { body: "{}" });
  expect(answer).toMatchObject({ status: 422 });
  expect(fieldsOf(answer)).toEqual(["body"]);
});

test("a large body is refused", async () => {
  const body = " ".repeat(settings.MAX_BODY_BYTES + 1);
  const said = await client.send("POST", PATH, {
    body,
    headers: { ...headers, "Content-Length": String(body.length) },
  });
  expect(said).toMatchObject({ status: 413 });
  // Nor does it help to say nothing about its length.
  const unsaid = await client.send("POST", PATH, { body, headers });
  expect(unsaid).toMatchObject({ status: 413 });
  expect(fieldsOf(unsaid)).toEqual([]);
});

test("browsers are told what they may do", async () => {
  for (const path of ["/healthz", "/nothing", "/openapi.json"]) {
    const { headers } = await anonymous.get(path);
    expect(headers.get("content-security-policy")).toContain("default-src 'self'");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  }
});

test("what breaks is a problem without details", async () => {
  const log = vi.spyOn(console, "error").mockReturnValue();
  const broken = createApp(means);
  broken.get("/broken", () => {
    throw new Error("a secret");
  });
  const answer = await broken.request("/broken");
  expect(answer.status).toBe(500);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(await answer.text()).not.toContain("secret");
  expect(log).toHaveBeenCalledOnce();
  log.mockRestore();
});

test("ids are UUIDs of version 7", () => {
  const ids = Array.from({ length: 100 }, newId);
  expect(new Set(ids).size).toBe(100);
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});

test("seed data is added once", async () => {
  const count = Object.values(SEED).flat().length;
  expect(await fill(database, SEED)).toBe(count);
  expect(await fill(database, SEED)).toBe(0);
});

test("migrations go down and up", async () => {
  const empty = newDatabase();
  const up = await migrateUp(empty);
  expect(up).toContain("0001_initial");
  expect(await migrateUp(empty)).toEqual([]);
  expect(await migrateDown(empty, true)).toEqual([...up].reverse());
  expect(await migrateUp(empty)).toEqual(up);
  await empty.close();
});

test("settings that make no sense are refused by name", () => {
  expect(() => readSettings({ PORT: "many" })).toThrow("PORT");
});
