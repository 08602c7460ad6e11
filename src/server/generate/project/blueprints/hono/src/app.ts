/** The application: its routes, and what happens to every request and answer. */

{% if front_end %}
import { join } from "node:path";
import { serveStatic } from "@hono/node-server/serve-static";
{% endif %}
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { describe } from "./api/openapi.js";
import type { Means } from "./api/operation.js";
import { answer, Refused } from "./api/problems.js";
import { operations } from "./api/routes.js";
{% if accounts %}
import { signedIn } from "./auth/access.js";
{% endif %}
{% if front_end %}
import { ROOT } from "./settings.js";
{% endif %}

const HEADERS = {
  "Content-Security-Policy":
    "default-src 'self'; img-src 'self' data:; object-src 'none'; " +
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  "Referrer-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
};

/** An application of its own: tests make theirs. */
export function createApp(means: Means): Hono {
  const app = new Hono();
  const most = means.settings.MAX_BODY_BYTES;

  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(HEADERS)) {
      context.res.headers.set(name, value);
    }
  });
  app.use(
    bodyLimit({
      maxSize: most,
      onError: () => answer(new Refused(413, `The body may have ${most} bytes at most.`)),
    }),
  );

  for (const operation of operations) {
    const path = operation.path.replaceAll(/\{(\w+)\}/g, ":$1");
{% if accounts %}
    app.on(operation.method.toUpperCase(), path, async (context) => {
      if (!operation.open) {
        await signedIn(context, means);
      }
      return operation.serve(context, means);
    });
{% else %}
    app.on(operation.method.toUpperCase(), path, (context) => operation.serve(context, means));
{% endif %}
  }

  const description = JSON.stringify(describe(operations));
  app.get("/openapi.json", (context) => {
    return context.body(description, 200, { "Content-Type": "application/json" });
  });
{% if front_end %}
  app.get("/", serveStatic({ root: join(ROOT, "web"), path: "index.html" }));
  app.get("/static/*", serveStatic({ root: join(ROOT, "web"), rewriteRequestPath }));
{% endif %}

  app.notFound((context) => answer(missing(context.req.path)));
  app.onError((error, context) => {
    if (error instanceof Refused) {
      return answer(error);
    }
    console.error(`${context.req.method} ${context.req.path} failed`, error);
    return answer(new Refused(500, "Something went wrong here. It was written to the log."));
  });
  return app;
}

{% if front_end %}
function rewriteRequestPath(path: string): string {
  return path.replace("/static/", "/");
}

{% endif %}
/** What is not there, or not for this method. */
function missing(path: string): Refused {
  const methods = operations
    .filter((operation) => matches(operation.path, path))
    .map((operation) => operation.method.toUpperCase());
  if (methods.length === 0) {
    return new Refused(404, "Not Found.");
  }
  const Allow = [...new Set(methods)].sort().join(", ");
  return new Refused(405, "Method Not Allowed.", [], { Allow });
}

/** Whether a path is of the form `/api/books/{book_id}`. */
function matches(form: string, path: string): boolean {
  const [parts, given] = [form.split("/"), path.split("/")];
  return (
    parts.length === given.length &&
    parts.every((part, at) => (part.startsWith("{") ? given[at] !== "" : part === given[at]))
  );
}
