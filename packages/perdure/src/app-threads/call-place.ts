import { AsyncLocalStorage } from "node:async_hooks";
import type { OwnCalls } from "./call-memory.ts";

/** The call whose code runs, in all that it calls, awaits or leaves behind. */
export interface CallPlace {
  /** Its place in the shared memory; null: it was answered. */
  call: number | null;
  /** Of an orchestration whose episode runs; null: of anything else. */
  readonly orchestration: string | null;
  readonly calls: Pick<OwnCalls, "begin" | "running" | "runs" | "paused">;
}

/** In a thread of an app: what ends the thread is known by it. */
export const callPlace = new AsyncLocalStorage<CallPlace>();

/** Its thread was held, and it runs elsewhere: nothing of it may run here. What is made of this error is not told. */
class TakenBack extends Error {}

/** Code of the app is about to run for this call. A guest says so before any does, and before it reads a body, of which no other thread would get what was read. */
export function beginCall(): void {
  const { call = null, calls } = callPlace.getStore() ?? {};
  if (call !== null && calls !== undefined) begin(call, calls);
}

function begin(call: number, calls: CallPlace["calls"]): void {
  if (!calls.begin(call)) throw new TakenBack("The call was taken back before it began.");
}

/** Runs code of the app that its call comes to behind an await of ours: should it hold the thread at once, it is known whose code that is. */
export function inCall<T>(code: () => T): T {
  const { call = null, calls } = callPlace.getStore() ?? {};
  if (call === null || calls === undefined) return code();
  begin(call, calls);
  const { running } = calls;
  calls.runs(call);
  try {
    return code();
  } finally {
    if (running === null) calls.paused();
    else calls.runs(running);
  }
}
