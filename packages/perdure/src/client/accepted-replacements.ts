import type { StartSpec } from "../model/start.ts";
import type { Scheduler } from "../process/clock.ts";
import type { Pauses } from "../process/doubling-pause.ts";
import { doublingPauseMs } from "../process/doubling-pause.ts";
import type { Store } from "../store/contract.ts";

export interface AcceptedReplacementsParts {
  readonly store: Pick<Store, "getInstance" | "sweep">;
  readonly scheduler: Pick<Scheduler, "after">;
  readonly isClosed?: () => boolean;
}

/** The longest is short, since a process does not end before it is over. */
const PAUSES: Pauses = { firstMs: 250, longestMs: 1_000 };

/** As often, a minute: by then a worker's sweep has looked. */
const MOST_LOOKS = 60;

/**
 * Starts that live runs were told to give way to. The owner of such a run does so at once, unless the run ends by itself in that moment: then the start waits for
 * a sweep of the store, which workers make once a minute. So the process that started it looks whether it has begun.
 */
export class AcceptedReplacements {
  readonly #parts: AcceptedReplacementsParts;

  constructor(parts: AcceptedReplacementsParts) {
    this.#parts = parts;
  }

  watch(start: StartSpec, looks = 0): void {
    if (looks === MOST_LOOKS) return;
    this.#parts.scheduler.after(doublingPauseMs(PAUSES, looks), () => {
      if (this.#parts.isClosed?.() === true) return;
      this.#isSettled(start).then(
        (isSettled) => isSettled || this.watch(start, looks + 1),
        () => this.watch(start, looks + 1), // the store is away
      );
    });
  }

  /** A start that is made again could run twice, where its run has ended and is gone meanwhile: a sweep cannot. */
  async #isSettled({ instanceId, executionId }: StartSpec): Promise<boolean> {
    const { store } = this.#parts;
    const row = await store.getInstance(instanceId, "none");
    if (row === null || row.startId === executionId) return true;
    if (row.completedAt === null) return false;
    await store.sweep();
    return true;
  }
}
