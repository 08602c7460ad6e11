{% if postgres %}
/** PostgreSQL for tests, within their own process (PGlite). */

import { PGlite } from "@electric-sql/pglite";
import { Database, PARSERS, type Pool } from "../src/db/database.js";

/** An empty database. */
export function newDatabase(): Database {
  return new Database(new Inside());
}

/** PGlite as a pool of one connection: whoever wants it waits for those before. */
class Inside implements Pool {
  readonly #postgres = new PGlite({ parsers: PARSERS });
  #last: Promise<unknown> = Promise.resolve();

  async connect() {
    const before = this.#last;
    let release = () => {};
    this.#last = new Promise<void>((resolve) => {
      release = resolve;
    });
    await before;
    const query = async (text: string, values?: unknown[]) => {
      if (values === undefined) {
        await this.#postgres.exec(text);
        return { rows: [] };
      }
      return this.#postgres.query<Record<string, unknown>>(text, values);
    };
    return { query, release };
  }

  end(): Promise<void> {
    return this.#postgres.close();
  }
}
{% else %}
/** SQLite for tests, in memory. */

import { Database } from "../src/db/database.js";

/** An empty database. */
export function newDatabase(): Database {
  return Database.connect(":memory:");
}
{% endif %}
