import type { RetryMark, Tags } from "./history.ts";
import type { EventId, InstanceId } from "./ids.ts";
import type { Payload } from "./payload.ts";
import type { Slot } from "./slot.ts";
import type { TraceContext } from "./trace.ts";

/**
 * What an orchestrator asked for in an episode, in the order it asked. The executor numbers them (`id`: rising within a generation, retries
 * included, some may be left out; `cancelTimer`, `releaseLock` and `markPatch` take no number); core records each as one history event and turns it into effects.
 */
export type Action =
  | CallActivity
  | CallSubOrchestrator
  | StartOrchestration
  | CreateTimer
  | CancelTimer
  | SendEvent
  | MarkPatch
  | CallEntity
  | SignalEntity
  | LockEntities
  | ReleaseLock;

export interface CallActivity {
  readonly kind: "callActivity";
  readonly id: EventId;
  readonly name: string;
  readonly input: Payload | null;
  readonly retry?: RetryMark;
  readonly timeoutMs?: number;
  readonly progress?: Payload;
  readonly slot?: Slot;
  readonly version?: string;
  readonly tags?: Tags;
  readonly trace?: TraceContext;
}
export interface CallSubOrchestrator {
  readonly kind: "callSubOrchestrator";
  readonly id: EventId;
  readonly name: string;
  /** Chosen by the caller, or a deterministic guid of the context. */
  readonly instanceId: InstanceId;
  /** True when the engine's own guid was used: no other instance can have it. */
  readonly minted: boolean;
  readonly input: Payload | null;
  readonly version: string | null;
  readonly tags: Tags | null;
  readonly retry?: RetryMark;
  readonly trace?: TraceContext;
}
export interface StartOrchestration {
  readonly kind: "startOrchestration";
  readonly id: EventId;
  readonly name: string;
  readonly instanceId: InstanceId;
  readonly minted: boolean;
  readonly input: Payload | null;
  readonly version: string | null;
  readonly tags: Tags | null;
  /** Milliseconds since 1970; null: at once. */
  readonly startAt: number | null;
  readonly trace?: TraceContext;
}
export interface CreateTimer {
  readonly kind: "createTimer";
  readonly id: EventId;
  readonly fireAt: number;
  readonly retryOf?: EventId;
}
export interface CancelTimer {
  readonly kind: "cancelTimer";
  readonly timerId: EventId;
}
export interface SendEvent {
  readonly kind: "sendEvent";
  readonly id: EventId;
  readonly instanceId: InstanceId;
  readonly name: string;
  readonly input: Payload | null;
}
/** Code that is newer than the execution's beginning asked whether it may run, and may. */
export interface MarkPatch {
  readonly kind: "markPatch";
  readonly patch: string;
}
/** Runs an operation and waits for its result. No retry policy applies: the operation is applied exactly once. */
export interface CallEntity {
  readonly kind: "callEntity";
  readonly id: EventId;
  /** Of the entity, as `entityId` makes it. */
  readonly instanceId: InstanceId;
  readonly operation: string;
  readonly input: Payload | null;
  readonly trace?: TraceContext;
}
/** Runs an operation without waiting for it. */
export interface SignalEntity {
  readonly kind: "signalEntity";
  readonly id: EventId;
  readonly instanceId: InstanceId;
  readonly operation: string;
  readonly input: Payload | null;
  /** Not before this, milliseconds since 1970; null: at once. */
  readonly due: number | null;
  readonly trace?: TraceContext;
}
/** Begins a critical section. It has begun with the `EntityLockGranted` whose `taskId` is this `id`. */
export interface LockEntities {
  readonly kind: "lockEntities";
  readonly id: EventId;
  /** In any order; core sorts them and drops doubles. */
  readonly entities: readonly InstanceId[];
}
/** Ends the section, or gives up asking for it. */
export interface ReleaseLock {
  readonly kind: "releaseLock";
  /** `id` of the {@link LockEntities}. */
  readonly lockId: EventId;
}
