import { fault, PerdureError } from "../errors/perdure-error.ts";
import { logStoreFault, publicText } from "../http/responses.ts";
import type { EngineLog } from "../telemetry/engine-log.ts";
import type { WireError } from "./wire.ts";

/** Nothing inline, nothing from elsewhere, in no frame. */
const POLICY = [
  "default-src 'none'",
  ...["script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'", "connect-src 'self'"],
  ...["base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"],
].join("; ");

const SECURITY_HEADERS: { readonly [name: string]: string } = {
  "Content-Security-Policy": POLICY,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/** What is answered may be another thing the next time, and is for this caller only. */
export const NOT_KEPT = { "Cache-Control": "no-store" } as const;

export const JSON_TYPE = { "Content-Type": "application/json; charset=utf-8" } as const;

export function securedResponse(
  body: string | Buffer<ArrayBuffer> | ReadableStream<Uint8Array> | null,
  status: number,
  headers: { readonly [name: string]: string },
): Response {
  return new Response(body, { status, headers: { ...SECURITY_HEADERS, ...headers } });
}

export const jsonAnswer = (value: unknown, status = 200, headers: { readonly [name: string]: string } = {}): Response =>
  securedResponse(JSON.stringify(value), status, { ...JSON_TYPE, ...NOT_KEPT, ...headers });

/** Faults of options are those of a request here. */
const OF_REQUEST: ReadonlySet<string> = new Set(["OPTION_INVALID", "OPTION_UNKNOWN"]);

/** The answer to a request that failed. */
export function errorAnswer(error: unknown, what: string, log: EngineLog): Response {
  const known = knownError(error, what, log);
  return jsonAnswer(wireError(known), OF_REQUEST.has(known.code) ? 400 : known.httpStatus);
}

/** The same in what is answered with success. */
export const wireErrorOf = (error: unknown, what: string, log: EngineLog): WireError => wireError(knownError(error, what, log));

/** Logs what the caller does not get. */
function knownError(error: unknown, what: string, log: EngineLog): PerdureError {
  logStoreFault(error, log);
  if (error instanceof PerdureError) return error;
  log.write({ level: "error", event: "console.requestFailed", message: `${what} failed inside the host.`, fields: { error } });
  return fault("CONSOLE_FAILED", what);
}

/** In the catalogue's own words, but for what is of this machine only. */
const wireError = (error: PerdureError): WireError => ({
  code: error.code,
  message: publicText(error),
  hint: error.httpStatus === 503 ? "Try again in a moment." : null,
});
