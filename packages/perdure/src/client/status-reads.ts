import { FreshMap, FreshSet } from "../model/fresh-map.ts";
import type { InstanceId } from "../model/ids.ts";
import type { Clock, Scheduler } from "../process/clock.ts";
import { doublingPauseMs } from "../process/doubling-pause.ts";
import { mayPass } from "../store/errors.ts";
import type { Payloads } from "../store/queries.ts";
import type { InstanceRow } from "../store/rows.ts";

/** At most so many reads at once: a store has other reads to do, and more would only make each of them smaller. */
const LANES = 2;
/** Instances in one read. Each may have an input and an output of many megabytes. */
const MOST_IDS = 100;
/** After reads that failed: a database that comes back is asked within a second. */
const PAUSES = { firstMs: 50, longestMs: 1_000 };

/** `all`: to be handed out · `none`: only to see whether it has ended. */
export type Wanted = Extract<Payloads, "all" | "none">;

export interface StatusReadsParts {
  readonly scheduler: Scheduler;
  readonly clock: Pick<Clock, "monotonicMs">;
  /** For this long reads of an instance may fail, one after another, of what may pass: connections that are cut, a server that restarts. */
  readonly bearMs: number;
  readonly read: (ids: readonly InstanceId[], payloads: Wanted) => Promise<readonly InstanceRow[]>;
  /** Asked before each read: it may not be waited for any more. */
  readonly isWanted: (id: InstanceId) => boolean;
  readonly onRow: (id: InstanceId, row: InstanceRow | null, payloads: Wanted) => void;
  /** It failed of what will not pass, or for too long. */
  readonly onFailure: (id: InstanceId, error: unknown) => void;
}

/**
 * Rows of instances that are waited for, many with one read: thousands of waits may look at the same moment, and one by one their statements cost
 * 0.17 ms an instance on PostgreSQL.
 */
export class StatusReads {
  readonly #parts: StatusReadsParts;
  readonly #wanted: { readonly [W in Wanted]: FreshSet<InstanceId> } = { all: new FreshSet(), none: new FreshSet() };
  /** When the first of the reads began that have failed, since one succeeded. */
  readonly #failingSince = new FreshMap<InstanceId, number>();
  /** Reads that failed one after another. */
  #failures = 0;
  #isPausing = false;
  #underWay = 0;
  #isSoon = false;

  constructor(parts: StatusReadsParts) {
    this.#parts = parts;
  }

  /** Its row is read after this call. */
  want(id: InstanceId, payloads: Wanted): void {
    this.#wanted[payloads].add(id);
    if (this.#isSoon) return;
    this.#isSoon = true;
    this.#parts.scheduler.soon(() => {
      this.#isSoon = false;
      this.#go();
    });
  }

  #go(): void {
    while (!this.#isPausing && this.#underWay < LANES && (this.#readSome("all") || this.#readSome("none")));
  }

  #readSome(payloads: Wanted): boolean {
    const ids = this.#take(payloads);
    if (ids.length === 0) return false;
    this.#underWay += 1;
    const began = this.#parts.clock.monotonicMs();
    this.#parts
      .read(ids, payloads)
      .then(
        (rows) => this.#succeeded(ids, rows, payloads),
        (error: unknown) => this.#failed(ids, error, payloads, began),
      )
      .finally(() => {
        this.#underWay -= 1;
        this.#go();
      });
    return true;
  }

  #succeeded(ids: readonly InstanceId[], rows: readonly InstanceRow[], payloads: Wanted): void {
    this.#failures = 0;
    const found = new Map(rows.map((row) => [row.instanceId, row]));
    for (const id of ids) {
      this.#failingSince.delete(id);
      this.#parts.onRow(id, found.get(id) ?? null, payloads);
    }
  }

  #failed(ids: readonly InstanceId[], error: unknown, payloads: Wanted, began: number): void {
    const { clock, bearMs, isWanted, onFailure } = this.#parts;
    let isBorne = false;
    for (const id of ids) {
      const since = this.#failingSince.get(id) ?? began;
      if (mayPass(error) && clock.monotonicMs() - since < bearMs && isWanted(id)) {
        this.#failingSince.set(id, since);
        this.#wanted[payloads].add(id);
        isBorne = true;
      } else {
        this.#failingSince.delete(id);
        onFailure(id, error);
      }
    }
    if (isBorne) this.#pause();
  }

  /** All reads: a store that is away is so for each of them. */
  #pause(): void {
    if (this.#isPausing) return;
    this.#isPausing = true;
    this.#parts.scheduler.after(doublingPauseMs(PAUSES, this.#failures++), () => {
      this.#isPausing = false;
      this.#go();
    });
  }

  #take(payloads: Wanted): readonly InstanceId[] {
    const ids: InstanceId[] = [];
    for (const id of this.#wanted[payloads]) {
      if (ids.length === MOST_IDS) break;
      this.#wanted[payloads].delete(id);
      if (this.#parts.isWanted(id)) ids.push(id);
      else this.#failingSince.delete(id);
    }
    return ids;
  }
}
