/** How values look in JSON, whatever this project's things have of them. */

import { expect, test } from "vitest";
import * as fields from "../src/api/fields.js";

const genre = fields.choice(["novel", "poetry"]);
const tags = fields.references("/api/tags", "tags", "Tags that exist, each once.");
const id = "01a21a95-25a0-778b-92e6-43edeaeaad45";

const ACCEPTED = [
  { type: "text", schema: fields.text({ maxLength: 3 }), value: "a🦀b", read: "a🦀b" },
  { type: "email", schema: fields.email(), value: "a@example.com", read: "a@example.com" },
  { type: "url", schema: fields.url(), value: "https://a.example/b", read: "https://a.example/b" },
  { type: "integer", schema: fields.integer({ max: 5 }), value: 5, read: 5 },
  { type: "float", schema: fields.float({ min: 0, max: 1 }), value: 0.5, read: 0.5 },
  { type: "choice", schema: genre, value: "novel", read: "novel" },
  { type: "date", schema: fields.date(), value: "2024-02-29", read: "2024-02-29" },
  {
    type: "instant",
    schema: fields.instant(),
    value: "2026-03-14T15:09:26.5+02:00",
    read: "2026-03-14T13:09:26.500Z",
  },
  { type: "uuid", schema: fields.uuid(), value: id.toUpperCase(), read: id },
  { type: "decimal", schema: fields.decimal({ min: "-0.05" }), value: "-0.05", read: "-0.05" },
  { type: "decimal", schema: fields.decimal(), value: "12.5", read: "12.50" },
  { type: "bytes", schema: fields.bytes({ max: 2 }), value: "aGk=", read: "aGk=" },
  { type: "references", schema: tags, value: [id], read: [id] },
  { type: "optional", schema: fields.optional(fields.text()), value: undefined, read: null },
  { type: "queryInteger", schema: fields.queryInteger(), value: "-7", read: -7 },
  { type: "queryBoolean", schema: fields.queryBoolean(), value: "false", read: false },
  { type: "queryText", schema: fields.queryText(), value: "a", read: "a" },
];

test.each(ACCEPTED)("$type: $value is read as $read", ({ schema, value, read }) => {
  expect(schema.parse(value)).toEqual(read);
});

const REFUSED = [
  { type: "text", schema: fields.text({ minLength: 2 }), value: "a" },
  { type: "text", schema: fields.text({ maxLength: 3 }), value: "abcd" },
  { type: "text", schema: fields.text({ pattern: "^[0-9]$" }), value: "a" },
  { type: "text", schema: fields.text(), value: "\ud800" },
  { type: "integer", schema: fields.integer({ min: 1 }), value: 0 },
  { type: "integer", schema: fields.integer(), value: 2 ** 53 },
  { type: "float", schema: fields.float({ min: 0, max: 1 }), value: 1.5 },
  { type: "date", schema: fields.date(), value: "2025-02-29" },
  { type: "instant", schema: fields.instant(), value: "2026-03-14T24:00:00Z" },
  { type: "instant", schema: fields.instant(), value: "0001-01-01T00:00:00+01:00" },
  { type: "uuid", schema: fields.uuid(), value: `${id}0` },
  { type: "decimal", schema: fields.decimal({ min: "0.05" }), value: "0.04" },
  { type: "decimal", schema: fields.decimal({ max: "0.05" }), value: "0.06" },
  { type: "decimal", schema: fields.decimal(), value: "01.00" },
  { type: "bytes", schema: fields.bytes(), value: "aGk" },
  { type: "bytes", schema: fields.bytes({ max: 1 }), value: "aGk=" },
  { type: "references", schema: tags, value: [id, id] },
  { type: "queryInteger", schema: fields.queryInteger(), value: "7.0" },
  { type: "queryBoolean", schema: fields.queryBoolean(), value: "yes" },
];

test.each(REFUSED)("$type: $value is refused", ({ schema, value }) => {
  expect(schema.safeParse(value).success).toBe(false);
});

test("a reference says where such things are listed", () => {
  const meta = fields.optional(fields.reference("/api/books", "A book that exists.")).meta();
  expect(meta).toMatchObject({ "x-refers-to": "/api/books", description: "A book that exists." });
});
