import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

/** Soon at first, then less and less often: a look may read a whole store, and on two cores takes time from what it waits for. */
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 40;

/** Asks again and again until the answer is no longer undefined, null or false. */
export async function until<T>(what: string, look: () => T | Promise<T>, limitMs: number): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + limitMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, 1.5 * pauseMs)) {
    const seen = await look();
    if (seen !== undefined && seen !== null && seen !== false) return seen as NonNullable<Exclude<T, false>>;
    assert.ok(performance.now() < deadline, `${what}: not seen within ${limitMs} ms`);
    await sleep(pauseMs);
  }
}
