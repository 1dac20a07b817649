import type { AppThread } from "./app-thread.ts";
import type { Killed } from "./app-threads.ts";

/** Those that run the app. What had begun there is not taken for the cause, and runs again. */
export function killThreads(all: readonly AppThread[], left: (thread: AppThread) => void): Omit<Killed, "replaced"> {
  const alive = all.filter(({ life, isRetired }) => !isRetired && (life === "ready" || life === "held"));
  const calls = alive.reduce((sum, { begun }) => sum + begun.length, 0);
  for (const thread of alive) {
    thread.isRetired = true; // the pool starts another one at once, and nothing is said of a crash
    left(thread);
    void thread.kill("it was killed", "none");
  }
  return { threads: alive.length, calls };
}
