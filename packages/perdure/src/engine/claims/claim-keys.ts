import type { Queue, QueueKeys } from "../../model/function-kind.ts";
import { byQueue } from "../../model/function-kind.ts";
import type { NameKey } from "../../model/function-name.ts";
import type { Versions } from "../../model/versions.ts";
import type { Store } from "../../store/contract.ts";
import type { Dispatcher } from "../activities/dispatcher.ts";
import type { Fleet } from "../placement/fleet.ts";
import type { Unoffered } from "../placement/unoffered.ts";

export interface ClaimKeysPort {
  readonly fleet: Pick<Fleet, "keys" | "versions" | "takesAny">;
  readonly dispatcher: Pick<Dispatcher, "roomOfEach" | "notTurnedAway">;
  readonly unoffered: Pick<Unoffered, "unserved">;
}

/** Under which keys this worker claims: of its functions that have places, and of those that no worker has had for so many seconds that this must be reported. */
export class ClaimKeys {
  readonly #port: ClaimKeysPort;
  /** Keys under which something has waited, for a worker that takes any. */
  #waiting: QueueKeys = { instances: [], tasks: [] };

  constructor(port: ClaimKeysPort) {
    this.#port = port;
  }

  /** A worker that takes any function asks under which keys something waits, and continues to ask for those: of a timer it is known only when it is due. */
  async learn(store: Pick<Store, "readWaiting">): Promise<void> {
    const { fleet } = this.#port;
    if (!fleet.takesAny("instances") && !fleet.takesAny("tasks")) return;
    const waiting = await store.readWaiting();
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
    const { versions } = this.#port.fleet;
    return versions === undefined ? ANY_VERSION : { versions };
  }

  #own(queue: Queue): readonly NameKey[] {
    const { fleet } = this.#port;
    return fleet.takesAny(queue) ? union(fleet.keys[queue], this.#waiting[queue]) : fleet.keys[queue];
  }

  #withPlaces(tasks: readonly NameKey[]): readonly NameKey[] {
    const { dispatcher } = this.#port;
    const room = dispatcher.roomOfEach;
    return dispatcher.notTurnedAway(room === null ? tasks : tasks.filter((key) => room[key] !== 0));
  }
}

const ANY_VERSION = {};

const union = (some: readonly NameKey[], more: readonly NameKey[]): readonly NameKey[] => [...new Set([...some, ...more])];
