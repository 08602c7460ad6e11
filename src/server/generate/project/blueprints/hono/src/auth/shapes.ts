/** Accounts and tokens in requests and answers. */

import { z } from "zod";
import { email, instant, text, uuid } from "../api/fields.js";
import { shape } from "../api/shapes.js";

const address = () => email({ maxLength: 254, examples: ["reader@example.com"] });
const password = (minLength: number) =>
  text({ minLength, maxLength: 128, examples: ["correct horse battery"] });

export const Registration = shape("Registration", "Who wants an account.", {
  email: address(),
  password: password(10),
});

export const Credentials = shape("Credentials", "Who wants to sign in.", {
  email: address(),
  password: password(1),
});

export const Revocation = shape("Revocation", "Who wants to sign out.", {
  token: text({ minLength: 1, maxLength: 200, examples: ["a-token-that-was-given-out"] }),
});

export const Account = shape("Account", "An account, without its secrets.", {
  id: uuid(),
  email: email(),
  created_at: instant(),
});

export type Account = z.infer<typeof Account>;

export const Token = shape("Token", "What to send as `Authorization: Bearer …`.", {
  access_token: text(),
  token_type: z.literal("bearer"),
  expires_at: instant(),
});
