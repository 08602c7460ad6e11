/** Seed data: things to begin with. Each goes through the same rules as a request. */

import { invalid } from "./api/problems.js";
import type { Database } from "./db/database.js";
import { exists, insert } from "./db/store.js";
import type { AnyTable } from "./db/table.js";
import { tables } from "./db/tables.js";

export type Seed = Record<string, { id: string; [property: string]: unknown }[]>;

/** Adds what is missing, and says how many things that was. What is there already stays as it is. */
export async function fill(database: Database, seed: Seed): Promise<number> {
  let added = 0;
  for (const [kind, table] of Object.entries(tables)) {
    for (const { id, ...values } of seed[kind] ?? []) {
      added += (await addMissing(database, table, id, values)) ? 1 : 0;
    }
  }
  return added;
}

async function addMissing(database: Database, table: AnyTable, id: string, values: object) {
  if (await exists(database, table, id)) {
    return false;
  }
  const read = table.input.safeParse(values);
  if (!read.success) {
    throw invalid(read.error, table.label);
  }
  await insert(database, table, read.data, id);
  return true;
}
