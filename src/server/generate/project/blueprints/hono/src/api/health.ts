/** Whether the application is well. */

import { z } from "zod";
import { sql } from "../db/sql.js";
import { operation } from "./operation.js";
import { shape } from "./shapes.js";

const Health = shape("Health", "It runs.", { status: z.literal("ok") });

export const healthRoutes = [
  operation({
    id: "check_health",
    method: "get",
    path: "/healthz",
    tag: "health",
    summary: "Check Health",
    description: "Says that the application runs and reaches its database.",
    answer: Health,
{% if accounts %}
    open: true,
{% endif %}
    async handle({ database }) {
      await database.rows(sql`SELECT 1`);
      return { status: "ok" as const };
    },
  }),
];
