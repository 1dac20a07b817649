import { FreshSet } from "../model/fresh-map.ts";
import type { InstanceId } from "../model/ids.ts";
import type { Scheduler } from "../process/clock.ts";
import type { Payloads } from "../store/contract.ts";
import type { InstanceRow } from "../store/rows.ts";

/** At most so many reads at once: a store has other reads to do, and more would only make each of them smaller. */
const LANES = 2;
/** Instances in one read. Each may have an input and an output of many megabytes. */
const MOST_IDS = 100;

/** `all`: to be handed out · `none`: only to see whether it has ended. */
export type Wanted = Extract<Payloads, "all" | "none">;

export interface StatusReadsParts {
  readonly scheduler: Pick<Scheduler, "soon">;
  readonly read: (ids: readonly InstanceId[], payloads: Wanted) => Promise<readonly InstanceRow[]>;
  /** Asked before each read: it may not be waited for any more. */
  readonly isWanted: (id: InstanceId) => boolean;
  readonly onRow: (id: InstanceId, row: InstanceRow | null, payloads: Wanted) => void;
  readonly onFailure: (id: InstanceId, error: unknown) => void;
}

/**
 * Rows of instances that are waited for, many with one read: thousands of waits may look at the same moment, and one by one their statements cost
 * 0.17 ms an instance on PostgreSQL.
 */
export class StatusReads {
  readonly #parts: StatusReadsParts;
  readonly #wanted: { readonly [W in Wanted]: FreshSet<InstanceId> } = { all: new FreshSet(), none: new FreshSet() };
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
    while (this.#underWay < LANES && (this.#readSome("all") || this.#readSome("none")));
  }

  #readSome(payloads: Wanted): boolean {
    const ids = this.#take(payloads);
    if (ids.length === 0) return false;
    this.#underWay += 1;
    this.#parts
      .read(ids, payloads)
      .then(
        (rows) => {
          const found = new Map(rows.map((row) => [row.instanceId, row]));
          for (const id of ids) this.#parts.onRow(id, found.get(id) ?? null, payloads);
        },
        (error: unknown) => {
          for (const id of ids) this.#parts.onFailure(id, error);
        },
      )
      .finally(() => {
        this.#underWay -= 1;
        this.#go();
      });
    return true;
  }

  #take(payloads: Wanted): readonly InstanceId[] {
    const ids: InstanceId[] = [];
    for (const id of this.#wanted[payloads]) {
      if (ids.length === MOST_IDS) break;
      this.#wanted[payloads].delete(id);
      if (this.#parts.isWanted(id)) ids.push(id);
    }
    return ids;
  }
}
