import { timeWords } from "../../errors/time-words.ts";
import { runAfter } from "../../process/timers.ts";
import { TimeoutError } from "../../replay/failures/function-errors.ts";

/** What the function gives, or a TimeoutError once it has run for this long. It runs on then: the library knows no signal. Null: no limit. */
export async function withinTimeout<Result>(name: string, running: Promise<Result>, timeoutMs: number | null): Promise<Result> {
  if (timeoutMs === null) return running;
  const { promise: late, reject } = Promise.withResolvers<never>();
  const stop = runAfter(timeoutMs, () => reject(timedOut(name, timeoutMs)), false);
  running.catch(() => {}); // it may fail when it is no longer waited for
  try {
    return await Promise.race([running, late]);
  } finally {
    stop();
  }
}

const timedOut = (name: string, ms: number): Error =>
  new TimeoutError(`Timeout value of ${timeWords(ms)} was exceeded by function: Functions.${name}`);
