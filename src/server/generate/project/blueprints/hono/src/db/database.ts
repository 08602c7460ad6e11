{% if postgres %}
/** The database: PostgreSQL. */

import pg from "pg";
import type { Sql } from "./sql.js";

export type Row = Record<string, unknown>;

/** What statements are run by: the database, or a transaction of it. */
export type Connection = {
  rows(statement: Sql): Promise<Row[]>;
};

/** What is asked of a driver: `pg` when the application runs, PostgreSQL within the process in tests. */
export type Pool = {
  connect(): Promise<Client>;
  end(): Promise<void>;
};

export type Client = {
  /** Without values: a script of many statements. */
  query(text: string, values?: unknown[]): Promise<{ rows: Row[] }>;
  release(): void;
};

/** How texts of the database are read where drivers would read them in another way: dates stay as they are. */
export const PARSERS: Record<number, (text: string) => unknown> = {
  [pg.types.builtins.DATE]: (text) => text,
  [pg.types.builtins.INT8]: Number,
};

export class Database implements Connection {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** `postgres://user:password@host:5432/name` */
  static connect(url: string): Database {
    for (const [oid, parse] of Object.entries(PARSERS)) {
      pg.types.setTypeParser(Number(oid), parse);
    }
    const pool = new pg.Pool({ connectionString: url, connectionTimeoutMillis: 10_000 });
    // A connection that breaks while nobody uses it is replaced by the pool.
    pool.on("error", (error) => console.error("A connection to the database broke", error));
    return new Database(pool);
  }

  rows(statement: Sql): Promise<Row[]> {
    return this.#with((client) => run(client, statement));
  }

  /** All of it, or nothing. */
  transaction<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return this.#with((client) => inTransaction(client, work));
  }

  /** A transaction that changes tables. */
  migration(script: string, record: Sql): Promise<void> {
    return this.#with((client) =>
      inTransaction(client, async (connection) => {
        await client.query(script);
        await connection.rows(record);
      }),
    );
  }

  close(): Promise<void> {
    return this.#pool.end();
  }

  async #with<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    try {
      return await work(client);
    } finally {
      client.release();
    }
  }
}

async function inTransaction<T>(
  client: Client,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  await client.query("BEGIN");
  try {
    const result = await work({ rows: (statement) => run(client, statement) });
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  }
}

async function run(client: Client, statement: Sql): Promise<Row[]> {
  const text = statement.write((position) => `$${position}`);
  const { rows } = await client.query(text, [...statement.values]);
  return rows;
}

/** What a statement was refused for, if it was for what is there already or not there. */
export type Conflict = { unique: string } | "reference";

/** Reads a driver's error; `unique` is the constraint's name. */
export function conflictOf(error: unknown): Conflict | undefined {
  const { code, constraint } = error as { code?: unknown; constraint?: unknown };
  if (code === "23505") {
    return { unique: String(constraint) };
  }
  return code === "23503" ? "reference" : undefined;
}
{% else %}
/** The database: SQLite, in a file or in memory. */

import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import Sqlite from "libsql";
import { type Sql, sql } from "./sql.js";

export type Row = Record<string, unknown>;

/** What statements are run by: the database, or a transaction of it. */
export type Connection = {
  /** The rows of a statement; whole numbers come as BigInt. */
  rows(statement: Sql): Promise<Row[]>;
};

export class Database implements Connection {
  readonly #sqlite: Sqlite.Database;
  /** There is one connection: whoever wants it waits for those before. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(sqlite: Sqlite.Database) {
    this.#sqlite = sqlite;
  }

  /** `file:data/library.db`, a path, or `:memory:`. */
  static connect(url: string): Database {
    const path = url.replace(/^(file|sqlite):(\/\/(?=\/))?/, "");
    if (path !== ":memory:") {
      mkdirSync(dirname(path), { recursive: true });
    }
    const sqlite = new Sqlite(path);
    sqlite.defaultSafeIntegers(true);
    sqlite.pragma("busy_timeout = 10000");
    sqlite.pragma("foreign_keys = ON");
    // Readers in other processes do not wait for the writer.
    sqlite.pragma("journal_mode = WAL");
    sqlite.pragma("synchronous = NORMAL");
    return new Database(sqlite);
  }

  rows(statement: Sql): Promise<Row[]> {
    return this.#inTurn(async () => this.#run(statement));
  }

  /** All of it, or nothing. Inside, only the transaction is used: the database itself waits for its end. */
  transaction<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      this.#sqlite.exec("BEGIN IMMEDIATE");
      try {
        const result = await work({ rows: async (statement) => this.#run(statement) });
        this.#sqlite.exec("COMMIT");
        return result;
      } catch (error) {
        this.#sqlite.exec("ROLLBACK");
        throw error;
      }
    });
  }

  /** A transaction that changes tables: what refers to what is looked at in the end, not on the way. */
  async migration(script: string, record: Sql): Promise<void> {
    await this.#inTurn(async () => this.#sqlite.exec("PRAGMA foreign_keys = OFF"));
    try {
      await this.transaction(async (connection) => {
        this.#sqlite.exec(script);
        await connection.rows(record);
        const broken = await connection.rows(sql`PRAGMA foreign_key_check`);
        if (broken.length > 0) {
          throw new Error(`${broken.length} rows would refer to what is not there.`);
        }
      });
    } finally {
      await this.#inTurn(async () => this.#sqlite.exec("PRAGMA foreign_keys = ON"));
    }
  }

  async close(): Promise<void> {
    await this.#inTurn(async () => this.#sqlite.close());
  }

  #run(statement: Sql): Row[] {
    const prepared = this.#sqlite.prepare(statement.write(() => "?"));
    if (prepared.reader) {
      return prepared.all([...statement.values]) as Row[];
    }
    prepared.run([...statement.values]);
    return [];
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}

/** What a statement was refused for, if it was for what is there already or not there. */
export type Conflict = { unique: string } | "reference";

/** Reads a driver's error; `unique` is the constraint's columns, as `table.column`. */
export function conflictOf(error: unknown): Conflict | undefined {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (code === "SQLITE_CONSTRAINT_UNIQUE") {
    return { unique: String(message).replace("UNIQUE constraint failed: ", "") };
  }
  return code === "SQLITE_CONSTRAINT_FOREIGNKEY" ? "reference" : undefined;
}
{% endif %}
