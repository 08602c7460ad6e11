/** What tests stand on: the application on a database of its own, a client, and `make`, which adds things through the API. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { createApp } from "../src/app.js";
{% if accounts %}
import { Guesses } from "../src/auth/guesses.js";
{% endif %}
import { migrateUp } from "../src/db/migrations.js";
import { {{ "list, " if postgres }}name, sql } from "../src/db/sql.js";
import { tables } from "../src/db/tables.js";
import type { Seed } from "../src/fill.js";
import { ROOT, readSettings } from "../src/settings.js";
import { newDatabase } from "./new-database.js";

export type Thing = { id: string; created_at: string; updated_at: string } & Body;
export type Body = Record<string, unknown>;

export const SEED: Seed = JSON.parse(readFileSync(join(ROOT, "seed.json"), "utf8"));

export const settings = readSettings({});
export const database = newDatabase();
await migrateUp(database);
{% if accounts %}
export const means = { database, settings, guesses: new Guesses(10, 100) };
{% else %}
export const means = { database, settings };
{% endif %}
export const app = createApp(means);

/** Each test begins with nothing, and with a client that may do everything. */
export async function begin(): Promise<{ client: Client; maker: Maker }> {
  await emptyTables();
  const client = {{ "await signIn()" if accounts else "anonymous" }};
  return { client, maker: new Maker(client) };
}

async function emptyTables(): Promise<void> {
{% if postgres %}
  await database.rows(sql`TRUNCATE ${list(TABLES.map(name))}`);
{% else %}
  await database.rows(sql`PRAGMA foreign_keys = OFF`);
  for (const table of TABLES) {
    await database.rows(sql`DELETE FROM ${name(table)}`);
  }
  await database.rows(sql`PRAGMA foreign_keys = ON`);
{% endif %}
}

const TABLES = [
  ...Object.values(tables).map((table) => table.name),
  ...Object.values(tables).flatMap((table) =>
    Object.values(table.lists).map((list) => list.through.table),
  ),
{% if accounts %}
  "auth_tokens",
  "auth_accounts",
{% endif %}
];

/** An answer, read. */
export type Answer = { status: number; headers: Headers; text: string; json: unknown };

/** Asks the application{{ ", as somebody who has this token" if accounts }}. */
export class Client {
{% if accounts %}
  constructor(private readonly token?: string) {}

{% endif %}
  async send(method: string, path: string, init: RequestInit = {}): Promise<Answer> {
{% if accounts %}
    const headers = new Headers(init.headers);
    if (this.token) {
      headers.set("Authorization", `Bearer ${this.token}`);
    }
    const answer = await app.request(path, { ...init, method, headers });
{% else %}
    const answer = await app.request(path, { ...init, method });
{% endif %}
    const text = await answer.text();
    const isJson = answer.headers.get("content-type")?.includes("json") ?? false;
    const json: unknown = isJson ? JSON.parse(text) : undefined;
    return { status: answer.status, headers: answer.headers, text, json };
  }

  get(path: string, query: Record<string, string> = {}): Promise<Answer> {
    const text = new URLSearchParams(query).toString();
    return this.send("GET", text ? `${path}?${text}` : path);
  }

  post(path: string, body: unknown): Promise<Answer> {
    return this.send("POST", path, json(body));
  }

  put(path: string, body: unknown): Promise<Answer> {
    return this.send("PUT", path, json(body));
  }

  delete(path: string): Promise<Answer> {
    return this.send("DELETE", path);
  }
}

function json(body: unknown): RequestInit {
  return { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
}

{% if accounts %}
/** Somebody who has not signed in. */
{% else %}
/** Everybody may do everything here. */
{% endif %}
export const anonymous = new Client();

{% if accounts %}
/** Somebody who may do everything. */
export async function signIn(): Promise<Client> {
  const credentials = { email: "tester@example.com", password: "only for these tests" };
  expect(await anonymous.post("/api/auth/register", credentials)).toMatchObject({ status: 201 });
  const { json } = await anonymous.post("/api/auth/token", credentials);
  return new Client((json as { access_token: string }).access_token);
}

{% endif %}
// Where in the seed data an id is.
const PLACES = new Map(
  Object.entries(SEED).flatMap(([kind, entries]) =>
    entries.map((entry, number): [unknown, [string, number]] => [entry.id, [kind, number]]),
  ),
);

/** Makes things of the seed data, and first what they refer to. */
export class Maker {
  // Ids of the seed data, and what became of them.
  readonly #made = new Map<string, Promise<Thing>>();

  constructor(private readonly client: Client) {}

  /** A valid body; what it refers to exists. */
  async body(kind: string, number = 0): Promise<Body> {
    const { id: _, ...body } = this.#entry(kind, number);
    for (const [name, value] of Object.entries(body)) {
      body[name] = Array.isArray(value)
        ? await Promise.all(value.map((id) => this.#real(id)))
        : name.endsWith("_id")
          ? await this.#real(value)
          : value;
    }
    return body;
  }

  /** A thing that exists: the same number gives the same thing. */
  make(kind: string, number = 0): Promise<Thing> {
    const { id } = this.#entry(kind, number);
    // Kept from when it is begun: two that refer to it ask at the same time.
    const made = this.#made.get(id) ?? this.#send(kind, number);
    this.#made.set(id, made);
    return made;
  }

  /** The first so many of a kind. */
  async several(kind: string, count: number): Promise<Thing[]> {
    const made: Thing[] = [];
    for (let number = 0; number < count; number += 1) {
      made.push(await this.make(kind, number));
    }
    return made;
  }

  async #send(kind: string, number: number): Promise<Thing> {
    const answer = await this.client.post(`/api/${kind}`, await this.body(kind, number));
    expect(answer).toMatchObject({ status: 201 });
    return thingOf(answer);
  }

  #entry(kind: string, number: number): { id: string } & Body {
    const entry = SEED[kind]?.[number];
    if (!entry) {
      throw new Error(`There is no ${kind} ${number} in the seed data.`);
    }
    return entry;
  }

  async #real(id: unknown): Promise<unknown> {
    const place = PLACES.get(id);
    return place ? (await this.make(...place)).id : id;
  }
}

/** The thing that an answer shows. */
export function thingOf(answer: Answer): Thing {
  return answer.json as Thing;
}

/** The fields that a problem names. */
export function fieldsOf(answer: Answer): string[] {
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  const { errors } = answer.json as { errors: { field: string }[] };
  return errors.map((error) => error.field);
}

/** What of a thing must be as it was sent: lists of ids come back as the things. */
export function shown(thing: Thing, body: Body): Body {
  const sent = Object.entries(body).filter(([name]) => name in thing);
  return { ...thing, ...Object.fromEntries(sent) };
}

/** The things of a list, whether it comes in pages or whole. */
export function itemsOf(answer: Answer): Thing[] {
  expect(answer).toMatchObject({ status: 200 });
  const list = answer.json as Thing[] | { items: Thing[] };
  return Array.isArray(list) ? list : list.items;
}
