import type { HttpHandler } from "./handler.ts";
import { METRICS_PATH, metricsResponse } from "./metrics-response.ts";
import { emptyResponse } from "./responses.ts";
import type { ServedMetrics } from "./served-hub.ts";

/** For a listener that has nothing else: who can reach it needs no key. */
export function metricsHandler(metrics: ServedMetrics): HttpHandler {
  const handle = async (request: Request): Promise<Response> =>
    new URL(request.url).pathname === METRICS_PATH ? metricsResponse(metrics, request.method) : emptyResponse(404);
  return Object.assign(handle, { demandsKey: true, serves: () => true, endStreams: () => {} });
}
