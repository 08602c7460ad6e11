/** What the code knows of a table: enough to write it, read it, search, sort and filter it. */

import type { z } from "zod";
import type { Kind } from "./values.js";

/** Any table, for those who do not look at its values. */
export type AnyTable = {
  name: string;
  /** For people, in the middle of a sentence. */
  label: string;
  /** The column by which people know a row, if there is one. */
  display: string | null;
  input: z.ZodType;
  output: z.ZodType;
  columns: Record<string, Kind>;
  /** What a row refers to by `<name>_id`. */
  ones: Record<string, () => AnyTable>;
  /** What a row lists, by a table that joins the two. */
  lists: Record<string, List>;
  /** Columns that have one value in one row only, and how the database calls that. */
  unique: Record<string, string>;
  /** Columns that are searched for text. */
  searched: string[];
  /** Parameters that keep to one value: of a column, or of a list's ids. */
  filters: Record<string, string>;
};

/** A table that is read as these answers. */
export type Shown<Output> = AnyTable & { output: z.ZodType<Output> };

/** A table that is written as these requests say. */
export type Table<Input, Output> = Shown<Output> & {
  input: z.ZodType<Input>;
  columns: Columns<Input>;
};

/** Properties of a request that are columns; the others are lists of ids. */
type Columns<Input> = {
  [Property in keyof Input as Input[Property] extends unknown[] ? never : Property]: Kind;
};

export type List = {
  /** The property of requests. */
  ids: string;
  of: () => AnyTable;
  /** The joining table, its column for the row and its column for what is listed. */
  through: { table: string; own: string; other: string };
};

/** Columns that all tables have. */
export const OWN_COLUMNS = { id: "text", created_at: "instant", updated_at: "instant" } as const;

/** All columns of a table and what they hold. */
export function columnsOf(table: AnyTable): Record<string, Kind> {
  const { id, ...stamps } = OWN_COLUMNS;
  return { id, ...table.columns, ...stamps };
}
