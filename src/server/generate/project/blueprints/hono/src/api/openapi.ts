/** /openapi.json: what the operations say of themselves. */

import { STATUS_CODES } from "node:http";
import { z } from "zod";
import type { Operation } from "./operation.js";
import { MEDIA_TYPE } from "./problems.js";
import { Problem, shapes } from "./shapes.js";

type Json = Record<string, unknown>;

const about = {
  title: {{ project.name|ts }},
{% if project.description %}
  description: {{ project.description|ts }},
{% endif %}
  version: "0.1.0",
};

/** Schemas as requests have them. What a schema says besides its type is said even where values are read. */
const OPTIONS: Parameters<typeof z.toJSONSchema>[1] = {
  io: "input",
  override({ zodSchema, jsonSchema }) {
    const { def } = zodSchema._zod;
    if (def.type === "default") {
      jsonSchema.default = def.defaultValue as never;
    }
    const examples = z.globalRegistry.get(zodSchema)?.examples;
    if (examples !== undefined) {
      jsonSchema.examples = examples as never[];
    }
  },
};

/** The description of the operations. */
export function describe(operations: Operation[]): Json {
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method]: describeOne(operation),
    };
  }
  const { schemas } = z.toJSONSchema(shapes, { ...OPTIONS, uri: place });
  for (const schema of Object.values(schemas)) {
    delete schema.$schema;
    delete schema.$id;
  }
{% if accounts %}
  const components = {
    schemas,
    securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
  };
{% endif %}
  return { openapi: "3.1.0", info: about, paths, components{{ "" if accounts else ": { schemas }" }} };
}

function describeOne(operation: Operation): Json {
  const { id, tag, summary, description, body } = operation;
  const content = body && { "application/json": { schema: schemaOf(body) } };
  return {
    operationId: id,
    tags: [tag],
    summary,
    description,
{% if accounts %}
    ...(operation.open ? {} : { security: [{ bearer: [] }] }),
{% endif %}
    parameters: [...parameters(operation.params, "path"), ...parameters(operation.query, "query")],
    ...(content && { requestBody: { required: true, content } }),
    responses: { ...success(operation), ...refusals(operation) },
  };
}

function parameters(schema: z.ZodType | undefined, where: "path" | "query"): Json[] {
  const { properties = {}, required = [] } = schema ? schemaOf(schema) : {};
  return Object.entries(properties as Record<string, Json>).map(
    ([name, { description, ...schema }]) => ({
      name,
      in: where,
      required: (required as string[]).includes(name),
      ...(description === undefined ? {} : { description }),
      schema,
    }),
  );
}

function success(operation: Operation): Json {
  if (!operation.answer) {
    return { 204: { description: "No Content" } };
  }
  const status = operation.status ?? 200;
  const content = { "application/json": { schema: schemaOf(operation.answer) } };
  return { [status]: { description: STATUS_CODES[status], content } };
}

function refusals(operation: Operation): Json {
  const statuses = [...(operation.refusals ?? []), 422];
  if (operation.body) {
    statuses.push(400, 413);
  }
{% if accounts %}
  if (!operation.open) {
    statuses.push(401);
  }
{% endif %}
  const content = { [MEDIA_TYPE]: { schema: schemaOf(Problem) } };
  const entries = statuses.map((status) => [
    status,
    { description: STATUS_CODES[status], content },
  ]);
  return Object.fromEntries(entries);
}

/** Named shapes by their place, others in full. */
function schemaOf(schema: z.ZodType): Json {
  const named = shapes.get(schema);
  if (named) {
    return { $ref: place(named.id) };
  }
  if (schema instanceof z.ZodArray) {
    const { maxItems } = z.toJSONSchema(schema, OPTIONS);
    return { type: "array", items: schemaOf(schema.element as z.ZodType), maxItems };
  }
  const { $schema, ...json } = z.toJSONSchema(schema, OPTIONS);
  return json;
}

function place(id: string): string {
  return `#/components/schemas/${id}`;
}
