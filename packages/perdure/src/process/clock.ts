/** Local time sources of the engine. Store time is derived from replies of the store; nothing is decided on the system clock. */
export interface Clock {
  /** Milliseconds, never goes back, no relation to the calendar. */
  monotonicMs(): number;
  /** How long this thread has been computing so far, ms: what it did not sleep. */
  busyMs(): number;
}

/** Where the engine puts work for later. Injected, so that a whole cluster can run on a virtual clock. */
export interface Scheduler {
  /** Runs `task` once after `ms` (0 and more); returns the way to cancel it. */
  after(ms: number, task: () => void): () => void;
  /** Runs `task` soon, after what is queued now, before time passes; returns the way to cancel it. */
  soon(task: () => void): () => void;
}

/** Source of random identity. */
export interface Ids {
  /** 32 hex digits (Guid format "N"): execution ids, batch tokens. */
  guid(): string;
  /** The same, in order of time (RFC 9562, version 7): default instance ids. An index takes ids in order at its end, random ones all over. */
  orderedGuid(): string;
}
