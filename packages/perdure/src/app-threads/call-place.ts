import { AsyncLocalStorage } from "node:async_hooks";
import type { OwnClaims } from "./claims.ts";

/** The call whose code runs, in all that it calls, awaits or leaves behind. */
export interface CallPlace {
  /** Its word in the shared memory; null: it was answered. */
  call: number | null;
  /** Of an orchestration whose episode runs; null: of anything else. */
  readonly orchestration: string | null;
  readonly claims: Pick<OwnClaims, "runs" | "paused">;
}

/** In a thread of an app: what ends the thread is known by it. */
export const callPlace = new AsyncLocalStorage<CallPlace>();

/** Runs code of the app that its call comes to behind an await of ours: should it hold the thread at once, it is known whose code that is. */
export function inCall<T>(code: () => T): T {
  const { call = null, claims } = callPlace.getStore() ?? {};
  if (call === null || claims === undefined) return code();
  claims.runs(call);
  try {
    return code();
  } finally {
    claims.paused();
  }
}
