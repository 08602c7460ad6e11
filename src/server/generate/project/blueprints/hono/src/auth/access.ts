/** Who is asking: the account of a request's bearer token. */

import type { Context } from "hono";
import type { Means } from "../api/operation.js";
import { Refused } from "../api/problems.js";
import { sql } from "../db/sql.js";
import { hashToken } from "./passwords.js";

/** The account's id, or a 401. */
export async function signedIn(
  context: Context,
  { database }: Pick<Means, "database">,
): Promise<string> {
  const [, token] = /^Bearer (\S+)$/i.exec(context.req.header("authorization") ?? "") ?? [];
  if (token !== undefined) {
    const now = new Date().toISOString();
    const [row] = await database.rows(
      sql`SELECT account_id FROM auth_tokens WHERE token_hash = ${hashToken(token)} AND expires_at > ${now}`,
    );
    if (row) {
      return String(row.account_id);
    }
  }
  throw new Refused(401, "Sign in first.", [], { "WWW-Authenticate": "Bearer" });
}
