{% if postgres %}
/** How values are given to the database, and read again. */

import { shownInstant } from "../api/fields.js";

/** What a column holds. */
export type Kind = "text" | "integer" | "float" | "boolean" | "decimal" | "instant" | "bytes";

/** From JSON to the database. */
export function toColumn(kind: Kind, value: unknown): unknown {
  if (value === null || value === undefined) {
    return null;
  }
  return kind === "bytes" ? Buffer.from(value as string, "base64") : value;
}

/** From the database to JSON. */
export function fromColumn(kind: Kind, value: unknown): unknown {
  if (value === null) {
    return null;
  }
  switch (kind) {
    case "instant":
      return shownInstant(value as Date);
    case "bytes":
      return Buffer.from(value as Uint8Array).toString("base64");
    default:
      return value;
  }
}
{% else %}
/** How values are kept, and read again. SQLite knows neither decimals nor instants nor booleans. */

import { decimalOf, hundredthsOf, shownInstant } from "../api/fields.js";

/** What a column holds. */
export type Kind = "text" | "integer" | "float" | "boolean" | "decimal" | "instant" | "bytes";

/** From JSON to the database. */
export function toColumn(kind: Kind, value: unknown): unknown {
  if (value === null || value === undefined) {
    return null;
  }
  switch (kind) {
    case "boolean":
      return value === true ? 1 : 0;
    case "decimal":
      // Hundredths, which are exact and sort as numbers do.
      return hundredthsOf(value as string);
    case "instant":
      // All of one length, so that they sort as time goes.
      return new Date(value as string).toISOString();
    case "bytes":
      return Buffer.from(value as string, "base64");
    default:
      return value;
  }
}

/** From the database to JSON. */
export function fromColumn(kind: Kind, value: unknown): unknown {
  if (value === null) {
    return null;
  }
  switch (kind) {
    case "integer":
      return Number(value);
    case "boolean":
      return value === 1n;
    case "decimal":
      return decimalOf(value as bigint);
    case "instant":
      return shownInstant(new Date(value as string));
    case "bytes":
      return Buffer.from(value as ArrayBuffer).toString("base64");
    default:
      return value;
  }
}
{% endif %}
