import type { ExecutionForked, ExecutionRewound } from "./edit-mark.ts";
import type { EntityLock, EntityOp } from "./entity-message.ts";
import type { SeenMessage } from "./entity-notes.ts";
import type { Failure } from "./failure.ts";
import type { EventId, ExecutionId, InstanceId, InstanceNo, Seed, WorkerId } from "./ids.ts";
import type { Payload } from "./payload.ts";
import type { Slot } from "./slot.ts";
import type { TerminalStatus } from "./status.ts";
import type { TraceContext } from "./trace.ts";

/**
 * What happened to an instance, in order, append-only. Names are Durable Functions' event types.
 *
 * Order within one generation: the first episode is
 * `OrchestratorStarted, ExecutionStarted, …actions…, OrchestratorCompleted`, every later one
 * `…what came in…, OrchestratorStarted, …actions…, OrchestratorCompleted`, and the last event is `ExecutionCompleted`.
 * An event that stands outside an episode waits for the next `OrchestratorStarted`; so a suspended instance is nothing special:
 * what comes in is recorded, and no episode is opened until `ExecutionResumed`.
 *
 * The history of an entity has nothing but `EntityMessageHeld` and `EntityMessagesTaken`, and is empty while nothing is held.
 *
 * `ts`: milliseconds since 1970, store time, never falling within one generation.
 */
export type HistoryEvent =
  | OrchestratorStarted
  | OrchestratorCompleted
  | ExecutionStarted
  | ExecutionCompleted
  | ExecutionTerminated
  | ExecutionSuspended
  | ExecutionResumed
  | TaskScheduled
  | TaskCompleted
  | TaskFailed
  | SubOrchestrationInstanceCreated
  | SubOrchestrationInstanceCompleted
  | SubOrchestrationInstanceFailed
  | TimerCreated
  | TimerCanceled
  | TimerFired
  | EventRaised
  | EventSent
  | PatchMarked
  | ExecutionRewound
  | ExecutionForked
  | ContinueAsNew
  | MessageIdsKept
  | EntityOperationCalled
  | EntityOperationSignaled
  | EntityOperationCompleted
  | EntityOperationFailed
  | EntityLockRequested
  | EntityLockGranted
  | EntityUnlockSent
  | EntityMessageHeld
  | EntityMessagesTaken;

interface At {
  readonly ts: number;
}

export interface OrchestratorStarted extends At {
  readonly kind: "OrchestratorStarted";
  /** Behaviour flags that this release adds from here on (core/flags.ts); absent when none is new. */
  readonly flags?: readonly number[];
}
export interface OrchestratorCompleted extends At {
  readonly kind: "OrchestratorCompleted";
  /**
   * External events that a wait refused in this episode, since they do not fit its schema: the how-manieth EventRaised of the generation, from 0.
   * Recorded, so that a replay drops the same ones whatever the schema says by then.
   */
  readonly droppedEvents?: readonly number[];
  /** Names of the external events that the instance waits for from here on; absent: those of the episode before, at first none. */
  readonly openEvents?: readonly string[];
  /** Where the executor's own trace of the orchestration stands. */
  readonly trace?: TraceContext;
}
export interface ExecutionStarted extends At {
  readonly kind: "ExecutionStarted";
  readonly name: string;
  readonly executionId: ExecutionId;
  readonly generation: number;
  /** Absent in histories of older releases (model/seed.ts). */
  readonly seed?: Seed;
  readonly input: Payload | null;
  readonly version: string | null;
  readonly parent: ParentRef | null;
  readonly tags: Tags | null;
  /** When it was to start, if that was not at once. */
  readonly startAt?: number;
}
export interface ExecutionCompleted extends At {
  readonly kind: "ExecutionCompleted";
  readonly status: TerminalStatus | "ContinuedAsNew";
  readonly result: Payload | null;
  readonly failure?: Failure;
  /** The calls, attempts and timers whose failures the thrown error came from, in rising order. Absent: none are known. */
  readonly causedBy?: readonly EventId[];
}
export interface ExecutionTerminated extends At {
  readonly kind: "ExecutionTerminated";
  readonly reason: string | null;
  readonly recursive: boolean;
}
export interface ExecutionSuspended extends At {
  readonly kind: "ExecutionSuspended";
  readonly reason: string | null;
}
export interface ExecutionResumed extends At {
  readonly kind: "ExecutionResumed";
  readonly reason: string | null;
}
export interface TaskScheduled extends At {
  readonly kind: "TaskScheduled";
  readonly id: EventId;
  readonly name: string;
  readonly input: Payload | null;
  /** Present from the second attempt of a retried call on. */
  readonly retry?: RetryMark;
  /** A timeout given at the call (it wins over the definition's), ms. */
  readonly timeoutMs?: number;
  /** The last heartbeat of the attempt before this one. */
  readonly progress?: Payload;
  /** Which of the hub's slots it needs; of a retried call each attempt has it. Absent: none. Replay does not compare it. */
  readonly slot?: Slot;
  /** Given at the call; absent: the version of the execution. */
  readonly version?: string;
  readonly tags?: Tags;
  /** The call's, for the spans of the activity. */
  readonly trace?: TraceContext;
}
/** Ties an attempt to the call it belongs to. */
export interface RetryMark {
  /** Event id of the first attempt. */
  readonly of: EventId;
  /** 2, 3, … */
  readonly attempt: number;
}
/** Of a completion, for people: the core copies it and decides nothing by it. Absent in histories of older releases, and of what has not run. */
export interface RanAt {
  /** How long the attempt ran, ms. In line = the time of the completion − `ran` − the time of TaskScheduled. */
  readonly ran?: number;
  /** The worker that ran it. */
  readonly by?: WorkerId;
}
export interface TaskCompleted extends At, RanAt {
  readonly kind: "TaskCompleted";
  /** Event id of the TaskScheduled that this completes. */
  readonly taskId: EventId;
  readonly result: Payload | null;
}
export interface TaskFailed extends At, RanAt {
  readonly kind: "TaskFailed";
  readonly taskId: EventId;
  readonly failure: Failure;
  /** The attempt's last heartbeat, for the next attempt. */
  readonly progress?: Payload;
}
export interface SubOrchestrationInstanceCreated extends At {
  readonly kind: "SubOrchestrationInstanceCreated";
  readonly id: EventId;
  readonly name: string;
  readonly instanceId: InstanceId;
  readonly input: Payload | null;
  readonly version: string | null;
  readonly tags: Tags | null;
  /** Fire and forget: no completion will come. */
  readonly fireAndForget: boolean;
  readonly retry?: RetryMark;
  readonly trace?: TraceContext;
}
export interface SubOrchestrationInstanceCompleted extends At {
  readonly kind: "SubOrchestrationInstanceCompleted";
  readonly taskId: EventId;
  readonly result: Payload | null;
}
export interface SubOrchestrationInstanceFailed extends At {
  readonly kind: "SubOrchestrationInstanceFailed";
  readonly taskId: EventId;
  readonly failure: Failure;
}
export interface TimerCreated extends At {
  readonly kind: "TimerCreated";
  readonly id: EventId;
  readonly fireAt: number;
  /** Set when the timer is the pause before the next attempt of a failed call: event id of the attempt that failed. */
  readonly retryOf?: EventId;
}
export interface TimerCanceled extends At {
  readonly kind: "TimerCanceled";
  readonly timerId: EventId;
}
export interface TimerFired extends At {
  readonly kind: "TimerFired";
  readonly timerId: EventId;
  readonly fireAt: number;
}
export interface EventRaised extends At {
  readonly kind: "EventRaised";
  readonly name: string;
  readonly input: Payload | null;
  /** The sender's own id for this message: a second one with the same id is dropped. */
  readonly messageId?: string;
}
export interface EventSent extends At {
  readonly kind: "EventSent";
  readonly id: EventId;
  readonly instanceId: InstanceId;
  readonly name: string;
  readonly input: Payload | null;
}
/**
 * In this episode `ctx.patched(id)` was true for the first time. It has no number and is compared with nothing: code that no longer asks replays as well.
 */
export interface PatchMarked extends At {
  readonly kind: "PatchMarked";
  readonly patch: string;
}
export interface ContinueAsNew extends At {
  readonly kind: "ContinueAsNew";
  readonly input: Payload | null;
}
/** At the beginning of a generation: ids of messages that earlier ones have had, oldest first, each with its time. A copy of them is dropped. */
export interface MessageIdsKept extends At {
  readonly kind: "MessageIdsKept";
  readonly ids: readonly SeenMessage[];
}
export interface EntityOperationCalled extends At {
  readonly kind: "EntityOperationCalled";
  readonly id: EventId;
  readonly instanceId: InstanceId;
  readonly operation: string;
  readonly input: Payload | null;
}
export interface EntityOperationSignaled extends At {
  readonly kind: "EntityOperationSignaled";
  readonly id: EventId;
  readonly instanceId: InstanceId;
  readonly operation: string;
  readonly input: Payload | null;
  /** Absent: at once. */
  readonly due?: number;
}
export interface EntityOperationCompleted extends At {
  readonly kind: "EntityOperationCompleted";
  /** Event id of the EntityOperationCalled that this completes. */
  readonly taskId: EventId;
  readonly result: Payload | null;
}
export interface EntityOperationFailed extends At {
  readonly kind: "EntityOperationFailed";
  readonly taskId: EventId;
  readonly failure: Failure;
}
export interface EntityLockRequested extends At {
  readonly kind: "EntityLockRequested";
  readonly id: EventId;
  /** In the order in which they are locked. */
  readonly entities: readonly InstanceId[];
}
export interface EntityLockGranted extends At {
  readonly kind: "EntityLockGranted";
  /** Event id of the EntityLockRequested. */
  readonly taskId: EventId;
}
/** The end of a section, or of asking for it, by the orchestrator's word. The end of the execution ends its section without one. */
export interface EntityUnlockSent extends At {
  readonly kind: "EntityUnlockSent";
  /** Event id of the EntityLockRequested. */
  readonly lockId: EventId;
}
/** The entity keeps a message until it may go: until a lock is released, or a signal is due. */
export interface EntityMessageHeld extends At {
  readonly kind: "EntityMessageHeld";
  readonly message: EntityOp | EntityLock;
}
export interface EntityMessagesTaken extends At {
  readonly kind: "EntityMessagesTaken";
  /** Held messages that are not held any more, by their place among those of the generation (the first EntityMessageHeld is 0). */
  readonly at: readonly number[];
}

/** Whom to tell when the instance ends. `generation` and `taskId` say which call it was. */
export interface ParentRef {
  readonly no: InstanceNo;
  readonly instanceId: InstanceId;
  readonly name: string;
  /** Absent in rows of older releases. */
  readonly executionId?: ExecutionId;
  readonly generation: number;
  readonly taskId: EventId;
  /** The call's, for the spans of the child. */
  readonly trace?: TraceContext;
}

export type Tags = { readonly [key: string]: string };

export type HistoryEventKind = HistoryEvent["kind"];
