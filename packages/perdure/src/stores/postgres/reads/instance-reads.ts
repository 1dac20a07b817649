import type { InstanceId } from "../../../model/ids.ts";
import type { Row } from "../connections/link.ts";

/** At most so many statements at once: the pool has other reads to do, and a few more would only make the rounds smaller. */
const LANES = 2;
/** Ids in one statement. Each row may hold an input and an output of many megabytes. */
const ROUND = 100;

interface Round {
  readonly ids: Set<InstanceId>;
  readonly rows: PromiseWithResolvers<ReadonlyMap<string, Row>>;
}

/**
 * Reads of single instances that come while others are under way go together. Thousands may wait for results at once, and look at the same time: one
 * by one their statements, planned and answered each for itself, cost 0.17 ms an instance, and were what `external-event` waited for.
 */
export class InstanceReads {
  readonly #read: (ids: readonly InstanceId[]) => Promise<readonly Row[]>;
  readonly #rounds: Round[] = [];
  #underWay = 0;

  constructor(read: (ids: readonly InstanceId[]) => Promise<readonly Row[]>) {
    this.#read = read;
  }

  /** As it was at some time after this call. */
  async row(id: InstanceId): Promise<Row | null> {
    const round = this.#gathering();
    round.ids.add(id);
    this.#go();
    return (await round.rows.promise).get(id) ?? null;
  }

  #gathering(): Round {
    const last = this.#rounds.at(-1);
    if (last !== undefined && last.ids.size < ROUND) return last;
    const round = { ids: new Set<InstanceId>(), rows: Promise.withResolvers<ReadonlyMap<string, Row>>() };
    this.#rounds.push(round);
    return round;
  }

  #go(): void {
    if (this.#underWay >= LANES) return;
    const round = this.#rounds.shift();
    if (round === undefined) return;
    this.#underWay += 1;
    this.#read([...round.ids])
      .then((rows) => round.rows.resolve(new Map(rows.map((row) => [String(row.instance_id), row]))), round.rows.reject)
      .finally(() => {
        this.#underWay -= 1;
        this.#go();
      });
  }
}
