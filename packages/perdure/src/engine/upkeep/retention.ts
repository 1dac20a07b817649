import type { RetentionRule } from "../../model/retention.ts";
import type { WorkerParts, WorkerSettings } from "../options.ts";
import type { Phase } from "../phase.ts";
import type { StoreClock } from "../time/store-clock.ts";
import { purgeArchived } from "./archiving.ts";
import { Slices } from "./slices.ts";

/**
 * So many passes begin where the one before has ended, then one looks at everything: what was left because its parent was live, because it was not to go yet, or
 * because its end was committed late.
 */
const PASSES_FOR_A_WHOLE_ONE = 32;

export interface RetentionPort {
  readonly parts: Pick<WorkerParts, "store" | "log" | "scheduler" | "clock">;
  readonly settings: Pick<WorkerSettings, "retention">;
  readonly phase: Phase;
  readonly storeClock: Pick<StoreClock, "now">;
}

/** Purges what has ended long ago, in slices beside the work of the store. */
export class Retention {
  readonly #port: RetentionPort;
  #passes = 0;
  /** Up to this end the passes so far have come. */
  readonly #reached = new Map<RetentionRule, number>();
  readonly #slices: Slices;

  constructor(port: RetentionPort) {
    this.#port = port;
    this.#slices = new Slices(port.parts);
  }

  async purgeOld(): Promise<void> {
    const { settings, storeClock } = this.#port;
    if (this.#passes % PASSES_FOR_A_WHOLE_ONE === 0) this.#reached.clear();
    this.#passes += 1;
    for (const rule of settings.retention?.rules ?? []) {
      const before = storeClock.now() - rule.keepMs;
      if (await this.#pass(rule, this.#reached.get(rule), before)) this.#reached.set(rule, before);
    }
  }

  /** False: it was interrupted. */
  async #pass(rule: RetentionRule, from: number | undefined, before: number): Promise<boolean> {
    const { parts, settings } = this.#port;
    const archive = settings.retention?.archive ?? null;
    if (archive !== null) return purgeArchived({ ...this.#port.parts, archive, mayRun: () => this.#mayRun }, rule, { from, before });
    for (let completedFrom = from; this.#mayRun; ) {
      const began = parts.clock.monotonicMs();
      const range = { createdFrom: null, createdTo: null, completedBefore: before, ...rule, limit: this.#slices.rows };
      const receipt = await parts.store.purge({
        ...range,
        ...(completedFrom === undefined ? {} : { completedFrom }),
        keepsUnderLiveParents: true,
        recursive: true,
        by: "retention",
      });
      if (receipt.complete) return true;
      completedFrom = receipt.upTo ?? completedFrom;
      await this.#slices.pause(began, receipt.heldMs);
    }
    return false;
  }

  get #mayRun(): boolean {
    return this.#port.phase === "running";
  }
}
