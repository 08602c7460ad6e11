/** What all requests and answers have in common. Those that have a name are found under it in /openapi.json. */

import { z } from "zod";
import { filter, queryInteger, queryText, text, uuid } from "./fields.js";

/** Named shapes, for the description. */
export const shapes = z.registry<{ id: string }>();

/** A request or an answer: what it does not know it refuses. */
export function shape<Shape extends z.ZodRawShape>(id: string, description: string, fields: Shape) {
  return z.strictObject(fields).meta({ description }).register(shapes, { id });
}

/** Enough of another thing to show a link to it. */
export const Reference = shape("Reference", "Enough of another thing to show a link to it.", {
  id: uuid(),
  label: text(),
});

export type Reference = z.infer<typeof Reference>;

/** A page of a list, and how many things there are on all pages. */
export function page<Item extends z.ZodType>(id: string, description: string, item: Item) {
  return shape(id, description, {
    items: z.array(item),
    page: z.int(),
    page_size: z.int(),
    total: z.int(),
  });
}

// Of a list without pages.
export const MOST_ITEMS = 1000;

/** A list that comes whole, within reason. */
export function whole<Item extends z.ZodType>(item: Item) {
  return z.array(item).max(MOST_ITEMS);
}

/** The parameters of a list that comes in pages. */
export const paging = {
  page: queryInteger({ min: 1, max: 1_000_000 })
    .default(1)
    .meta({ description: "Counted from 1." }),
  page_size: queryInteger({ min: 1, max: 100 }).default(20),
};

/** The parameter of a list that can be searched. */
export const searching = {
  q: filter(queryText(), "Only what has this text in it."),
};

/** The parameter of a list that can be sorted by these properties, up and down. */
export function sorting(...keys: string[]) {
  const orders = keys.flatMap((key) => [key, `-${key}`]);
  return {
    sort: z
      .enum(orders)
      .default("created_at")
      .meta({ description: "A property; with a hyphen before it, downwards." }),
  };
}

/** What is wrong with one value. */
export const FieldProblem = shape("FieldProblem", "What is wrong with one value.", {
  field: text({ description: "The property or parameter, `tags.0` for the first of a list." }),
  message: text(),
});

export type FieldProblem = z.infer<typeof FieldProblem>;

/** Why a request was refused, as RFC 9457 has it. */
export const Problem = shape("Problem", "Why a request was refused, as RFC 9457 has it.", {
  type: text(),
  title: text(),
  status: z.int(),
  detail: text(),
  errors: z.array(FieldProblem),
});

export type Problem = z.infer<typeof Problem>;
