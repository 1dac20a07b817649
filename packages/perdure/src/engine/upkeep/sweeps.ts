import type { Committer } from "../commits/committer.ts";
import type { Identity } from "../commits/sealed-batch.ts";
import type { InstanceTable } from "../instances/instance-table.ts";
import type { Loader } from "../ownership/loader.ts";
import type { EntitySweepPort } from "./entity-sweep.ts";
import { EntitySweep } from "./entity-sweep.ts";

export interface SweepsPort extends EntitySweepPort {
  readonly identity: Identity;
  readonly committer: Pick<Committer, "isAtRest" | "requestSeal">;
  readonly table: Pick<InstanceTable, "byNo">;
  readonly loader: Pick<Loader, "load">;
}

/** The regular jobs that clean up the store. */
export class Sweeps {
  readonly #port: SweepsPort;
  readonly #entities: EntitySweep;

  constructor(port: SweepsPort) {
    this.#port = port;
    this.#entities = new EntitySweep(port);
  }

  async sweep(): Promise<void> {
    const { store, log } = this.#port.parts;
    for (let more = true; more && this.#port.phase === "running"; ) {
      const swept = await store.sweep();
      more = swept.more;
      for (const { instanceId, problem } of swept.unreadable) {
        const message = `A start in place of "${instanceId}" had been accepted, cannot be read, and is dropped: ${problem}. Start it again if it is still wanted.`;
        log.write({ level: "error", event: "start.unreadable", message, fields: { instanceId, problem } });
      }
      if (swept.repaired === 0) continue;
      const message = `The sweep woke ${swept.repaired} instances that slept with mail. This should not happen; please report it.`;
      log.write({ level: "error", event: "sweep.repaired", message, fields: { ...swept } });
    }
    await this.#compareOwned();
    await this.#entities.sweep();
  }

  /** A claim whose answer was lost leaves an instance that is owned here and unknown to this worker. */
  async #compareOwned(): Promise<void> {
    const { parts, committer, table, loader } = this.#port;
    if (!committer.isAtRest) return;
    const owned = await parts.store.readOwned(this.#port.identity.worker);
    if (!committer.isAtRest) return; // what is born in a batch on its way is owned in the store, and not known here yet
    const strangers = owned.filter(({ no }) => table.byNo(no) === undefined).map(({ no }) => no);
    if (strangers.length > 0) await loader.load(strangers);
  }
}
