import type { FunctionSource } from "../../replay/functions/definition.ts";

/** What activities of a simulated process can do to the world. */
export interface AppEnv {
  /** In virtual time of this process: never ends when it dies. Rejects with the signal's reason when that fires first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Ends this process at once, as an out-of-memory kill would. False when crashes are not allowed any more. */
  crash(): boolean;
  /** True while things may go wrong: an activity may hang or fail then, and must behave afterwards. */
  mayMisbehave(): boolean;
  /** True now and then, while things may go wrong: hang. Counted as a fault. */
  shouldHang(): boolean;
  /** Remembers outside the store that something happened; returns how often it has by now. */
  note(what: string): number;
}

/** The functions of one process. Made for each: nothing is shared between processes but the store. */
export type SimApp = (env: AppEnv) => FunctionSource;
