import type { PgClient } from "../driver.ts";

/** A server that is gone may never close its connection: it is left alone then, and keeps no process alive. */
const GOOD_BYE_MS = 500;

/** Never rejects. */
export async function endClient(client: PgClient): Promise<void> {
  if (await settles(client.end())) return;
  if ("unref" in client && typeof client.unref === "function") client.unref(); // there, and not in its types
}

/** False when it has not settled within half a second. Never rejects. */
export function settles(promise: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(false), GOOD_BYE_MS);
    const done = () => {
      clearTimeout(late);
      resolve(true);
    };
    promise.then(done, done);
  });
}
