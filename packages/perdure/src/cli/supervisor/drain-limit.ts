import { DEFAULT_WORKER_SETTINGS } from "../../engine/options.ts";
import type { StartOptions } from "../hub-options.ts";

/** A hub that has drained hands back, leaves and closes its store within this, whatever the store does (engine/life/worker-life.ts, task-hub.ts): 3.5 s. */
const CLOSED_AFTER_MS = 4_000;

/** A process that has not drained and closed within this never will: what is left is a crash. Its parent needs the last second for itself. */
export const drainLimitMs = ({ "drain-timeout": drainMs = DEFAULT_WORKER_SETTINGS.drainMs }: StartOptions): number =>
  drainMs + CLOSED_AFTER_MS;
