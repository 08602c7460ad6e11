/** Errors, all of them as `application/problem+json` (RFC 9457), with the field named where there is one. */

import { STATUS_CODES } from "node:http";
import type { z } from "zod";
import type { FieldProblem, Problem } from "./shapes.js";

export const MEDIA_TYPE = "application/problem+json";
const MAX_ERRORS = 50;

/** A request that cannot be answered as it is, and the fields because of which. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
    readonly errors: FieldProblem[] = [],
    readonly headers: Record<string, string> = {},
  ) {
    super(detail);
  }

  /** Because of one field. */
  static field(status: number, field: string, message: string): Refused {
    return new Refused(status, message, [{ field, message }]);
  }
}

export function notFound(label: string): Refused {
  return new Refused(404, `There is no such ${label}.`);
}

/** A value that is not as its schema says; `whole` is what the value is called itself. */
export function invalid(error: z.ZodError, whole: string): Refused {
  const errors = error.issues.flatMap((issue): FieldProblem[] => {
    if (issue.code === "unrecognized_keys") {
      const path = issue.path.map(String);
      const message = "There is no such property or parameter";
      return issue.keys.map((key) => ({ field: [...path, key].join("."), message }));
    }
    return [{ field: issue.path.map(String).join(".") || whole, message: issue.message }];
  });
  const detail = "Something in the request is not as it should be.";
  return new Refused(422, detail, errors.slice(0, MAX_ERRORS));
}

/** What is sent. */
export function answer(refused: Refused): Response {
  const problem: Problem = {
    type: "about:blank",
    title: STATUS_CODES[refused.status] ?? "Error",
    status: refused.status,
    detail: refused.detail,
    errors: refused.errors,
  };
  return new Response(JSON.stringify(problem), {
    status: refused.status,
    headers: { ...refused.headers, "Content-Type": MEDIA_TYPE },
  });
}
