import { workerData } from "node:worker_threads";

/**
 * A thread beside the one that runs the app's code: that one hears of its parent's death only when it gets its turn, and a function that never
 * gives it one would leave an orphan that eats a core for ever. Whoever has lost its parent has this long to drain, blocked or not.
 */
export interface ParentWatch {
  readonly parent: number;
  readonly limitMs: number;
}

const LOOK_EVERY_MS = 1_000;

const { parent, limitMs } = workerData as ParentWatch;
const look = setInterval(() => {
  if (process.ppid === parent) return;
  clearInterval(look);
  setTimeout(() => process.kill(process.pid, "SIGKILL"), limitMs);
}, LOOK_EVERY_MS);
