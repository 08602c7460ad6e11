/** `npm run migrate -- up` runs the steps that are missing, `down` undoes the last one, `down all` every one. */

import { Database } from "./db/database.js";
import { migrateDown, migrateUp } from "./db/migrations.js";
import { settingsOfProcess } from "./settings.js";

const [direction, extent] = process.argv.slice(2);
if (direction !== "up" && direction !== "down") {
  console.error("Say `up`, `down` or `down all`.");
  process.exit(2);
}
const database = Database.connect(settingsOfProcess().DATABASE_URL);
const run = direction === "up" ? migrateUp(database) : migrateDown(database, extent === "all");
const steps = await run.finally(() => database.close());
console.log(steps.length > 0 ? `${direction}: ${steps.join(", ")}` : "There was nothing to do.");
