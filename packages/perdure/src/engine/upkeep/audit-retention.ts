import type { RetentionPort } from "./retention.ts";
import { Slices } from "./slices.ts";

/** Deletes lines of the audit that are old, in slices beside the work of the store. */
export class AuditRetention {
  readonly #port: RetentionPort;
  readonly #keepMs: number;
  readonly #slices: Slices;

  constructor(port: RetentionPort, keepMs: number) {
    this.#port = port;
    this.#keepMs = keepMs;
    this.#slices = new Slices(port.parts);
  }

  /** From the first line on each time: one that counts continue-as-new may have become old since it was last looked at. */
  async trimOld(): Promise<void> {
    const { parts, storeClock } = this.#port;
    const before = storeClock.now() - this.#keepMs;
    for (let place: number | null = null; this.#port.phase === "running"; ) {
      const began = parts.clock.monotonicMs();
      place = await parts.store.audit.trim({ before, place, limit: this.#slices.rows });
      if (place === null) return;
      await this.#slices.pause(began);
    }
  }
}
