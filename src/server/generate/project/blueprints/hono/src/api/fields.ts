/**
 * How values look in JSON. Types that are strict: `"1"` is no number, and what is refused is said in /openapi.json.
 *
 * Whole numbers are those that JavaScript holds exactly, decimals are texts so that nothing is lost on the
 * way, instants name their distance from UTC, and no text holds a NUL character, which databases do not keep.
 */

import { z } from "zod";

/** What a description says besides the type. */
type About = { description?: string; examples?: unknown[] };

type TextRules = About & {
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
};

const ANY_TEXT = "^[^\\u0000]*$";
// NUL, and halves of characters.
const UNSTORABLE = /[\0\p{Surrogate}]/u;

/** Text. Lengths are in characters, not in the units of JavaScript; a pattern is for the whole value. */
export function text({ pattern, ...rules }: TextRules = {}) {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = rules;
  const expression = pattern === undefined ? undefined : new RegExp(pattern, "u");
  return z
    .string()
    .superRefine((value, { addIssue }) => {
      const length = lengthOf(value, maxLength);
      if (UNSTORABLE.test(value)) {
        addIssue("Should not contain NUL or broken characters");
      } else if (length < minLength) {
        addIssue(`Should have at least ${counted(minLength, "character")}`);
      } else if (length > maxLength) {
        addIssue(`Should have at most ${counted(maxLength, "character")}`);
      } else if (expression && !expression.test(value)) {
        addIssue(
          rules.format ? `Should be of the format ${rules.format}` : `Should match ${pattern}`,
        );
      }
    })
    .meta({ ...rules, pattern: pattern ?? ANY_TEXT });
}

function lengthOf(value: string, most: number): number {
  // What is far too long needs no counting: a character has two units at most.
  return value.length > 2 * most ? value.length : [...value].length;
}

function counted(count: number, unit: string): string {
  return count === 1 ? `1 ${unit}` : `${count} ${unit}s`;
}

const EMAIL = "^[A-Za-z0-9._%+\\-]+@[A-Za-z0-9\\-]+(\\.[A-Za-z0-9\\-]+)+$";
const URL_PATTERN = "^https?://[A-Za-z0-9.\\-]+(:[0-9]{1,5})?([/?#][!-~]*)?$";

export function email(rules: TextRules = {}) {
  return text({ ...rules, pattern: EMAIL, format: "email" });
}

export function url(rules: TextRules = {}) {
  return text({ ...rules, pattern: URL_PATTERN, format: "uri" });
}

type NumberRules = About & { min?: number; max?: number };

export function integer({ min, max, ...about }: NumberRules = {}) {
  const least = min ?? Number.MIN_SAFE_INTEGER;
  const most = max ?? Number.MAX_SAFE_INTEGER;
  return z.int().min(least).max(most).meta(about);
}

export function float({ min, max, ...about }: NumberRules = {}) {
  let schema = z.number();
  if (min !== undefined) {
    schema = schema.min(min);
  }
  if (max !== undefined) {
    schema = schema.max(max);
  }
  return schema.meta(about);
}

export function boolean(about: About = {}) {
  return z.boolean().meta(about);
}

export function choice<const Words extends readonly [string, ...string[]]>(
  words: Words,
  about: About = {},
) {
  return z.enum(words).meta(about);
}

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Whether the calendar has this day. */
function isDay(value: string): boolean {
  const [, year, month, day] = (DAY.exec(value) ?? []).map(Number);
  if (!year || !month || !day) {
    return false;
  }
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** A day of the calendar: `"2026-03-14"`. */
export function date(about: About = {}) {
  return z
    .string()
    .refine(isDay, "Should be a date such as 2026-03-14")
    .meta({ ...about, format: "date" });
}

const INSTANT =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i;

/** An instant with its offset, kept in UTC, to the millisecond. */
export function instant(about: About = {}) {
  return z
    .string()
    .transform((value, { addIssue }) => {
      const [, day = ""] = INSTANT.exec(value) ?? [];
      const read = isDay(day) ? new Date(value.toUpperCase()) : undefined;
      const year = read?.getUTCFullYear() ?? 0;
      if (!read || year < 1 || year > 9999) {
        addIssue("Should be a date and time with its offset, such as 2026-03-14T15:09:26Z");
        return z.NEVER;
      }
      return shownInstant(read);
    })
    .meta({ ...about, format: "date-time" });
}

/** As it is shown: without a fraction of zero. */
export function shownInstant(value: Date): string {
  return value.toISOString().replace(".000Z", "Z");
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function uuid(about: About = {}) {
  return z
    .string()
    .regex(UUID, "Should be a UUID")
    .transform((value) => value.toLowerCase())
    .meta({ ...about, format: "uuid", pattern: undefined });
}

const DECIMAL = "^-?(0|[1-9][0-9]{0,15})(\\.[0-9]{1,2})?$";
const DECIMAL_EXPRESSION = new RegExp(DECIMAL);

/** Exact, two digits after the point: `"12.50"`. */
export function decimal({ min, max, ...about }: About & { min?: string; max?: string } = {}) {
  const least = min === undefined ? undefined : hundredthsOf(min);
  const most = max === undefined ? undefined : hundredthsOf(max);
  return z
    .string()
    .transform((value, { addIssue }) => {
      if (!DECIMAL_EXPRESSION.test(value)) {
        addIssue('Should be a text with at most two digits after the point, such as "12.50"');
        return z.NEVER;
      }
      const hundredths = hundredthsOf(value);
      if (least !== undefined && hundredths < least) {
        addIssue(`Should be at least ${min}`);
      } else if (most !== undefined && hundredths > most) {
        addIssue(`Should be at most ${max}`);
      }
      return decimalOf(hundredths);
    })
    .meta({ ...about, pattern: DECIMAL, "x-minimum": min, "x-maximum": max });
}

/** `"12.5"` → 1250. */
export function hundredthsOf(value: string): bigint {
  const [whole = "0", fraction = ""] = value.replace("-", "").split(".");
  const size = BigInt(whole + fraction.padEnd(2, "0"));
  return value.startsWith("-") ? -size : size;
}

/** 1250 → `"12.50"`. */
export function decimalOf(hundredths: bigint): string {
  const sign = hundredths < 0n ? "-" : "";
  const digits = (hundredths < 0n ? -hundredths : hundredths).toString().padStart(3, "0");
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

const BASE64 = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$";
const BASE64_DIGITS = /^[A-Za-z0-9+/]*={0,2}$/;

/** Bytes, as base64. */
export function bytes({ min = 0, max, ...about }: NumberRules = {}) {
  const most = max ?? Number.POSITIVE_INFINITY;
  return z
    .string()
    .transform((value, { addIssue }) => {
      const content = Buffer.from(value, "base64");
      if (value.length % 4 !== 0 || !BASE64_DIGITS.test(value)) {
        addIssue("Should be base64");
      } else if (content.length < min || content.length > most) {
        addIssue(`Should have from ${min} to ${counted(most, "byte")}`);
      }
      return content.toString("base64");
    })
    .meta({
      ...about,
      format: "byte",
      pattern: BASE64,
      minLength: max === undefined ? undefined : Math.ceil(min / 3) * 4,
      maxLength: max === undefined ? undefined : Math.ceil(max / 3) * 4,
    });
}

/** The id of something that exists. The front end reads where such things are listed. */
export function reference(path: string, description: string) {
  return uuid().meta({ description, "x-refers-to": path });
}

/** Ids of things that exist, each once; answers show the things themselves, as `shownAs`. */
export function references(path: string, shownAs: string, description: string) {
  return z
    .array(uuid())
    .max(100)
    .refine((ids) => new Set(ids).size === ids.length, "Should not name the same thing twice")
    .meta({ uniqueItems: true })
    .default([])
    .meta({ description, "x-refers-to": path, "x-shown-as": shownAs });
}

/** May be null or left out, which is the same. What is said about it is said of the whole. */
export function optional<Schema extends z.ZodType>(schema: Schema) {
  const { description, examples, "x-refers-to": refersTo } = schema.meta() ?? {};
  const inner = schema.meta({
    description: undefined,
    examples: undefined,
    "x-refers-to": undefined,
  });
  const about = { description, examples, "x-refers-to": refersTo };
  return inner.nullable().default(null).meta(about);
}

/** What an answer has where there is nothing. */
export function nullable<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullable();
}

// In an address everything is text.

export function queryInteger(rules: NumberRules = {}) {
  const read = (value: unknown) =>
    typeof value === "string" && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  return z.preprocess(read, integer(rules));
}

export function queryBoolean() {
  const read = (value: unknown) => (value === "true" ? true : value === "false" ? false : value);
  return z.preprocess(read, boolean());
}

export function queryText(maxLength = 200) {
  return text({ minLength: 1, maxLength });
}

/** A parameter of a list that keeps to one value. */
export function filter<Schema extends z.ZodType>(schema: Schema, description: string) {
  return schema.optional().meta({ description });
}
