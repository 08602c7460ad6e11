/** An operation of the API: what it takes, what it answers, and what it does. Its route and its description are made of it. */

import type { Context } from "hono";
import type { z } from "zod";
{% if accounts %}
import type { Guesses } from "../auth/guesses.js";
{% endif %}
import type { Database } from "../db/database.js";
import type { Settings } from "../settings.js";
import { invalid, Refused } from "./problems.js";

/** What operations work with. */
export type Means = {
  database: Database;
  settings: Settings;
{% if accounts %}
  guesses: Guesses;
{% endif %}
};

/** A request that was looked at: its parts are as the operation says. */
export type Asked<Params, Query, Body> = Means & {
  params: Params;
  query: Query;
  body: Body;
  context: Context;
};

type Spec<Params, Query, Body, Answer> = {
  id: string;
  method: "get" | "post" | "put" | "delete";
  /** `/api/books/{book_id}` */
  path: string;
  tag: string;
  summary: string;
  description: string;
  params?: z.ZodType<Params>;
  query?: z.ZodType<Query>;
  body?: z.ZodType<Body>;
  /** Of what is answered; without one the answer is empty. */
  answer?: z.ZodType<Answer>;
  /** 200, or 204 without an answer, unless it says otherwise. */
  status?: 201;
  /** Refusals besides those that follow from what it takes. */
  refusals?: number[];
{% if accounts %}
  /** Also for those who have not signed in. */
  open?: boolean;
{% endif %}
  handle(asked: Asked<Params, Query, Body>): Promise<Answer>;
};

export type Operation = Omit<Spec<unknown, unknown, unknown, unknown>, "handle"> & {
  /** Looks at a request and answers it. */
  serve(context: Context, means: Means): Promise<Response>;
};

export function operation<Params, Query, Body, Answer>(
  spec: Spec<Params, Query, Body, Answer>,
): Operation {
  const { handle, ...described } = spec;
  return {
    ...described,
    async serve(context, means) {
      const params = read(spec.params, context.req.param(), "path");
      const query = readQuery(spec.query, context.req.query());
      const body = spec.body && read(spec.body, await jsonOf(context), "body");
      const result = await handle({
        ...means,
        context,
        params: params as Params,
        query: query as Query,
        body: body as Body,
      });
      return spec.answer ? context.json(result, spec.status ?? 200) : context.body(null, 204);
    },
  };
}

function read<T>(schema: z.ZodType<T> | undefined, value: unknown, whole: string): T | undefined {
  if (!schema) {
    return undefined;
  }
  const result = schema.safeParse(value);
  if (!result.success) {
    throw invalid(result.error, whole);
  }
  return result.data;
}

function readQuery<T>(
  schema: z.ZodType<T> | undefined,
  given: Record<string, string>,
): T | undefined {
  const [unknown] = schema ? [] : Object.keys(given);
  if (unknown !== undefined) {
    throw Refused.field(422, unknown, "There is no such parameter.");
  }
  return read(schema, given, "query");
}

async function jsonOf(context: Context): Promise<unknown> {
  const type = context.req.header("content-type") ?? "";
  // Browsers send this type to other sites only after asking them.
  if (!/^application\/([\w.-]+\+)?json\b/i.test(type)) {
    throw Refused.field(422, "body", "Should be JSON, with Content-Type: application/json.");
  }
  try {
    return JSON.parse(
      new TextDecoder("utf-8", { fatal: true }).decode(await context.req.arrayBuffer()),
    );
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) {
      throw new Refused(400, "The body is no JSON.");
    }
    throw error;
  }
}
