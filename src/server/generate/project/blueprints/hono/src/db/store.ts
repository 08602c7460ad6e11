/** Reading and writing rows of any table. Values are those of requests and answers. */

import { notFound, Refused } from "../api/problems.js";
import { MOST_ITEMS, type Reference } from "../api/shapes.js";
import { type Connection, conflictOf, type Database, type Row } from "./database.js";
import { newId } from "./ids.js";
import { join, list, name, type Sql, sql } from "./sql.js";
import { type AnyTable, columnsOf, type List, type Shown, type Table } from "./table.js";
import { fromColumn, toColumn } from "./values.js";

type Values = Record<string, unknown>;

/** What a list was asked for; the rest are filters. */
export type ListQuery = { sort: string; q?: string | undefined };
export type PageQuery = ListQuery & { page: number; page_size: number };
export type Page<Item> = { items: Item[]; page: number; page_size: number; total: number };

/** One page, and how many rows there are on all of them. */
export async function fetchPage<Output>(
  database: Database,
  table: Shown<Output>,
  query: PageQuery,
): Promise<Page<Output>> {
  const { page, page_size } = query;
  const where = conditions(table, query);
  const counted = await database.rows(
    sql`SELECT count(*) AS total FROM ${name(table.name)}${where}`,
  );
  const limit = sql`LIMIT ${page_size} OFFSET ${(page - 1) * page_size}`;
  const items = await select<Output>(database, table, sql`${where}${order(query.sort)} ${limit}`);
  return { items, page, page_size, total: Number(counted[0]?.total) };
}

/** The whole list, within reason. */
export async function fetchAll<Output>(
  database: Database,
  table: Shown<Output>,
  query: ListQuery,
): Promise<Output[]> {
  const where = conditions(table, query);
  return select(database, table, sql`${where}${order(query.sort)} LIMIT ${MOST_ITEMS}`);
}

/** The row with this id; a 404 if there is none. */
export async function find<Output>(
  connection: Connection,
  table: Shown<Output>,
  id: string,
): Promise<Output> {
  const [row] = await select<Output>(connection, table, sql` WHERE id = ${id}`);
  if (row === undefined) {
    throw notFound(table.label);
  }
  return row;
}

/** Adds a row. */
export async function insert<Input, Output>(
  database: Database,
  table: Table<Input, Output>,
  input: Input,
  id: string = newId(),
): Promise<Output> {
  return write(database, table, async (connection) => {
    const now = new Date().toISOString();
    const values = await columnValues(connection, table, input as Values);
    values.push(["id", id], ["created_at", now], ["updated_at", now]);
    const columns = list(values.map(([column]) => name(column)));
    const contents = list(values.map(([, value]) => sql`${value}`));
    await connection.rows(sql`INSERT INTO ${name(table.name)} (${columns}) VALUES (${contents})`);
    await writeLists(connection, table, id, input as Values);
    return find(connection, table, id);
  });
}

/** Gives a row other values; what is left out of them is empty afterwards. */
export async function replace<Input, Output>(
  database: Database,
  table: Table<Input, Output>,
  id: string,
  input: Input,
): Promise<Output> {
  return write(database, table, async (connection) => {
    await find(connection, table, id);
    const values = await columnValues(connection, table, input as Values);
    values.push(["updated_at", new Date().toISOString()]);
    const changes = list(values.map(([column, value]) => sql`${name(column)} = ${value}`));
    await connection.rows(sql`UPDATE ${name(table.name)} SET ${changes} WHERE id = ${id}`);
    await writeLists(connection, table, id, input as Values);
    return find(connection, table, id);
  });
}

/** Removes a row. */
export async function remove(database: Database, table: AnyTable, id: string): Promise<void> {
  await write(database, table, async (connection) => {
    await find(connection, table, id);
    await connection.rows(sql`DELETE FROM ${name(table.name)} WHERE id = ${id}`);
  });
}

/** Whether there is a row with this id. */
export async function exists(
  connection: Connection,
  table: AnyTable,
  id: string,
): Promise<boolean> {
  const rows = await connection.rows(sql`SELECT 1 FROM ${name(table.name)} WHERE id = ${id}`);
  return rows.length > 0;
}

/** A transaction; what the database has against it becomes a 409 that names the field. */
async function write<T>(
  database: Database,
  table: AnyTable,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  try {
    return await database.transaction(work);
  } catch (error) {
    const conflict = conflictOf(error);
    if (conflict === "reference") {
      throw new Refused(409, "Something else refers to this, or it refers to what is gone.");
    }
    const [field] = Object.entries(table.unique).find(([, key]) => key === conflict?.unique) ?? [];
    if (field !== undefined) {
      throw Refused.field(409, field, `There is one with the same ${field} already.`);
    }
    throw error;
  }
}

/** Columns and their values; what they refer to has to exist. */
async function columnValues(
  connection: Connection,
  table: AnyTable,
  input: Values,
): Promise<[column: string, value: unknown][]> {
  for (const [one, target] of Object.entries(table.ones)) {
    const field = `${one}_id`;
    const id = input[field];
    if (typeof id === "string" && !(await exists(connection, target(), id))) {
      throw Refused.field(422, field, "There is nothing with this id.");
    }
  }
  return Object.entries(table.columns).map(([column, kind]) => [
    column,
    toColumn(kind, input[column]),
  ]);
}

async function writeLists(connection: Connection, table: AnyTable, id: string, input: Values) {
  for (const { ids, of, through } of Object.values(table.lists)) {
    const [own, other] = [name(through.own), name(through.other)];
    await connection.rows(sql`DELETE FROM ${name(through.table)} WHERE ${own} = ${id}`);
    for (const [position, listed] of (input[ids] as string[]).entries()) {
      if (!(await exists(connection, of(), listed))) {
        throw Refused.field(422, `${ids}.${position}`, "There is nothing with this id.");
      }
      await connection.rows(
        sql`INSERT INTO ${name(through.table)} (${own}, ${other}) VALUES (${id}, ${listed})`,
      );
    }
  }
}

/** ` WHERE …` for what is searched and filtered, or nothing. */
function conditions(table: AnyTable, query: ListQuery): Sql {
  const parts: Sql[] = [];
  if (query.q !== undefined && table.searched.length > 0) {
    const pattern = `%${query.q.replace(/[\\%_]/g, "\\$&")}%`;
    const matches = table.searched.map(
      (column) => sql`lower(${name(column)}) LIKE lower(${pattern}) ESCAPE '\\'`,
    );
    parts.push(sql`(${join(matches, sql` OR `)})`);
  }
  const given = query as Values;
  for (const [parameter, property] of Object.entries(table.filters)) {
    const value = given[parameter];
    if (value !== undefined) {
      parts.push(condition(table, property, value));
    }
  }
  return parts.length > 0 ? sql` WHERE ${join(parts, sql` AND `)}` : sql``;
}

function condition(table: AnyTable, property: string, value: unknown): Sql {
  const listed = table.lists[property];
  if (listed) {
    const { table: joining, own, other } = listed.through;
    return sql`id IN (SELECT ${name(own)} FROM ${name(joining)} WHERE ${name(other)} = ${value})`;
  }
  const kind = columnsOf(table)[property] ?? "text";
  return sql`${name(property)} = ${toColumn(kind, value)}`;
}

/** By a column; where that leaves a choice, by id, so that pages never overlap. */
function order(sort: string): Sql {
  const direction = sort.startsWith("-") ? sql`DESC` : sql`ASC`;
  return sql` ORDER BY ${name(sort.replace("-", ""))} ${direction}, id ${direction}`;
}

/** Rows as answers show them, with what they refer to fetched along instead of one by one. */
async function select<Output>(
  connection: Connection,
  table: AnyTable,
  rest: Sql,
): Promise<Output[]> {
  const kinds = Object.entries(columnsOf(table));
  const columns = list(kinds.map(([column]) => name(column)));
  const rows = await connection.rows(sql`SELECT ${columns} FROM ${name(table.name)}${rest}`);
  const items = rows.map((row): Values => {
    return Object.fromEntries(
      kinds.map(([column, kind]) => [column, fromColumn(kind, row[column])]),
    );
  });
  if (items.length > 0) {
    for (const [one, target] of Object.entries(table.ones)) {
      await showOne(connection, items, one, target());
    }
    for (const [property, listed] of Object.entries(table.lists)) {
      await showListed(connection, items, property, listed);
    }
  }
  return items as Output[];
}

async function showOne(connection: Connection, items: Values[], one: string, target: AnyTable) {
  const ids = [...new Set(items.map((item) => item[`${one}_id`]).filter((id) => id !== null))];
  const shown = new Map<unknown, Reference>();
  if (ids.length > 0) {
    const rows = await connection.rows(
      sql`SELECT ${labelColumns(target)} FROM ${name(target.name)} WHERE id IN (${valuesOf(ids)})`,
    );
    for (const row of rows) {
      shown.set(row.id, referenceOf(target, row));
    }
  }
  for (const item of items) {
    item[one] = shown.get(item[`${one}_id`]) ?? null;
  }
}

async function showListed(connection: Connection, items: Values[], property: string, listed: List) {
  const { table: joining, own, other } = listed.through;
  const target = listed.of();
  const owner = sql`${name(joining)}.${name(own)}`;
  const id = sql`${name(target.name)}.id`;
  const rows = await connection.rows(
    sql`SELECT ${owner} AS owner, ${labelColumns(target)} FROM ${name(joining)}
      JOIN ${name(target.name)} ON ${id} = ${name(joining)}.${name(other)}
      WHERE ${owner} IN (${valuesOf(items.map((item) => item.id))}) ORDER BY ${id}`,
  );
  for (const item of items) {
    const listed = rows.filter((row) => row.owner === item.id);
    item[property] = listed.map((row) => referenceOf(target, row));
  }
}

function valuesOf(values: unknown[]): Sql {
  return list(values.map((value) => sql`${value}`));
}

function labelColumns(table: AnyTable): Sql {
  const columns = table.display === null ? ["id"] : ["id", table.display];
  return list(columns.map((column) => sql`${name(table.name)}.${name(column)}`));
}

function referenceOf(table: AnyTable, row: Row): Reference {
  const shown = table.display === null ? null : row[table.display];
  const heading = table.label.charAt(0).toUpperCase() + table.label.slice(1);
  return { id: row.id as string, label: (shown as string | null) || `${heading} ${row.id}` };
}
