import { REMEMBERED_MS } from "../core/message-ids.ts";
import type { SkippedOperation } from "../functions/entity-client-types.ts";
import { functionKey } from "../model/function-name.ts";
import type { InstanceId } from "../model/ids.ts";
import { ENTITY_MARK, entityId, entityIdProblem } from "../model/ids.ts";
import type { Message } from "../model/message.ts";
import type { PayloadLimits } from "../model/payload-limits.ts";
import { checkPayload } from "../model/payload-limits.ts";
import type { TraceContext } from "../model/trace.ts";
import type { CallerTransaction, DeliverReceipt, Store } from "../store/contract.ts";
import type { EntityQuery } from "../store/entities.ts";
import { entityCreatedBy } from "../store/new-entity.ts";
import { orphanedLocks, releaseOf } from "../store/orphaned-locks.ts";
import type { Sent } from "./client-tracing.ts";
import { stoppedBefore } from "./entity-skip.ts";
import { statusOfEntity } from "./entity-status.ts";
import type { CleanOptions, CleanReceipt, EntityClient, EntityList, EntityListQuery, EntityStatus, SignalParams } from "./entity-types.ts";
import { PAGE_BYTES } from "./filters.ts";

export interface EntityCallsParts {
  readonly store: Pick<Store, "getInstance" | "load" | "readEntities" | "readInstances">;
  /** Answers when the message is durable, and makes the entity that it is for. */
  readonly deliver: (id: InstanceId, message: Message) => Promise<DeliverReceipt>;
  readonly within: (transaction: CallerTransaction) => Pick<Store, "deliver">;
  /** Store time as well as this process knows it. */
  readonly now: () => number;
  readonly limits: PayloadLimits;
  /** Undefined: nothing is traced. */
  readonly sent: (id: InstanceId, operation: string, trace: TraceContext | null) => Sent | undefined;
  /** Who is asked, for the audit. */
  readonly by?: string;
  /** Throws ENTITY_UNKNOWN where no worker can ever run it. */
  readonly refuseUnknown: (id: InstanceId) => Promise<void> | null;
  /** Makes errors of the store those of the client, and refuses calls from orchestrators. */
  readonly guarded: <T>(call: () => Promise<T>) => Promise<T>;
}

const CLEAN_PAGE = 500;
const EMPTY_FOR_MS = REMEMBERED_MS + 5 * 60_000;
/** Whether there is a state is seen by reading it. */
const ALL = {
  ...{ prefix: ENTITY_MARK, updatedFrom: null, updatedTo: null, emptyOnes: true, showState: true },
  ...{ limit: CLEAN_PAGE, maxBytes: PAGE_BYTES },
};

export class EntityCalls implements EntityClient {
  readonly #parts: EntityCallsParts;

  constructor(parts: EntityCallsParts) {
    this.#parts = parts;
  }

  async get(id: InstanceId): Promise<EntityStatus | null> {
    const row = await this.#parts.guarded(() => this.#parts.store.getInstance(id));
    return row === null ? null : statusOfEntity(row);
  }

  async list({ name, updatedFrom, updatedTo, withState, emptyOnes = false, after, limit }: EntityListQuery): Promise<EntityList> {
    const prefix = name === null ? ENTITY_MARK : entityId(functionKey(name), "");
    // Stores compare texts that none can have in ways of their own.
    if (name !== null && entityIdProblem(prefix) !== null) return { entities: [], next: null };
    const { rows, next } = await this.#parts.guarded(() =>
      this.#parts.store.readEntities({
        prefix,
        // Whether there is a state is seen by reading it; those of a list without empty ones have one.
        ...{ updatedFrom, updatedTo, emptyOnes, showState: withState || emptyOnes, after, limit, maxBytes: PAGE_BYTES },
      }),
    );
    const entities = rows.map((row): EntityStatus => {
      const status = statusOfEntity(row);
      return { ...status, exists: status.exists || !emptyOnes, state: withState ? status.state : null };
    });
    return { entities, next };
  }

  async signal({ id, operation, input, inputDepth, due = null, messageId, transaction, trace }: SignalParams): Promise<void> {
    checkPayload("signal payload", input, this.#parts.limits, inputDepth);
    await this.#parts.refuseUnknown(id);
    const sent = this.#parts.sent(id, operation, trace ?? null);
    const message: Message = {
      ...{ kind: "entityOp", ts: this.#parts.now(), operation, input, due, from: null, lock: null },
      ...(messageId === undefined ? {} : { messageId }),
      ...(sent === undefined ? {} : { trace: sent.trace }),
    };
    await this.#parts.guarded(() => {
      if (transaction === undefined) return this.#parts.deliver(id, message);
      return this.#parts.within(transaction).deliver({ instanceId: id, message, ...entityCreatedBy(id, message) });
    });
    sent?.accepted();
  }

  purge(id: InstanceId, reason: string | null = null): Promise<boolean> {
    return this.#tell(id, { kind: "entityPurge", ts: this.#parts.now(), ...this.#by, ...(reason === null ? {} : { reason }) });
  }

  async skip(id: InstanceId, reason: string | null): Promise<SkippedOperation | null> {
    const { store, guarded, now } = this.#parts;
    const found = await guarded(() => stoppedBefore(store, id, now()));
    if (found === null || !(await this.#tell(id, { kind: "resume", ts: now(), reason, skip: found.place, ...this.#by }))) return null;
    const { operation, from, by = null } = found.op;
    return { operation, isSignal: from === null, sender: by };
  }

  async clean({ removeEmptyEntities = true, releaseOrphanedLocks = true }: CleanOptions = {}): Promise<CleanReceipt> {
    let emptyEntitiesRemoved = 0;
    let orphanedLocksReleased = 0;
    let after: InstanceId | null = null;
    do {
      const query: EntityQuery = { ...ALL, after };
      const page = await this.#parts.guarded(() => this.#parts.store.readEntities(query));
      if (releaseOrphanedLocks)
        for (const orphan of await this.#parts.guarded(() => orphanedLocks(this.#parts.store, page.rows)))
          if (await this.#tell(orphan.id, releaseOf(orphan, this.#parts.now()))) orphanedLocksReleased += 1;
      if (removeEmptyEntities)
        for (const { id } of this.#forgotten(page.rows.map(statusOfEntity))) if (await this.#nudge(id)) emptyEntitiesRemoved += 1;
      after = page.next;
    } while (after !== null);
    return { emptyEntitiesRemoved, orphanedLocksReleased };
  }

  /** With nothing to keep their rows for, and for longer than ids of messages are remembered: their owner should have dropped them. */
  #forgotten(entities: readonly EntityStatus[]): readonly EntityStatus[] {
    const last = this.#parts.now() - EMPTY_FOR_MS;
    return entities.filter(({ exists, lock, held, stopped, lastOperationTime }) => {
      return !exists && lock === null && held === 0 && stopped === null && lastOperationTime < last;
    });
  }

  /** Its owner looks at it, and drops the row if it is empty then. A purge would take with it what a signal does that comes meanwhile. */
  #nudge(id: InstanceId): Promise<boolean> {
    return this.#tell(id, { kind: "event", ts: this.#parts.now(), name: "", input: null });
  }

  get #by(): { readonly by?: string } {
    const { by } = this.#parts;
    return by === undefined ? {} : { by };
  }

  async #tell(id: InstanceId, message: Message): Promise<boolean> {
    return (await this.#parts.guarded(() => this.#parts.deliver(id, message))).outcome === "delivered";
  }
}
