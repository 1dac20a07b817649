import type { AzureApp } from "../azure/azure-app.ts";
import type { HttpHandler, HttpHandlerOptions } from "../http/index.ts";
import type { ServedApp } from "./host-routes.ts";
import type { StartOptions } from "./hub-options.ts";
import type { hubWith } from "./hub-with-routes.ts";
import { packageVersion } from "./package-version.ts";

export type HttpRoom = typeof import("../http/index.ts");

/** What a host serves. Throws for routes and settings that cannot be. */
export async function handlerOf(
  { createHttpHandler }: HttpRoom,
  hub: ReturnType<typeof hubWith>,
  { options, azure }: ServedApp,
  ofHost: Pick<HttpHandlerOptions, "readiness" | "mounts">,
): Promise<HttpHandler> {
  const handler = createHttpHandler(hub, {
    corsOrigins: options.cors ?? [],
    corsCredentials: options["cors-credentials"] ?? false,
    version: packageVersion(),
    ...ofHost,
    routePrefix: routePrefixOf(azure),
    ...(azure === null ? {} : { onExisting: azure.http.onExisting }),
    ...bodyOptions(options),
  });
  return withHeadersOf(azure, handler, options);
}

async function withHeadersOf(azure: AzureApp | null, handler: HttpHandler, options: StartOptions): Promise<HttpHandler> {
  if (azure === null) return handler;
  const { withAnswerHeaders } = await import("../azure/http/answer-headers.ts");
  return withAnswerHeaders(handler, azure.http, options["forwarded-host"] ?? false);
}

/** First segment of the paths of HTTP functions. */
export const routePrefixOf = (azure: AzureApp | null): string => azure?.settings.host.get("extensions.http.routePrefix") ?? "api";

function bodyOptions(options: StartOptions): HttpHandlerOptions {
  const { "max-body-bytes": maxBodyBytes, "max-held-body-bytes": maxHeldBodyBytes, "body-timeout": bodyTimeout } = options;
  return {
    ...(maxBodyBytes === undefined ? {} : { maxBodyBytes }),
    ...(maxHeldBodyBytes === undefined ? {} : { maxHeldBodyBytes }),
    ...(bodyTimeout === undefined ? {} : { bodyTimeout: { milliseconds: bodyTimeout } }),
  };
}
