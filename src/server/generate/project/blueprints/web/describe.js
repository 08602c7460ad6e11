// What kinds of things there are, read from /openapi.json: a new property of the API appears here by itself.

import { request } from "./api.js";

export async function describe() {
  const document = await request("GET", "/openapi.json");
  const kinds = [];
  for (const [path, operations] of Object.entries(document.paths)) {
    const one = Object.keys(document.paths).find((other) => other.startsWith(`${path}/{`));
    if (!one || !operations.get || !operations.post) continue;
    const tag = operations.get.tags[0];
    const input = resolve(document, bodySchema(operations.post));
    const answer = resolve(document, answerSchema(operations.get));
    const parameters = (operations.get.parameters ?? []).map((parameter) =>
      property(document, parameter.name, parameter.schema, parameter.required),
    );
    kinds.push({
      path,
      name: path.split("/").pop(),
      labels: capital(tag),
      label: operations.post.summary.replace(/^Create /, "").toLowerCase(),
      isPaged: Boolean(answer.properties?.items),
      fields: Object.entries(input.properties).map(([name, schema]) =>
        property(document, name, schema, (input.required ?? []).includes(name)),
      ),
      parameters,
    });
  }
  return { title: document.info.title, description: document.info.description, kinds };
}

function bodySchema(operation) {
  return operation.requestBody.content["application/json"].schema;
}

function answerSchema(operation) {
  return operation.responses["200"].content["application/json"].schema;
}

function resolve(document, schema) {
  if (!schema.$ref) return schema;
  const path = schema.$ref.split("/").slice(1);
  return { ...path.reduce((node, key) => node[key], document) };
}

function property(document, name, schema, required) {
  const kinds = (schema.anyOf ?? [schema]).filter((kind) => kind.type !== "null");
  const kind = resolve(document, kinds[0]);
  const refersTo = schema["x-refers-to"];
  return {
    ...kind,
    name,
    required,
    refersTo,
    nullable: Boolean(schema.anyOf),
    default: schema.default,
    help: schema.description ?? "",
    example: schema.examples?.[0],
    label: capital(name.replace(/_ids?$/, refersTo ? "" : "$&").replaceAll("_", " ")),
  };
}

export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
