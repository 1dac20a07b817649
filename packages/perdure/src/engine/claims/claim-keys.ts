import type { Queue, QueueKeys } from "../../model/function-kind.ts";
import { byQueue } from "../../model/function-kind.ts";
import type { NameKey } from "../../model/function-name.ts";
import type { VersionRange, Versions } from "../../model/versions.ts";
import { isExact, takesVersion } from "../../model/versions.ts";
import type { Store } from "../../store/contract.ts";
import type { Dispatcher } from "../activities/dispatcher.ts";
import type { Fleet } from "../placement/fleet.ts";
import { takenAsAny } from "../placement/other-worker.ts";
import type { Unoffered } from "../placement/unoffered.ts";
import type { UnservedVersions } from "../placement/unserved-versions.ts";

export interface ClaimKeysPort {
  readonly fleet: Pick<Fleet, "keys" | "versions" | "takesAny">;
  readonly dispatcher: Pick<Dispatcher, "roomOfEach" | "notTurnedAway">;
  readonly unoffered: Pick<Unoffered, "unserved">;
  readonly unservedVersions: Pick<UnservedVersions, "toFail">;
}

/** Under which keys this worker claims: of its functions that have places, and of those that no worker has had for so many seconds that this must be reported. */
export class ClaimKeys {
  readonly #port: ClaimKeysPort;
  /** Keys under which something has waited, for a worker that takes any. */
  #waiting: QueueKeys = { instances: [], tasks: [] };
  /** The versions that wait, due or not. */
  #versions: Versions = new Map();

  constructor(port: ClaimKeysPort) {
    this.#port = port;
  }

  /**
   * A worker that takes any function asks under which keys something waits, and continues to ask for those: of a timer it is known only when it is due. One that
   * takes its version and older ones asks which versions wait: a store compares none.
   */
  async learn(store: Pick<Store, "readWaiting">): Promise<void> {
    const { fleet } = this.#port;
    if (!fleet.takesAny("instances") && !fleet.takesAny("tasks") && !this.#takesOlder) return;
    const waiting = await store.readWaiting();
    this.#versions = waiting.versions;
    this.#waiting = byQueue((queue) => union(this.#waiting[queue], waiting[queue]));
  }

  get keys(): QueueKeys {
    const { unserved } = this.#port.unoffered;
    const instances = this.#own("instances");
    const tasks = this.#withPlaces(this.#own("tasks"));
    if (unserved.instances.length + unserved.tasks.length === 0) return { instances, tasks };
    return { instances: [...instances, ...unserved.instances], tasks: [...tasks, ...unserved.tasks] };
  }

  /** Which versions of instances to claim, as a part of the question to the store. */
  get versions(): { readonly versions?: Versions } {
    const ranges = this.#port.fleet.versions.own;
    if (ranges === undefined) return ANY_VERSION;
    const failing = this.#port.unservedVersions.toFail;
    const versions = [...ranges].map(([key, taken]) => [key, [...this.#within(key, taken), ...(failing?.get(key) ?? [])]] as const);
    return { versions: new Map(versions) };
  }

  #within(key: NameKey, taken: readonly VersionRange[]): readonly (string | null)[] {
    const exact = taken.filter(isExact);
    if (exact.length === taken.length) return exact;
    const { own } = this.#port.fleet.versions;
    return [...new Set([...exact, ...(this.#versions.get(key) ?? []).filter((version) => takesVersion(own, key, version))])];
  }

  get #takesOlder(): boolean {
    return [...(this.#port.fleet.versions.own?.values() ?? [])].some((taken) => taken.some((range) => !isExact(range)));
  }

  #own(queue: Queue): readonly NameKey[] {
    const { fleet } = this.#port;
    const own = fleet.keys[queue];
    return fleet.takesAny(queue) ? union(own, takenAsAny(own, this.#waiting[queue])) : own;
  }

  #withPlaces(tasks: readonly NameKey[]): readonly NameKey[] {
    const { dispatcher } = this.#port;
    const room = dispatcher.roomOfEach;
    return dispatcher.notTurnedAway(room === null ? tasks : tasks.filter((key) => room[key] !== 0));
  }
}

const ANY_VERSION = {};

const union = (some: readonly NameKey[], more: readonly NameKey[]): readonly NameKey[] => [...new Set([...some, ...more])];
