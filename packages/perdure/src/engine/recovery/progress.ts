import type { Committer } from "../commits/committer.ts";
import type { WorkerParts, WorkerSettings } from "../options.ts";
import type { Trouble } from "./trouble.ts";

const TROUBLED_MS = 1_000;

export interface ProgressPort {
  readonly parts: Pick<WorkerParts, "clock">;
  readonly settings: Pick<WorkerSettings, "leaseMs">;
  readonly committer: Pick<Committer, "isAtRest" | "inFlight">;
  readonly trouble: Pick<Trouble, "since" | "why">;
}

/** Whether what this worker writes becomes durable. */
export class Progress {
  readonly #port: ProgressPort;
  /** The last batch that was durable, or the last look that found nothing to write. A worker that rests stands still for no time. */
  #lastAt: number;

  constructor(port: ProgressPort) {
    this.#port = port;
    this.#lastAt = port.parts.clock.monotonicMs();
  }

  /** A batch is durable. */
  made(): void {
    this.#lastAt = this.#port.parts.clock.monotonicMs();
  }

  /** Notes that there is nothing to write, if so. To be called before each renewal: rest is seen by looking only. */
  look(): void {
    if (this.#port.committer.isAtRest) this.#lastAt = this.#port.parts.clock.monotonicMs();
  }

  /** Null while the engine turns. A worker that makes no progress must not keep its lease (docs/design/ownership.md 4): why, for the log. */
  get whyStuck(): string | null {
    const { parts, settings } = this.#port;
    return parts.clock.monotonicMs() - this.#lastAt < settings.leaseMs / 2 ? null : this.whyUnwritten;
  }

  /** Why nothing is written, in words. */
  get whyUnwritten(): string {
    const { trouble, committer } = this.#port;
    if (trouble.why !== null) return trouble.why;
    if (committer.inFlight !== null) return "the store does not answer a commit";
    return "nothing was sent to it yet, since an episode that is still running has taken the call, or this process is busy";
  }

  /** The store has refused what this worker writes for a second or longer, whatever it reads. */
  get isTroubled(): boolean {
    const { parts, trouble } = this.#port;
    return trouble.since !== null && parts.clock.monotonicMs() - trouble.since >= TROUBLED_MS;
  }
}
