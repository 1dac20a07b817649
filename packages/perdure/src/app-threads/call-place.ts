import { AsyncLocalStorage } from "node:async_hooks";

/** The call whose code runs, in all that it calls, awaits or leaves behind. */
export interface CallPlace {
  /** Its word in the shared memory; null: it was answered. */
  call: number | null;
  /** Of an orchestration whose episode runs; null: of anything else. */
  readonly orchestration: string | null;
}

/** In a thread of an app: what ends the thread is known by it. */
export const callPlace = new AsyncLocalStorage<CallPlace>();
