/** Hashes of passwords (Argon2id, as OWASP advises), and of tokens. */

import { createHash } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";

const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
// Each hash takes 19 MiB and a processor for a while.
const AT_ONCE = 4;

const waiting: (() => void)[] = [];
let running = 0;

/** One of the few that may hash at the same time. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) {
    await new Promise<void>((go) => waiting.push(go));
  } else {
    running += 1;
  }
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) {
      // It takes the place of this one.
      next();
    } else {
      running -= 1;
    }
  }
}

export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password, COST));
}

// What a password is compared with where there is no account, so that both take as long.
const nobody = hashPassword("nobody has this password");

/** Whether the password is the right one. */
export async function isPassword(
  password: string,
  passwordHash: string | undefined,
): Promise<boolean> {
  const compared = passwordHash ?? (await nobody);
  const right = await inTurn(() => verify(compared, password));
  return right && passwordHash !== undefined;
}

/** Tokens are long and random, so they need no slow hash. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
