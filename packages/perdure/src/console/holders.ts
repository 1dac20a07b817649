import type { InspectedRow } from "../client/inspect/types.ts";
import { setLatest } from "../model/latest.ts";

/** Of so many instances it is remembered, the latest ones. */
const MOST = 2_000;

/** Which workers have had an instance, as far as this host has seen it: the store keeps no past of that, and a timeline marks those that died. */
export class Holders {
  readonly #of = new Map<string, ReadonlySet<number>>();

  sawRow({ id, owner }: Pick<InspectedRow, "id" | "owner">): void {
    this.saw(id, [owner]);
  }

  /** Null: none. */
  saw(id: string, workers: readonly (number | null)[]): void {
    const found = workers.filter((worker) => worker !== null);
    const known = this.#of.get(id);
    if (found.length === 0 || (known !== undefined && found.every((worker) => known.has(worker)))) return;
    setLatest(this.#of, id, new Set([...(known ?? []), ...found]), MOST);
  }

  /** In the order in which they were seen. */
  of(id: string): readonly number[] {
    return [...(this.#of.get(id) ?? [])];
  }
}
