import { messageOf } from "../../errors/perdure-error.ts";
import type { NameKey } from "../../model/function-name.ts";
import { functionKey } from "../../model/function-name.ts";
import type { Versions } from "../../model/versions.ts";
import { versionText } from "../../model/versions.ts";
import type { Waiting } from "../../store/wake.ts";
import type { WorkerParts, WorkerSettings } from "../options.ts";
import type { Fleet } from "./fleet.ts";

export interface UnservedVersionsPort {
  readonly parts: Pick<WorkerParts, "log">;
  readonly settings: Pick<WorkerSettings, "versionFailure">;
  readonly fleet: Pick<Fleet, "isServed" | "patienceMs" | "versions">;
}

/** So many are remembered at most: versions may be misspelt, or made up. */
const MOST = 1_000;

interface Unserved {
  readonly key: NameKey;
  readonly version: string | null;
  /** When it was first seen waiting and unserved, monotonic. */
  readonly since: number;
  isFound: boolean;
}

/**
 * Versions of instances that wait, of an orchestrator that live workers have and in a version that none of them takes. They lie in the store until a worker
 * comes that takes them (`Reject`), or any worker claims them to let them fail (`Fail`).
 */
export class UnservedVersions {
  readonly #port: UnservedVersionsPort;
  readonly #unserved = new Map<string, Unserved>();

  constructor(port: UnservedVersionsPort) {
    this.#port = port;
  }

  /** What waits is looked at more often: some has not waited for long enough yet, or is to fail. */
  get looksOften(): boolean {
    if (this.#port.settings.versionFailure === "Fail") return this.#unserved.size > 0;
    for (const { isFound } of this.#unserved.values()) if (!isFound) return true;
    return false;
  }

  /** Those that have waited for long enough and may be claimed to fail, by key; undefined: none. */
  get toFail(): Versions | undefined {
    if (this.#unserved.size === 0 || this.#port.settings.versionFailure === "Reject") return undefined;
    const found = new Map<NameKey, (string | null)[]>();
    for (const { key, version, isFound } of this.#unserved.values()) if (isFound) found.set(key, [...(found.get(key) ?? []), version]);
    return found.size === 0 ? undefined : found;
  }

  /** No live worker has taken it for long enough: only then may it be recorded as failed. */
  mayFail(name: string, version: string | null): boolean {
    const { settings, fleet } = this.#port;
    const key = functionKey(name);
    if (settings.versionFailure === "Reject" || fleet.versions.isServed(key, version)) return false;
    return this.#unserved.get(placeOf(key, version))?.isFound === true;
  }

  /** What waits now. Gives after how many ms the next of them has waited for long enough; Infinity: none will. */
  note({ instances, versions }: Waiting, now: number): number {
    const { fleet } = this.#port;
    const patience = fleet.patienceMs;
    let soonest = Number.POSITIVE_INFINITY;
    for (const key of instances) {
      if (!fleet.isServed("instances", key)) continue; // that is said of the function, whatever the version
      for (const version of versions.get(key) ?? []) {
        if (fleet.versions.isServed(key, version)) continue;
        const unserved = this.#unserved.get(placeOf(key, version)) ?? this.#add({ key, version, since: now, isFound: false });
        if (unserved.isFound) continue;
        const left = unserved.since + patience - now;
        if (left > 0) soonest = Math.min(soonest, left);
        else this.#found(unserved);
      }
    }
    return soonest;
  }

  forgetServed(): void {
    for (const [place, { key, version }] of this.#unserved) {
      if (this.#port.fleet.versions.isServed(key, version)) this.#unserved.delete(place);
    }
  }

  #add(unserved: Unserved): Unserved {
    this.#unserved.set(placeOf(unserved.key, unserved.version), unserved);
    const [first] = this.#unserved.keys();
    if (this.#unserved.size > MOST && first !== undefined) this.#unserved.delete(first);
    return unserved;
  }

  #found(unserved: Unserved): void {
    unserved.isFound = true;
    const { key, version } = unserved;
    const { parts, fleet, settings } = this.#port;
    if (settings.versionFailure === "Fail") return; // each of them says so itself
    const message = messageOf("VERSION_NOT_TAKEN", key, versionText(version), fleet.versions.taken(key));
    parts.log.write({ level: "warn", event: "version.not-taken", message, fields: { name: key, version } });
  }
}

const placeOf = (key: NameKey, version: string | null): string => JSON.stringify([key, version]);
