import { HOST_PATHS, MANAGEMENT_PATHS } from "./paths.ts";
import { SCHEMAS } from "./schemas.ts";

export interface OpenApiDocumentOptions {
  readonly basePath: string;
  readonly version: string;
}

/** The OpenAPI 3.1 description of what this host serves, client functions apart. */
export function openApiDocument({ basePath, version }: OpenApiDocumentOptions) {
  const management = Object.entries(MANAGEMENT_PATHS).map(([path, item]) => [basePath + path, item] as const);
  const paths = [...management, ...Object.entries(HOST_PATHS)].map(([path, item]) => [path, withHead(item)]);
  return {
    openapi: "3.1.0",
    info: {
      title: "Perdure management API",
      version,
      description: "Starts, queries and controls orchestrations, compatible with the HTTP API of Azure Durable Functions.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    // Either of them when the host has keys; nothing for a host that only this machine can reach.
    security: [{ keyHeader: [] }, { keyQuery: [] }, {}],
    paths: Object.fromEntries(paths),
    components: {
      schemas: SCHEMAS,
      securitySchemes: {
        keyHeader: { type: "apiKey", in: "header", name: "x-functions-key" },
        keyQuery: { type: "apiKey", in: "query", name: "code" },
      },
    },
  };
}

interface Operation {
  readonly operationId: string;
  readonly responses: { readonly [status: string]: object };
}

/** HEAD is answered wherever GET is, without the body. */
function withHead(item: object): object {
  if (!("get" in item)) return item;
  const get = item.get as Operation;
  const responses = Object.entries(get.responses).map(([status, answer]) => [status, { ...answer, content: undefined }]);
  return { ...item, head: { ...get, operationId: `${get.operationId}Head`, responses: Object.fromEntries(responses) } };
}
