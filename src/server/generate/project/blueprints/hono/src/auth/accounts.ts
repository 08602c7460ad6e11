/** Accounts and their tokens in the database. Of passwords and tokens only hashes are kept. */

import { randomBytes } from "node:crypto";
import { Refused } from "../api/problems.js";
import { conflictOf, type Database } from "../db/database.js";
import { newId } from "../db/ids.js";
import { sql } from "../db/sql.js";
import { fromColumn } from "../db/values.js";
import { hashPassword, hashToken } from "./passwords.js";
import type { Account } from "./shapes.js";

const HOUR_MS = 60 * 60 * 1000;

/** Makes an account; an address has one at most. */
export async function addAccount(
  database: Database,
  email: string,
  password: string,
): Promise<string> {
  const id = newId();
  const now = new Date().toISOString();
  const passwordHash = await hashPassword(password);
  try {
    await database.rows(
      sql`INSERT INTO auth_accounts (id, email, password_hash, created_at)
        VALUES (${id}, ${email}, ${passwordHash}, ${now})`,
    );
  } catch (error) {
    if (conflictOf(error)) {
      throw Refused.field(409, "email", "There is one with the same email already.");
    }
    throw error;
  }
  return id;
}

export async function accountOf(database: Database, id: string): Promise<Account> {
  const [row] = await database.rows(
    sql`SELECT email, created_at FROM auth_accounts WHERE id = ${id}`,
  );
  const created_at = String(fromColumn("instant", row?.created_at));
  return { id, email: String(row?.email), created_at };
}

/** The account's id and the hash of its password. */
export async function findByEmail(database: Database, email: string) {
  const [row] = await database.rows(
    sql`SELECT id, password_hash FROM auth_accounts WHERE email = ${email}`,
  );
  return row && { id: String(row.id), passwordHash: String(row.password_hash) };
}

/** A new token, which nobody can see again, and until when it is good. */
export async function addToken(database: Database, accountId: string, hours: number) {
  const token = randomBytes(32).toString("base64url");
  const now = new Date();
  const expiresAt = new Date(now.getTime() + hours * HOUR_MS);
  await database.rows(sql`DELETE FROM auth_tokens WHERE expires_at <= ${now.toISOString()}`);
  await database.rows(
    sql`INSERT INTO auth_tokens (id, account_id, token_hash, expires_at)
      VALUES (${newId()}, ${accountId}, ${hashToken(token)}, ${expiresAt.toISOString()})`,
  );
  return { token, expiresAt };
}

export async function removeToken(database: Database, token: string): Promise<void> {
  await database.rows(sql`DELETE FROM auth_tokens WHERE token_hash = ${hashToken(token)}`);
}
