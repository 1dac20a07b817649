import { isRecord } from "../../model/options.ts";
import type { Counted } from "../../telemetry/metrics/metrics.ts";
import type { StartOptions } from "../hub-options.ts";
import type { LogStyle } from "../open-log.ts";

/** All that a worker process needs, in its first message: neither its command line nor its environment shows keys and store URLs. */
export interface WorkerSetup {
  readonly kind: "setup";
  /** From 1; the one that takes the place of a dead one has its number. */
  readonly number: number;
  readonly app: string;
  readonly files: readonly string[];
  readonly options: StartOptions;
  readonly publicOrigin: string;
  readonly style: LogStyle;
}

/** From `perdure start --workers` to its worker processes. */
export type ToWorker = WorkerSetup | { readonly kind: "drain" } | { readonly kind: "count" };

/** `ready`: it has joined the task hub · `draining`: it ends because it was told to, by its parent or by a signal of its own. */
export type FromWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "draining" }
  /** What it has counted, when it was asked. */
  | { readonly kind: "counted"; readonly counted: Counted };

/** Code of the app may talk on the same channel (`process.send`): what is not ours is ignored. */
export function asFromWorker(message: unknown): FromWorker | null {
  if (!isRecord(message)) return null;
  const { kind, counted } = message;
  if (kind === "counted") return isCounted(counted) ? { kind, counted } : null;
  return kind === "ready" || kind === "draining" ? { kind } : null;
}

const isCounted = (value: unknown): value is Counted =>
  Array.isArray(value) &&
  value.every((metric: unknown) => Array.isArray(metric) && typeof metric[0] === "string" && Array.isArray(metric[1]));
