import type { Duration } from "../model/duration.ts";
import type { InputArgs } from "./call-arguments.ts";
import type { OperationInput, WithDelete } from "./entity-types.ts";
import type { Transaction } from "./transaction.ts";
import type { Wire } from "./wire.ts";

/** A client's view of one entity. */
export interface EntityHandle<Ops, State = unknown> {
  /** `@counter@a` */
  readonly id: string;
  /** Sends an operation; resolves when that is durable, before it has run. The entity need not exist. Throws ENTITY_UNKNOWN, PAYLOAD_TOO_LARGE. */
  readonly signal: ClientSignals<Ops>;
  /** As last committed; null when it does not exist. */
  state(): Promise<Wire<State> | null>;
  /** Who has it locked, what waits, what failed; null when there is nothing of it. */
  info(): Promise<EntityInfo | null>;
  /** Its state and what waits are gone when it gets to this, callers of waiting operations get a failure, and a lock stays. False when there is nothing of it. */
  purge(options?: { readonly reason?: string }): Promise<boolean>;
  /**
   * For an entity that is stopped: the operation that is next fails without having run, and the entity continues with the one behind it. Null when there is
   * nothing of it. Throws ENTITY_NOTHING_TO_SKIP.
   */
  skip(options?: { readonly reason?: string }): Promise<SkippedOperation | null>;
}

/** What an operator has set aside. */
export interface SkippedOperation {
  readonly operation: string;
  /** False: an orchestration called it, and gets a failure. */
  readonly isSignal: boolean;
  /** The instance that sent it; null: a client did. */
  readonly sender: string | null;
}

export type ClientSignals<Ops> = {
  readonly [Key in keyof WithDelete<Ops>]: (
    ...args: InputArgs<OperationInput<WithDelete<Ops>[Key]>, [options?: ClientSignalOptions]>
  ) => Promise<void>;
};

export interface ClientSignalOptions {
  /** Not before this. */
  readonly at?: Date | Duration;
  /** A second signal with the same id is dropped: within 30 minutes, and among the last 256. 1 to 256 characters. */
  readonly messageId?: string;
  /** As for `startNew`: the signal is sent exactly if you commit it. */
  readonly transaction?: Transaction;
}

/** Of an entity that is named by a string. */
export interface AnyOperations {
  readonly [operation: string]: (input?: unknown) => unknown;
}

export interface EntityInfo {
  /** `@counter@a` */
  readonly id: string;
  /** In lower case. */
  readonly name: string;
  readonly key: string;
  /** False: it has no state. */
  readonly exists: boolean;
  readonly lastOperationTime: Date;
  /** The orchestration in whose critical section it is. */
  readonly lockedBy: { readonly instanceId: string; readonly since: Date } | null;
  /** How many operations wait: behind the lock, or for their time. */
  readonly waiting: number;
  /** The last signal that failed: its sender was not told. */
  readonly lastFailure: { readonly operation: string; readonly message: string; readonly at: Date } | null;
  /** Why it is stopped, when it is. */
  readonly stopped: { readonly code: string; readonly message: string } | null;
  /** With `showState` of a query. */
  readonly state?: unknown;
}

/** A part that cannot be read, and a key that is none of these, is refused. */
export interface EntityFilter {
  /** Compared without case. */
  readonly name?: string;
  readonly lastOperationFrom?: Date | string;
  readonly lastOperationTo?: Date | string;
  readonly showState?: boolean;
  /** Those without a state too: they are locked, have something waiting, or are about to go. */
  readonly showEmpty?: boolean;
  /** Rows that one read of the store brings. */
  readonly pageSize?: number;
}

export interface CleanEntitiesOptions {
  /** Default true. */
  readonly removeEmptyEntities?: boolean;
  /** Locks of orchestrations that have ended. Default true. */
  readonly releaseOrphanedLocks?: boolean;
}

export interface CleanEntitiesResult {
  readonly emptyEntitiesRemoved: number;
  readonly orphanedLocksReleased: number;
}
