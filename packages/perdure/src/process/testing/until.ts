import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

const LOOK_EVERY_MS = 10;

/** Asks again and again until the answer is no longer undefined, null or false. */
export async function until<T>(what: string, look: () => T | Promise<T>, limitMs: number): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== null && seen !== false) return seen as NonNullable<Exclude<T, false>>;
    assert.ok(performance.now() < deadline, `${what}: not seen within ${limitMs} ms`);
    await sleep(LOOK_EVERY_MS);
  }
}
