import { jsonResponse } from "./responses.ts";
import type { Readiness } from "./served-hub.ts";

const LIVENESS = "/healthz";
const READINESS = "/readyz";

export const isProbe = (path: string): boolean => path === LIVENESS || path === READINESS;

/**
 * What an orchestrator of containers asks, without a key: alive as long as this process answers at all, ready while it should get requests. The
 * words are all that the answer has: nothing of the hub, and nothing of an error.
 */
export async function probeResponse(path: string, readiness: () => Promise<Readiness>): Promise<Response> {
  if (path === LIVENESS) return jsonResponse(200, '{"status":"alive"}', NOT_KEPT);
  const status = await readiness().catch(() => "storeUnavailable");
  return jsonResponse(status === "ready" ? 200 : 503, JSON.stringify({ status }), NOT_KEPT);
}

const NOT_KEPT = { "Cache-Control": "no-store" };
