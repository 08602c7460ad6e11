/** Accounts and tokens over HTTP. */

import type { Context } from "hono";
import { shownInstant } from "../api/fields.js";
import { operation } from "../api/operation.js";
import { Refused } from "../api/problems.js";
import { signedIn } from "./access.js";
import { accountOf, addAccount, addToken, findByEmail, removeToken } from "./accounts.js";
import { isPassword } from "./passwords.js";
import { Account, Credentials, Registration, Revocation, Token } from "./shapes.js";

const tag = "accounts";

export const authRoutes = [
  operation({
    id: "register",
    method: "post",
    path: "/api/auth/register",
    tag,
    summary: "Register",
    description: "Makes an account.",
    body: Registration,
    status: 201,
    answer: Account,
    refusals: [409],
    open: true,
    async handle({ database, body, context }) {
      const id = await addAccount(database, body.email.toLowerCase(), body.password);
      context.header("Location", "/api/auth/me");
      return accountOf(database, id);
    },
  }),
  operation({
    id: "create_token",
    method: "post",
    path: "/api/auth/token",
    tag,
    summary: "Create Token",
    description: "Signs in: a token for the right e-mail address and password.",
    body: Credentials,
    answer: Token,
    refusals: [401, 429],
    open: true,
    async handle({ database, settings, guesses, body, context }) {
      const email = body.email.toLowerCase();
      const address = addressOf(context);
      const wait = guesses.wait(email, address);
      if (wait > 0) {
        throw new Refused(429, "Too many wrong passwords.", [], { "Retry-After": String(wait) });
      }
      const account = await findByEmail(database, email);
      if (!(await isPassword(body.password, account?.passwordHash)) || !account) {
        guesses.add(email, address);
        const detail = "E-mail address or password is wrong.";
        throw new Refused(401, detail, [], { "WWW-Authenticate": "Bearer" });
      }
      guesses.forget(email, address);
      const { token, expiresAt } = await addToken(database, account.id, settings.TOKEN_HOURS);
      const expires_at = shownInstant(expiresAt);
      return { access_token: token, token_type: "bearer" as const, expires_at };
    },
  }),
  operation({
    id: "revoke_token",
    method: "post",
    path: "/api/auth/revoke",
    tag,
    summary: "Revoke Token",
    description:
      "Signs out: the token is worth nothing afterwards. Whoever has it may do so (RFC 7009).",
    body: Revocation,
    open: true,
    async handle({ database, body }) {
      await removeToken(database, body.token);
    },
  }),
  operation({
    id: "read_me",
    method: "get",
    path: "/api/auth/me",
    tag,
    summary: "Read Me",
    description: "The account that asks.",
    answer: Account,
    async handle({ database, context }) {
      return accountOf(database, await signedIn(context, { database }));
    },
  }),
];

/** Where a request comes from, as far as this server sees. */
function addressOf(context: Context): string {
  return context.env?.incoming?.socket?.remoteAddress ?? "";
}
