import type { Committer } from "../commits/committer.ts";
import type { WorkerParts, WorkerSettings } from "../options.ts";
import type { Resync } from "./resync.ts";

const TROUBLED_MS = 1_000;

export interface ProgressPort {
  readonly parts: Pick<WorkerParts, "clock">;
  readonly settings: Pick<WorkerSettings, "leaseMs">;
  readonly committer: Pick<Committer, "isAtRest">;
  readonly resync: Pick<Resync, "trouble" | "troubledSince">;
}

/** Whether what this worker writes becomes durable. */
export class Progress {
  readonly #port: ProgressPort;
  #lastAt: number;

  constructor(port: ProgressPort) {
    this.#port = port;
    this.#lastAt = port.parts.clock.monotonicMs();
  }

  /** A batch is durable. */
  made(): void {
    this.#lastAt = this.#port.parts.clock.monotonicMs();
  }

  /** Null while the engine turns. A worker that makes no progress must not keep its lease (docs/design/ownership.md 4): why, for the log. */
  whyStuck(): string | null {
    const { parts, settings, committer, resync } = this.#port;
    return parts.clock.monotonicMs() - this.#lastAt < settings.leaseMs / 2 || committer.isAtRest ? null : resync.trouble;
  }

  /** The store has refused what this worker writes for a second or longer, whatever it reads. */
  get isTroubled(): boolean {
    const { parts, resync } = this.#port;
    return resync.troubledSince !== null && parts.clock.monotonicMs() - resync.troubledSince >= TROUBLED_MS;
  }
}
