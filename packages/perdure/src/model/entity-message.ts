import type { EventId, InstanceId, InstanceNo } from "./ids.ts";
import type { Payload } from "./payload.ts";
import type { TraceContext } from "./trace.ts";

/** What an entity understands. Always addressed by its id: its row may have been cleaned up and made again. */
export type EntityMessage = EntityOp | EntityLock | EntityPurge;

/** One operation, of a call or a signal. */
export interface EntityOp {
  readonly kind: "entityOp";
  readonly ts: number;
  readonly operation: string;
  readonly input: Payload | null;
  /** Not before this, ms since 1970; null: at once. */
  readonly due: number | null;
  /** Who waits for the result; null: a signal. */
  readonly from: CallRef | null;
  /** The section in which it was called. */
  readonly lock: LockKey | null;
  /** The instance that sent it, for people; absent: a client did. */
  readonly by?: InstanceId;
  /** Of a signal of an orchestration: it passes a lock of its own. */
  readonly sender?: InstanceNo;
  /** The sender's own id for a signal: a second one with the same id is dropped. */
  readonly messageId?: string;
  /** Of the call or signal, for the span of the operation. */
  readonly trace?: TraceContext;
}

/** One call of an orchestration. */
export interface CallRef {
  readonly no: InstanceNo;
  readonly generation: number;
  readonly taskId: EventId;
}

/** Names a critical section: `id` is the event id of the request. */
export interface LockKey {
  readonly no: InstanceNo;
  readonly generation: number;
  readonly id: EventId;
}

/** Travels from entity to entity: each takes the lock (or gives it back) and sends it on to the next. */
export interface EntityLock {
  readonly kind: "entityLock" | "entityRelease";
  readonly ts: number;
  readonly lock: LockKey;
  /** The orchestration whose section it is, for people. */
  readonly holder: InstanceId;
  /** Sorted by code units, each once. */
  readonly entities: readonly InstanceId[];
  /** Place of the receiver among them. */
  readonly at: number;
}

/**
 * An operator's word: the state goes, and with it all operations that came before and have not run; who waits for one gets a failure. A lock stays, and so do
 * ids of messages.
 */
export interface EntityPurge {
  readonly kind: "entityPurge";
  readonly ts: number;
  /** The process that was asked, and why, for the audit. */
  readonly by?: string;
  readonly reason?: string;
}

/** Where an operation waits: no other message of any time has the same place. */
export type WaitingPlace =
  /** In the inbox. */
  | { readonly seq: number }
  /** Held, in this generation of the entity. */
  | { readonly generation: number; readonly held: number };
