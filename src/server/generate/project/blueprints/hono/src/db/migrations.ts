/** The steps from an empty database to this one: `migrations/0001_initial.up.sql`, and `.down.sql` for the way back. */

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../settings.js";
import type { Database } from "./database.js";
import { sql } from "./sql.js";

const FOLDER = join(ROOT, "migrations");

/** Runs the steps that are missing, and says which. */
export async function migrateUp(database: Database): Promise<string[]> {
  const done = await finished(database);
  const missing = (await steps()).filter((step) => !done.includes(step));
  for (const step of missing) {
    const now = new Date().toISOString();
    const record = sql`INSERT INTO _migrations (name, run_at) VALUES (${step}, ${now})`;
    await database.migration(await script(step, "up"), record);
  }
  return missing;
}

/** Undoes the last step, or all of them, and says which. */
export async function migrateDown(database: Database, all = false): Promise<string[]> {
  const done = (await finished(database)).reverse();
  const undone = all ? done : done.slice(0, 1);
  for (const step of undone) {
    const record = sql`DELETE FROM _migrations WHERE name = ${step}`;
    await database.migration(await script(step, "down"), record);
  }
  return undone;
}

async function finished(database: Database): Promise<string[]> {
  await database.rows(
    sql`CREATE TABLE IF NOT EXISTS _migrations (name TEXT PRIMARY KEY, run_at TEXT NOT NULL)`,
  );
  const rows = await database.rows(sql`SELECT name FROM _migrations ORDER BY name`);
  return rows.map((row) => String(row.name));
}

async function steps(): Promise<string[]> {
  const files = await readdir(FOLDER);
  const up = files.filter((file) => file.endsWith(".up.sql")).sort();
  return up.map((file) => file.replace(".up.sql", ""));
}

function script(step: string, direction: "up" | "down"): Promise<string> {
  return readFile(join(FOLDER, `${step}.${direction}.sql`), "utf8");
}
