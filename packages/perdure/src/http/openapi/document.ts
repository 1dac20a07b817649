import { HOST_PATHS, MANAGEMENT_PATHS } from "./paths.ts";
import { SCHEMAS } from "./schemas.ts";

export interface OpenApiDocumentOptions {
  readonly basePath: string;
  readonly version: string;
}

/** The OpenAPI 3.1 description of what this host serves, client functions apart. */
export function openApiDocument({ basePath, version }: OpenApiDocumentOptions) {
  const management = Object.entries(MANAGEMENT_PATHS).map(([path, item]) => [basePath + path, item]);
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
    paths: { ...Object.fromEntries(management), ...HOST_PATHS },
    components: {
      schemas: SCHEMAS,
      securitySchemes: {
        keyHeader: { type: "apiKey", in: "header", name: "x-functions-key" },
        keyQuery: { type: "apiKey", in: "query", name: "code" },
      },
    },
  };
}
