import type { RetentionRule } from "../../model/retention.ts";
import type { WorkerParts, WorkerSettings } from "../options.ts";
import type { Phase } from "../phase.ts";
import type { StoreClock } from "../time/store-clock.ts";
import { purgeArchived } from "./archiving.ts";

const SLICE = 500;
const LEAST_SLICE = 50;
/** A slice that takes longer is made smaller: others wait for it. */
const LONG_MS = 20;
/** Of the time of the store at most a fifth is for this … */
const PAUSES_PER_SLICE = 4;
/** … and under a full queue, where each slice takes long because it waits, it continues all the same. */
const LONGEST_PAUSE_MS = 250;
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
  #slice = SLICE;

  constructor(port: RetentionPort) {
    this.#port = port;
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
      const range = { createdFrom: null, createdTo: null, completedBefore: before, ...rule, limit: this.#slice };
      const receipt = await parts.store.purge({
        ...range,
        ...(completedFrom === undefined ? {} : { completedFrom }),
        keepsUnderLiveParents: true,
        recursive: true,
      });
      if (receipt.complete) return true;
      completedFrom = receipt.upTo ?? completedFrom;
      await this.#pause(parts.clock.monotonicMs() - began);
    }
    return false;
  }

  get #mayRun(): boolean {
    return this.#port.phase === "running";
  }

  async #pause(tookMs: number): Promise<void> {
    this.#slice = tookMs > LONG_MS ? Math.max(LEAST_SLICE, this.#slice >> 1) : Math.min(SLICE, this.#slice * 2);
    const ms = Math.min(tookMs * PAUSES_PER_SLICE, LONGEST_PAUSE_MS);
    if (ms > 0) await new Promise<void>((resolve) => this.#port.parts.scheduler.after(ms, resolve));
  }
}
