import type { EventId } from "../../model/ids.ts";

/** The critical section of an orchestration: there is at most one, and the library does not say which lock a release belongs to. */
export class OpenSection {
  #lockId: EventId | null = null;

  asked(lockId: EventId): void {
    this.#lockId = lockId;
  }

  /** Null: that lock was never asked for. */
  released(): EventId | null {
    const lockId = this.#lockId;
    this.#lockId = null;
    return lockId;
  }
}
