import type { NameKey } from "../../model/function-name.ts";
import { functionKey } from "../../model/function-name.ts";
import type { VersionRanges } from "../../model/versions.ts";
import { rangeText, takesVersion } from "../../model/versions.ts";
import type { Other } from "./other-worker.ts";
import { hasKey } from "./other-worker.ts";

/** Which versions of orchestrators this worker and the others take. */
export class FleetVersions {
  #own: VersionRanges | undefined = undefined;
  #served: ReadonlySet<NameKey> = new Set();
  #others: readonly Other[] = [];

  /** `served`: keys under which instances wait for this worker. */
  offered(own: VersionRanges, served: ReadonlySet<NameKey>): void {
    this.#own = own.size === 0 ? undefined : own;
    this.#served = served;
  }

  learn(others: readonly Other[]): void {
    this.#others = others;
  }

  /** This worker's. */
  get own(): VersionRanges | undefined {
    return this.#own;
  }

  /** Does this worker take it, if it has the orchestrator? */
  takes(name: string, version: string | null): boolean {
    return this.#own === undefined || takesVersion(this.#own, functionKey(name), version);
  }

  /** Does any live worker take instances of that version, of those that wait under this key? */
  isServed(key: NameKey, version: string | null): boolean {
    if (hasKey(this.#served, key) && takesVersion(this.#own, key, version)) return true;
    return this.#others.some(({ waitsFor, versions }) => hasKey(waitsFor.instances, key) && takesVersion(versions, key, version));
  }

  /** What live workers take, for messages. */
  taken(key: NameKey): string {
    const ranges = [this.#own, ...this.#others.map(({ versions }) => versions)].flatMap((taken) => taken?.get(key) ?? []);
    return [...new Set(ranges.map(rangeText))].sort().join(", ") || "none";
  }
}
