/** Signing in and out. */

import { beforeEach, expect, test } from "vitest";
import { createApp } from "../src/app.js";
import { Guesses, MOST_KEYS } from "../src/auth/guesses.js";
import { sql } from "../src/db/sql.js";
import { anonymous, begin, Client, database, fieldsOf, means } from "./support.js";

const GOOD = { email: "reader@example.com", password: "correct horse battery" };

let client: Client;

beforeEach(async () => {
  ({ client } = await begin());
});

async function tokenFor(credentials: typeof GOOD): Promise<string> {
  const answer = await anonymous.post("/api/auth/token", credentials);
  expect(answer).toMatchObject({ status: 200, json: { token_type: "bearer" } });
  return (answer.json as { access_token: string }).access_token;
}

test("who registers can sign in", async () => {
  const account = await anonymous.post("/api/auth/register", GOOD);
  expect(account).toMatchObject({ status: 201, json: { email: GOOD.email } });
  expect(account.text).not.toContain("password");
  const reader = new Client(await tokenFor(GOOD));
  expect((await reader.get("/api/auth/me")).json).toEqual(account.json);
});

test("an address registers once", async () => {
  await anonymous.post("/api/auth/register", GOOD);
  const answer = await anonymous.post("/api/auth/register", {
    ...GOOD,
    email: "READER@example.com",
  });
  expect(answer).toMatchObject({ status: 409 });
  expect(fieldsOf(answer)).toEqual(["email"]);
});

test.each([
  { field: "email", value: "nobody" },
  { field: "email", value: null },
  { field: "password", value: "short" },
  { field: "password", value: "a".repeat(129) },
])("nobody registers with the $field $value", async ({ field, value }) => {
  const answer = await anonymous.post("/api/auth/register", { ...GOOD, [field]: value });
  expect(answer).toMatchObject({ status: 422 });
  expect(fieldsOf(answer)).toEqual([field]);
});

test("secrets are kept as hashes", async () => {
  await anonymous.post("/api/auth/register", GOOD);
  const token = await tokenFor(GOOD);
  const kept = JSON.stringify([
    await database.rows(sql`SELECT password_hash FROM auth_accounts`),
    await database.rows(sql`SELECT token_hash FROM auth_tokens`),
  ]);
  expect(kept).toContain("$argon2id$");
  expect(kept).not.toContain(GOOD.password);
  expect(kept).not.toContain(token);
});

test("a revoked token is worth nothing", async () => {
  await anonymous.post("/api/auth/register", GOOD);
  const token = await tokenFor(GOOD);
  const reader = new Client(token);
  expect(await reader.get("/api/auth/me")).toMatchObject({ status: 200 });
  expect(await reader.post("/api/auth/revoke", { token })).toMatchObject({ status: 204 });
  expect(await reader.get("/api/auth/me")).toMatchObject({ status: 401 });
});

test("an expired token is worth nothing", async () => {
  const past = new Date(Date.now() - 1000).toISOString();
  await database.rows(sql`UPDATE auth_tokens SET expires_at = ${past}`);
  expect(await client.get("/api/auth/me")).toMatchObject({ status: 401 });
});

test("who guesses has to wait", async () => {
  await anonymous.post("/api/auth/register", GOOD);
  const guarded = createApp({ ...means, guesses: new Guesses(3, 5) });
  const ask = (credentials: typeof GOOD) =>
    guarded.request("/api/auth/token", {
      method: "POST",
      body: JSON.stringify(credentials),
      headers: { "Content-Type": "application/json" },
    });
  const wrong = { ...GOOD, password: "a wrong password" };
  for (let guess = 0; guess < 3; guess += 1) {
    expect((await ask(wrong)).status).toBe(401);
  }
  const refused = await ask(GOOD);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  // Other accounts are guessed too, until the address has to wait.
  for (const email of ["one@example.com", "two@example.com"]) {
    expect((await ask({ ...wrong, email })).status).toBe(401);
  }
  expect((await ask({ ...wrong, email: "three@example.com" })).status).toBe(429);
  await tokenFor(GOOD);
});

test("many passwords are checked at the same time", async () => {
  await anonymous.post("/api/auth/register", GOOD);
  const tokens = await Promise.all(Array.from({ length: 6 }, () => tokenFor(GOOD)));
  expect(new Set(tokens).size).toBe(6);
});

test("guesses are remembered within bounds", () => {
  const guesses = new Guesses(1, 1);
  for (let number = 0; number < MOST_KEYS; number += 1) {
    guesses.add(`${number}@example.com`, String(number));
  }
  expect(guesses.size).toBe(MOST_KEYS);
});
