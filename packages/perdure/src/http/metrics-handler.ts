import type { HttpHandler } from "./handler.ts";
import { METRICS_PATH, metricsResponse } from "./metrics-response.ts";
import { emptyResponse, withoutBody } from "./responses.ts";
import type { ServedMetrics } from "./served-hub.ts";

/** For a listener that has nothing else: who can reach it needs no key. */
export function metricsHandler(metrics: ServedMetrics): HttpHandler {
  const handle = async ({ method, url }: Request): Promise<Response> => {
    if (new URL(url).pathname !== METRICS_PATH) return emptyResponse(404);
    return method === "HEAD" ? withoutBody(await metricsResponse(metrics, "GET")) : metricsResponse(metrics, method);
  };
  return Object.assign(handle, { demandsKey: true, serves: () => true, endStreams: () => {} });
}
