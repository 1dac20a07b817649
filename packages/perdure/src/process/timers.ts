/** `setTimeout` fires at once beyond 24.8 days, so no timer of the process is longer than a day: a longer wait goes in hops. */
const LONGEST_HOP_MS = 86_400_000;

/** Taken before anything is patched: the engine's own use never meets a guard. */
const { setTimeout, clearTimeout } = globalThis;

/** Runs `task` once after `ms`, however long that is; returns the way to cancel it. `ref` false: it does not keep the process alive. */
export function runAfter(ms: number, task: () => void, ref = true): () => void {
  let timer: NodeJS.Timeout;
  const wait = (left: number): void => {
    timer = left <= LONGEST_HOP_MS ? setTimeout(task, left) : setTimeout(() => wait(left - LONGEST_HOP_MS), LONGEST_HOP_MS);
    if (!ref) timer.unref();
  };
  wait(ms);
  return () => clearTimeout(timer);
}
