import { namesOf } from "../../model/executor.ts";
import type { InstanceId } from "../../model/ids.ts";
import { ENTITY_MARK, parseEntityId } from "../../model/ids.ts";
import { orphanedLocks, releaseOf } from "../../store/orphaned-locks.ts";
import { parseMessage } from "../../store/parse.ts";
import type { InstanceQuery } from "../../store/queries.ts";
import type { LoadedInstance } from "../../store/rows.ts";
import type { Committer } from "../commits/committer.ts";
import { FUNCTION_MISSING } from "../entities/missing-entity.ts";
import type { MessageRouter } from "../mail/message-router.ts";
import type { WorkerParts } from "../options.ts";
import type { Phase } from "../phase.ts";
import type { StoreClock } from "../time/store-clock.ts";

export interface EntitySweepPort {
  readonly parts: Pick<WorkerParts, "store" | "executor" | "log">;
  readonly phase: Phase;
  readonly committer: Pick<Committer, "isAtRest" | "requestSeal">;
  readonly router: Pick<MessageRouter, "asRow">;
  readonly storeClock: Pick<StoreClock, "now">;
}

/** Entities that one sweep looks at: a millisecond or two of the store. All of a hub with a million have had their turn after a day and a half. */
const LOOKS = 500;
const ENTITIES = { prefix: ENTITY_MARK, updatedFrom: null, updatedTo: null, emptyOnes: true, showState: false, limit: LOOKS };

/** Stopped ones whose inboxes one sweep reads. */
const STOPPED: Omit<InstanceQuery, "continuation"> = {
  ...{ createdFrom: null, createdTo: null, statuses: [], idPrefix: ENTITY_MARK, stopped: true },
  ...{ limit: 100, payloads: "none" },
};

/** Looks for entities that others wait for in vain, some at a time. */
export class EntitySweep {
  readonly #port: EntitySweepPort;
  /** Up to here they were looked at; null: the next sweep begins with the first. */
  #lookedAt: InstanceId | null = null;
  #stoppedUpTo: string | null = null;

  constructor(port: EntitySweepPort) {
    this.#port = port;
  }

  async sweep(): Promise<void> {
    await this.#releaseOrphanedLocks();
    await this.#wakeForCalls();
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

  /**
   * An entity that was stopped with signals, since no worker has its function, takes no calls: who calls it later, or wants its lock, would wait for ever. It is
   * tried again, which lets them fail as the first ones did, and stopped with its signals.
   */
  async #wakeForCalls(): Promise<void> {
    const { parts, router, committer, storeClock } = this.#port;
    const { rows, continuation } = await parts.store.query({ ...STOPPED, continuation: this.#stoppedUpTo });
    this.#stoppedUpTo = continuation;
    const missing = rows.filter(({ stopped, instanceId }) => stopped?.code === FUNCTION_MISSING && parseEntityId(instanceId) !== null);
    if (missing.length === 0) return;
    const waitedFor = (await parts.store.load(missing.map(({ no }) => no))).filter(isWaitedFor);
    if (this.#port.phase !== "running") return;
    for (const { row } of waitedFor) router.asRow(row.instanceId, { kind: "resume", ts: storeClock.now(), reason: null }, null);
    if (waitedFor.length > 0) committer.requestSeal();
  }
}

function isWaitedFor({ inbox }: LoadedInstance): boolean {
  return inbox.some((row) => {
    if (row.kind === "entityLock" || row.kind === "entityRelease") return true;
    const message = row.kind === "entityOp" ? parseMessage(row) : null;
    return message?.kind === "entityOp" && message.from !== null;
  });
}
