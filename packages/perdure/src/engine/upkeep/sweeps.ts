import { namesOf } from "../../model/executor.ts";
import type { InstanceId } from "../../model/ids.ts";
import { ENTITY_MARK } from "../../model/ids.ts";
import { orphanedLocks, releaseOf } from "../../store/orphaned-locks.ts";
import type { Committer } from "../commits/committer.ts";
import type { Identity } from "../commits/sealed-batch.ts";
import type { InstanceTable } from "../instances/instance-table.ts";
import type { MessageRouter } from "../mail/message-router.ts";
import type { WorkerParts } from "../options.ts";
import type { Loader } from "../ownership/loader.ts";
import type { Phase } from "../phase.ts";
import type { StoreClock } from "../time/store-clock.ts";

/** Entities that one sweep looks at: a millisecond or two of the store. All of a hub with a million have had their turn after a day and a half. */
const ENTITIES_PER_SWEEP = 500;
const ENTITIES = {
  ...{ prefix: ENTITY_MARK, updatedFrom: null, updatedTo: null, emptyOnes: true, showState: false, limit: ENTITIES_PER_SWEEP },
};

export interface SweepsPort {
  readonly parts: Pick<WorkerParts, "store" | "executor" | "log">;
  readonly phase: Phase;
  readonly identity: Identity;
  readonly committer: Pick<Committer, "isAtRest" | "requestSeal">;
  readonly table: Pick<InstanceTable, "byNo">;
  readonly loader: Pick<Loader, "load">;
  readonly router: Pick<MessageRouter, "asRow">;
  readonly storeClock: Pick<StoreClock, "now">;
}

/** The regular jobs that clean up the store. */
export class Sweeps {
  readonly #port: SweepsPort;
  /** Up to here entities were looked at; null: the next sweep begins with the first. */
  #lookedAt: InstanceId | null = null;

  constructor(port: SweepsPort) {
    this.#port = port;
  }

  async sweep(): Promise<void> {
    const { store, log } = this.#port.parts;
    for (let more = true; more && this.#port.phase === "running"; ) {
      const swept = await store.sweep();
      more = swept.more;
      if (swept.repaired === 0) continue;
      const message = `The sweep woke ${swept.repaired} instances that slept with mail. This should not happen; please report it.`;
      log.write({ level: "error", event: "sweep.repaired", message, fields: { ...swept } });
    }
    await this.#compareOwned();
    await this.#releaseOrphanedLocks();
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

  /** An entity that is locked for good would do nothing any more. A worker that runs none leaves this to others. */
  async #releaseOrphanedLocks(): Promise<void> {
    const { parts, phase, router, committer, storeClock } = this.#port;
    const { store, executor, log } = parts;
    if (namesOf(executor.offer.entity).length === 0) return;
    const { rows, next } = await store.readEntities({ ...ENTITIES, after: this.#lookedAt });
    this.#lookedAt = next;
    const orphans = await orphanedLocks(store, rows);
    if (phase !== "running") return;
    for (const orphan of orphans) {
      const { id, lock } = orphan;
      const message = `The sweep unlocked the entity "${id}": the critical section of "${lock.holder}" is over, and no release was on its way. This should not happen; please report it.`;
      log.write({ level: "error", event: "sweep.unlocked", message, fields: { instanceId: id, holder: lock.holder } });
      router.asRow(id, releaseOf(orphan, storeClock.now()), null);
    }
    if (orphans.length > 0) committer.requestSeal();
  }
}
