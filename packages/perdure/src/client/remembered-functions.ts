import { within } from "../engine/time/within.ts";
import type { Clock, Scheduler } from "../process/clock.ts";
import type { KnownFunctions } from "./known-functions.ts";
import type { HubClient } from "./types.ts";

const KNOWN_FUNCTIONS_MS = 1_000;

export interface RememberedFunctionsParts {
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly scheduler: Scheduler;
  readonly hasWorker: () => boolean;
  readonly read: () => Promise<KnownFunctions>;
}

/** Kept for a second, since every HTTP start asks: a real one, for store time stands still when a clock is set back. */
export class RememberedFunctions {
  readonly #parts: RememberedFunctionsParts;
  #known: { readonly at: number; readonly names: Awaited<ReturnType<HubClient["knownFunctions"]>> } | null = null;

  constructor(parts: RememberedFunctionsParts) {
    this.#parts = parts;
  }

  async names({ orLastKnown = false } = {}): ReturnType<HubClient["knownFunctions"]> {
    const { clock, scheduler, hasWorker, read } = this.#parts;
    const isOld = this.#known?.names === null && hasWorker(); // one has joined here meanwhile
    const cached = isOld ? null : this.#known;
    if (cached !== null && clock.monotonicMs() - cached.at < KNOWN_FUNCTIONS_MS) return cached.names;
    const reading = read().then(({ functions: names }) => {
      this.#known = { at: clock.monotonicMs(), names };
      return names;
    });
    if (cached === null || !orLastKnown) return reading;
    const fresh = await within(scheduler, KNOWN_FUNCTIONS_MS, reading);
    return fresh.kind === "done" ? fresh.value : cached.names;
  }
}
