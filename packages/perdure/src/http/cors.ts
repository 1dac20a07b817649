import { emptyResponse } from "./responses.ts";
import { isAllowedOrigin } from "./security.ts";

/** Every header of ours that a page may want to read, beyond those that browsers show anyway. */
const EXPOSED = "Location, Retry-After, x-ms-continuation-token, x-perdure-reached-back-to, x-perdure-stopped, x-perdure-error";
const ONE_HOUR = "3600";

/** Which pages of other origins may call. */
export interface Cors {
  readonly corsOrigins: readonly string[];
  /** With cookies, and what else a browser knows of the user. */
  readonly corsCredentials: boolean;
}

/** The answer to a preflight from an allowed origin, or null when the request is none. */
export function preflightResponse(request: Request, cors: Cors): Response | null {
  const origin = request.headers.get("origin");
  const method = request.headers.get("access-control-request-method");
  if (request.method !== "OPTIONS" || origin === null || method === null || !isAllowedOrigin(origin, cors.corsOrigins)) return null;
  return withCors(
    emptyResponse(204, {
      "Access-Control-Allow-Methods": method,
      "Access-Control-Allow-Headers": request.headers.get("access-control-request-headers") ?? "Content-Type",
      "Access-Control-Max-Age": ONE_HOUR,
    }),
    request,
    cors,
  );
}

/** The same response, readable by a page of an allowed origin. */
export function withCors(response: Response, request: Request, { corsOrigins, corsCredentials }: Cors): Response {
  const origin = request.headers.get("origin");
  if (corsOrigins.length === 0) return response;
  const headers = new Headers(response.headers);
  headers.append("Vary", "Origin");
  if (origin !== null && isAllowedOrigin(origin, corsOrigins)) {
    headers.set("Access-Control-Allow-Origin", origin);
    headers.set("Access-Control-Expose-Headers", EXPOSED);
    if (corsCredentials) headers.set("Access-Control-Allow-Credentials", "true");
  }
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
