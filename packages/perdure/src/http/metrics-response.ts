import { PROMETHEUS_TYPE } from "../telemetry/metrics/prometheus-text.ts";
import { emptyResponse } from "./responses.ts";
import type { ServedMetrics } from "./served-hub.ts";

export const METRICS_PATH = "/metrics";

/** `method`: HEAD is GET by now. */
export async function metricsResponse(metrics: ServedMetrics, method: string): Promise<Response> {
  if (method !== "GET") return emptyResponse(404);
  return new Response(await metrics.text(), { headers: { "Content-Type": PROMETHEUS_TYPE, "Cache-Control": "no-store" } });
}
