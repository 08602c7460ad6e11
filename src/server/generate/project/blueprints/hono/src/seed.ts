/** `npm run seed` fills the database with what is in `seed.json`. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Database } from "./db/database.js";
import { fill, type Seed } from "./fill.js";
import { ROOT, settingsOfProcess } from "./settings.js";

const seed: Seed = JSON.parse(await readFile(join(ROOT, "seed.json"), "utf8"));
const database = Database.connect(settingsOfProcess().DATABASE_URL);
const added = await fill(database, seed).finally(() => database.close());
console.log(`${added} things were added.`);
