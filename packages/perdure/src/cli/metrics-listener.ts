import type { HttpServer } from "../http/index.ts";
import type { TaskHub } from "../task-hub/task-hub.ts";
import type { HttpRoom } from "./host-handler.ts";
import type { StartOptions } from "./hub-options.ts";

/** Null: none was asked for. */
export async function serveMetrics({ serveHttp }: HttpRoom, hub: TaskHub, options: StartOptions): Promise<HttpServer | null> {
  const { "metrics-address": address } = options;
  if (address === undefined || hub.metrics === null) return null;
  const { metricsHandler } = await import("../http/metrics-handler.ts");
  return serveHttp({ handler: metricsHandler(hub.metrics), port: address.port, hostname: address.host });
}
