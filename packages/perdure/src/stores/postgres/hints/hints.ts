import type { EndedInstances } from "../../../store/contract.ts";

/** What one process tells the others: something is ready to be claimed, these workers have mail, or these instances have ended. */
export interface Hint {
  readonly ready: boolean;
  readonly owners: readonly number[];
  readonly ended: EndedInstances;
}

/** What listeners in this process want to hear. */
export interface Wanted {
  readonly on: boolean;
  /** Also which instances ended: other processes send that only while a process says that it waits. */
  readonly ends: boolean;
}

/** Wake-ups between processes. A hint, never a promise: a worker that misses one finds the work itself within a second. */
export interface Hints {
  /** Soon, merged with others, never in the way of the caller. Failures are ignored. */
  send(hint: Hint): void;
  watch(wanted: Wanted): void;
  /** Workers that joined through this store: mail for others is not announced. */
  joined(worker: number): void;
  left(worker: number): void;
  close(): Promise<void>;
}
