import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import { openApiDocument } from "../openapi/document.ts";

interface Answer {
  readonly headers?: { readonly [name: string]: { readonly required: boolean; readonly schema: object } };
  readonly content?: { readonly [type: string]: { readonly schema: object } };
}
type Operations = { readonly [method: string]: { readonly responses: { readonly [status: string]: Answer } } };

const ajv = new Ajv2020({ strict: false, formats: { "date-time": /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,7})?Z$/ } });
const validators = new Map<object, ReturnType<typeof ajv.compile>>();

const served = openApiDocument({ basePath: "", version: "test" });
const paths: { readonly [path: string]: Operations | undefined } = served.paths;

/** Fails when the response is not one that the OpenAPI document describes for `path` (a template below the base path). */
export function assertDescribed(path: string, method: string, response: Response, body: string): void {
  const where = `${method} ${path} → ${response.status}`;
  const operation = paths[path]?.[method.toLowerCase()];
  assert.ok(operation, `${where}: not in the OpenAPI document`);
  const answer = operation.responses[String(response.status)];
  assert.ok(answer, `${where}: the status is not in the OpenAPI document`);
  for (const [name, header] of Object.entries(answer.headers ?? {})) {
    const value = response.headers.get(name);
    assert.ok(value !== null || !header.required, `${where}: header ${name} is missing`);
    if (value !== null) assertValid(header.schema, value, `${where}: header ${name}`);
  }
  if (answer.content === undefined) {
    assert.equal(body, "", `${where}: the document has no body`);
    return;
  }
  const contentType = response.headers.get("content-type") ?? "";
  const content = answer.content[contentType];
  assert.ok(content, `${where}: content type ${contentType} is not in the document`);
  assertValid(content.schema, JSON.parse(body), where);
}

function assertValid(schema: object, value: unknown, where: string): void {
  const validate = validators.get(schema) ?? ajv.compile({ ...schema, components: served.components });
  validators.set(schema, validate);
  assert.ok(validate(value), `${where}: ${ajv.errorsText(validate.errors)}`);
}
