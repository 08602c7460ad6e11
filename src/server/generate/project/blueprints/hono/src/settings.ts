/** What differs between one installation and the next: all of it from the environment, or from `.env`. */

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

/** The project's folder, seen from `src/` and from `dist/`. */
export const ROOT = resolve(fileURLToPath(new URL("..", import.meta.url)));

{% if postgres %}
const DATABASE = "postgres://postgres:postgres@localhost:5432/{{ project.snake }}";
{% else %}
const DATABASE = `file:${join(ROOT, "data", "{{ project.slug }}.db")}`;
{% endif %}

const count = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

const Settings = z.object({
  HOST: z.string().default("127.0.0.1"),
  PORT: count(0, 65_535).default(8000),
  DATABASE_URL: z.string().default(DATABASE),
  // Larger requests are refused.
  MAX_BODY_BYTES: count(1024, 2 ** 30).default({{ project.max_body_bytes|grouped }}),
{% if accounts %}
  TOKEN_HOURS: count(1, 24 * 90).default(12),
  // Wrong passwords within a quarter of an hour: for one account from one address, and from one address.
  GUESSES_PER_ACCOUNT: count(1, 1_000_000).default(10),
  GUESSES_PER_ADDRESS: count(1, 1_000_000).default(100),
{% endif %}
});

export type Settings = z.infer<typeof Settings>;

/** Reads the settings; one that makes no sense is an error that names it. */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const read = Settings.safeParse(environment);
  if (!read.success) {
    throw new Error(`The settings are not as they should be.\n${z.prettifyError(read.error)}`);
  }
  return read.data;
}

/** The settings of this process. What is in the environment counts for more than `.env`. */
export function settingsOfProcess(): Settings {
  const file = join(ROOT, ".env");
  if (existsSync(file)) {
    process.loadEnvFile(file);
  }
  return readSettings(process.env);
}
