import type { NameKey } from "../../model/function-name.ts";
import { functionKey } from "../../model/function-name.ts";

/**
 * Activities that the executor offers and has declined for other workers to run. While it would decline them again this worker claims none, else it
 * would take back at once what it has just given back.
 */
export class TurnedAway {
  readonly #until = new Map<NameKey, number>();

  /** `until`: monotonic. */
  note(activity: string, until: number): void {
    this.#until.set(functionKey(activity), until);
  }

  /** Those of the keys that may be claimed. */
  others(keys: readonly NameKey[], now: number): readonly NameKey[] {
    if (this.#until.size === 0) return keys;
    for (const [key, until] of this.#until) if (until <= now) this.#until.delete(key);
    return keys.filter((key) => !this.#until.has(key));
  }

  clear(): void {
    this.#until.clear();
  }
}
