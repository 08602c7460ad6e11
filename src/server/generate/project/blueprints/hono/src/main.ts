/** `npm start`: the server. It stops when it is told to, after it has answered what was asked. */

import { serve } from "@hono/node-server";
import { createApp } from "./app.js";
{% if accounts %}
import { Guesses } from "./auth/guesses.js";
{% endif %}
import { Database } from "./db/database.js";
import { settingsOfProcess } from "./settings.js";

// Answers that take longer are cut off when it stops.
const PATIENCE_MS = 10_000;

const settings = settingsOfProcess();
const database = Database.connect(settings.DATABASE_URL);
{% if accounts %}
const guesses = new Guesses(settings.GUESSES_PER_ACCOUNT, settings.GUESSES_PER_ADDRESS);
const app = createApp({ database, settings, guesses });
{% else %}
const app = createApp({ database, settings });
{% endif %}

const server = serve({ fetch: app.fetch, hostname: settings.HOST, port: settings.PORT }, (at) => {
  console.log(`http://${at.address.includes(":") ? `[${at.address}]` : at.address}:${at.port}`);
});

function stop(): void {
  const late = setTimeout(() => process.exit(1), PATIENCE_MS);
  server.close(async () => {
    await database.close();
    clearTimeout(late);
  });
}

process.once("SIGINT", stop);
process.once("SIGTERM", stop);
