import { writeSync } from "node:fs";
import { workerData } from "node:worker_threads";
import { runAfter } from "../../process/timers.ts";

/**
 * A thread beside the one that runs the app's code, for what that one does not hear while a function never lets go of it: that its parent is gone
 * (it would be an orphan that eats a core for ever), and that it is caught itself. Then its lease ends and others take over what it owned, but its
 * place would stay lost, and an orchestrator with an endless loop would catch one process after the other. Dead, it is replaced, and counts.
 */
export interface ProcessWatch {
  readonly parent: number;
  /** A process that has lost its parent has this long to drain, blocked or not. */
  readonly drainLimitMs: number;
  /** Shared: how often the watched thread has turned. Below zero while a debugger may hold it. */
  readonly turns: Int32Array<SharedArrayBuffer>;
  readonly turnLimitMs: number;
}

const LOOK_EVERY_MS = 1_000;

const { parent, drainLimitMs, turns, turnLimitMs } = workerData as ProcessWatch;
let seen = 0;
/** Looks and not time: a process that was frozen as a whole is not caught. */
let looksWithoutTurn = 0;

const look = setInterval(() => {
  if (process.ppid !== parent) {
    clearInterval(look);
    runAfter(drainLimitMs, end);
    return;
  }
  const now = Atomics.load(turns, 0);
  looksWithoutTurn = now === seen && now >= 0 ? looksWithoutTurn + 1 : 0;
  seen = now;
  if (looksWithoutTurn * LOOK_EVERY_MS < turnLimitMs) return;
  const seconds = turnLimitMs / 1_000;
  writeSync(
    2, // straight to the file: process.stderr of a thread goes by way of the one that is caught
    `A function has blocked the event loop for ${seconds} s (an endless loop, or a computation that never awaits). The process is ended; its work is retried elsewhere, and stopped after six such crashes.\n`,
  );
  end();
}, LOOK_EVERY_MS);

function end(): void {
  process.kill(process.pid, "SIGKILL");
}
