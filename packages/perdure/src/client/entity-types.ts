import type { SkippedOperation } from "../functions/entity-client-types.ts";
import type { HeldLock, LastFailure } from "../model/entity-notes.ts";
import type { InstanceId } from "../model/ids.ts";
import type { Payload } from "../model/payload.ts";
import type { TraceContext } from "../model/trace.ts";
import type { CallerTransaction } from "../store/contract.ts";
import type { StopReason } from "../store/rows.ts";

/** Entities, untyped: payloads as JSON text. A part of {@link HubClient}. */
export interface EntityClient {
  /** As last committed; null for one that never was, or is gone. */
  get(id: InstanceId): Promise<EntityStatus | null>;
  /** In order of id. */
  list(query: EntityListQuery): Promise<EntityList>;
  /** Resolves when the signal is durable. Throws ENTITY_UNKNOWN, PAYLOAD_TOO_LARGE, PAYLOAD_TOO_DEEP. */
  signal(params: SignalParams): Promise<void>;
  /** Its state and what is held go as soon as its owner gets to it; the row when no section has it locked. False: there is none. */
  purge(id: InstanceId, reason?: string | null): Promise<boolean>;
  /**
   * The operation before which it is stopped fails without having run, and the entity continues with the next one. Null: there is nothing of it. Throws
   * ENTITY_NOTHING_TO_SKIP.
   */
  skip(id: InstanceId, reason: string | null): Promise<SkippedOperation | null>;
  /**
   * Rows of entities that have been empty for 35 minutes, and locks of orchestrations that are gone. Both should find nothing: entities and orchestrations do
   * it themselves.
   */
  clean(options?: CleanOptions): Promise<CleanReceipt>;
}

export interface EntityStatus {
  readonly id: InstanceId;
  /** As in the id: lower case. */
  readonly name: string;
  readonly key: string;
  /** False: it has no state. */
  readonly exists: boolean;
  /** Null also where it was not asked for. */
  readonly state: Payload | null;
  /** ms since 1970. */
  readonly lastOperationTime: number;
  readonly lock: HeldLock | null;
  /** How many operations wait: behind the lock, or for their time. */
  readonly held: number;
  /** The last signal that failed. */
  readonly lastFailure: LastFailure | null;
  readonly stopped: StopReason | null;
}

export interface EntityListQuery {
  /** Null: of any name. */
  readonly name: string | null;
  /** Of the last operation, both ends included; null: any. */
  readonly updatedFrom: number | null;
  readonly updatedTo: number | null;
  readonly withState: boolean;
  /** True: those without a state too. */
  readonly emptyOnes?: boolean;
  /** `next` of the page before. */
  readonly after: InstanceId | null;
  readonly limit: number;
}

export interface EntityList {
  readonly entities: readonly EntityStatus[];
  readonly next: InstanceId | null;
}

export interface SignalParams {
  readonly id: InstanceId;
  readonly operation: string;
  readonly input: Payload | null;
  /** The input has no more levels than this: the caller has scanned it. */
  readonly inputDepth?: number;
  /** Not before this, ms since 1970. Absent: at once. */
  readonly due?: number | null;
  /** A second signal with the same id is dropped, within 30 minutes and the last 256 ids. */
  readonly messageId?: string;
  /** As of a start. */
  readonly trace?: TraceContext;
  /** The signal belongs to the caller's own transaction. Throws TRANSACTION_UNSUPPORTED where the store has none to share. */
  readonly transaction?: CallerTransaction;
}

export interface CleanOptions {
  /** Default true. */
  readonly removeEmptyEntities?: boolean;
  /** Default true. */
  readonly releaseOrphanedLocks?: boolean;
}

export interface CleanReceipt {
  readonly emptyEntitiesRemoved: number;
  readonly orphanedLocksReleased: number;
}
