import type { EditMark } from "../../model/edit-mark.ts";
import type { Failure } from "../../model/failure.ts";
import type { HistoryEvent, HistoryEventKind, ParentRef, RanAt } from "../../model/history.ts";
import type { InstanceId } from "../../model/ids.ts";
import type { JsonValue, Payload } from "../../model/payload.ts";
import type { TraceContext } from "../../model/trace.ts";
import { fullTime } from "./times.ts";

/** One history event with the field names of the wire. `Input` and `Result` are JSON texts. */
export interface RawEvent {
  readonly EventType: HistoryEventKind;
  /** Position of the action that the event records; -1 for everything else. */
  readonly EventId: number;
  readonly Timestamp: string;
  readonly [field: string]: JsonValue | undefined;
}

export interface RawFailureDetails {
  readonly ErrorType: string;
  readonly ErrorMessage: string;
  readonly StackTrace: string | null;
  readonly InnerFailure: RawFailureDetails | null;
  readonly IsNonRetriable: boolean;
  readonly Properties: { readonly [key: string]: JsonValue | undefined } | null;
  readonly [field: string]: JsonValue | undefined;
}

/** Every event, nothing left out, merged or renamed: the audit trail as it was recorded. */
export const toRawHistory = (events: readonly HistoryEvent[]): readonly RawEvent[] => events.map(toRawEvent);

export function toRawEvent(event: HistoryEvent): RawEvent {
  const id = "id" in event ? event.id : -1;
  return { EventType: event.kind, EventId: id, Timestamp: fullTime(event.ts), ...fieldsOf(event) };
}

type Fields = { readonly [field: string]: JsonValue | undefined };
type FieldTable = { readonly [Kind in HistoryEventKind]: (event: Extract<HistoryEvent, { kind: Kind }>) => Fields };

const FIELDS: FieldTable = {
  OrchestratorStarted: (event) => (event.flags === undefined ? {} : { BehaviorFlags: event.flags }),
  OrchestratorCompleted: ({ droppedEvents, openEvents, trace }) => ({
    ...(droppedEvents === undefined ? {} : { DroppedEvents: droppedEvents }),
    ...(openEvents === undefined ? {} : { OpenEvents: openEvents }),
    ...traceFields(trace),
  }),
  ExecutionStarted: (event) => ({
    Name: event.name,
    Version: event.version,
    Input: event.input,
    ExecutionId: event.executionId,
    Generation: event.generation,
    Seed: event.seed ?? null,
    ParentInstance: event.parent === null ? null : parentFields(event.parent),
    Tags: event.tags,
    ...(event.startAt === undefined ? {} : { ScheduledStartTime: fullTime(event.startAt) }),
  }),
  ExecutionCompleted: (event) => ({
    OrchestrationStatus: event.status,
    Result: event.result ?? (event.failure === undefined ? null : JSON.stringify(event.failure.message)),
    ...(event.failure === undefined ? {} : { FailureDetails: failureDetails(event.failure) }),
    ...(event.causedBy === undefined ? {} : { CausedBy: event.causedBy }),
  }),
  ExecutionTerminated: (event) => ({ Input: event.reason, Recursive: event.recursive }),
  ExecutionSuspended: (event) => ({ Reason: event.reason }),
  ExecutionResumed: (event) => ({ Reason: event.reason }),
  TaskScheduled: (event) => ({
    Name: event.name,
    Version: event.version ?? null,
    Input: event.input,
    ...(event.slot === undefined ? {} : { Key: event.slot.key, KeyLimit: event.slot.limit }),
    ...(event.tags === undefined ? {} : { Tags: event.tags }),
    ...retryFields(event.retry),
    ...traceFields(event.trace),
  }),
  TaskCompleted: (event) => ({ TaskScheduledId: event.taskId, Result: event.result, ...ranFields(event) }),
  TaskFailed: (event) => ({ TaskScheduledId: event.taskId, ...reasonFields(event.failure), ...ranFields(event) }),
  SubOrchestrationInstanceCreated: (event) => ({
    Name: event.name,
    Version: event.version,
    InstanceId: event.instanceId,
    Input: event.input,
    FireAndForget: event.fireAndForget,
    ...retryFields(event.retry),
    ...traceFields(event.trace),
  }),
  SubOrchestrationInstanceCompleted: (event) => ({ TaskScheduledId: event.taskId, Result: event.result }),
  SubOrchestrationInstanceFailed: (event) => ({ TaskScheduledId: event.taskId, ...reasonFields(event.failure) }),
  TimerCreated: (event) => ({ FireAt: fullTime(event.fireAt), ...(event.retryOf === undefined ? {} : { RetryOf: event.retryOf }) }),
  TimerCanceled: (event) => ({ TimerId: event.timerId }),
  TimerFired: (event) => ({ TimerId: event.timerId, FireAt: fullTime(event.fireAt) }),
  EventRaised: (event) => ({ Name: event.name, Input: event.input }),
  EventSent: (event) => ({ InstanceId: event.instanceId, Name: event.name, Input: event.input }),
  PatchMarked: (event) => ({ Name: event.patch }),
  ExecutionRewound: editFields,
  ExecutionForked: editFields,
  MessageIdsKept: (event) => ({ Ids: event.ids.map(({ id, at }) => ({ Id: id, Time: fullTime(at) })) }),
  ContinueAsNew: (event) => ({ Result: event.input }),
  EntityOperationCalled: (event) => operationSent(event.instanceId, event.operation, event.input),
  EntityOperationSignaled: ({ instanceId, operation, input, due }) => ({
    ...operationSent(instanceId, operation, input),
    ...(due === undefined ? {} : { ScheduledTime: fullTime(due) }),
  }),
  EntityOperationCompleted: (event) => ({ TaskScheduledId: event.taskId, Result: event.result }),
  EntityOperationFailed: (event) => ({ TaskScheduledId: event.taskId, ...reasonFields(event.failure) }),
  EntityLockRequested: (event) => ({ Entities: event.entities }),
  EntityLockGranted: (event) => ({ TaskScheduledId: event.taskId }),
  EntityUnlockSent: (event) => ({ LockId: event.lockId }),
  EntityMessageHeld: ({ message }) =>
    message.kind === "entityOp" ? { Name: message.operation, Input: message.input } : { Name: message.kind, Entities: message.entities },
  EntityMessagesTaken: (event) => ({ Held: event.at }),
};

/** The table is total over the union; the compiler cannot follow a lookup by `kind` to the member, hence the one cast. */
function fieldsOf(event: HistoryEvent): Fields {
  const fields = FIELDS[event.kind] as (event: HistoryEvent) => Fields;
  return fields(event);
}

function editFields(mark: EditMark): Fields {
  return {
    Reason: mark.reason,
    ExecutionId: mark.executionId,
    Seed: mark.seed,
    From: { InstanceId: mark.from.instanceId, ExecutionId: mark.from.executionId, Generation: mark.from.generation },
    Edited: mark.edited,
    DroppedEpisodes: mark.droppedEpisodes,
    ...(mark.timers === undefined ? {} : { Timers: mark.timers.map(({ id, fireAt }) => ({ TimerId: id, FireAt: fullTime(fireAt) })) }),
    ...(mark.children === undefined
      ? {}
      : { Children: mark.children.map(({ id, instanceId }) => ({ TaskScheduledId: id, InstanceId: instanceId })) }),
  };
}

const operationSent = (entity: InstanceId, operation: string, input: Payload | null): Fields => ({
  InstanceId: entity,
  Name: operation,
  Input: input,
});

const retryFields = (retry: { readonly of: number; readonly attempt: number } | undefined): Fields =>
  retry === undefined ? {} : { RetryOf: retry.of, Attempt: retry.attempt };

const ranFields = ({ ran, by }: RanAt): Fields => (ran === undefined ? {} : { RanMilliseconds: ran, Worker: by });

const parentFields = ({ name, instanceId, executionId, taskId, trace }: ParentRef) => ({
  Name: name,
  InstanceId: instanceId,
  ...(executionId === undefined ? {} : { ExecutionId: executionId }),
  TaskScheduleId: taskId,
  ...traceFields(trace),
});

const traceFields = (trace: TraceContext | undefined): Fields =>
  trace === undefined
    ? {}
    : { TraceContext: { TraceParent: trace.traceparent, ...(trace.tracestate === undefined ? {} : { TraceState: trace.tracestate }) } };

const reasonFields = (failure: Failure): Fields => ({
  Reason: failure.message,
  Details: failure.stack ?? `${failure.errorType}: ${failure.message}`,
  FailureDetails: failureDetails(failure),
});

/** Failures inside an AggregateError have no place on the wire: the first one stands for them when there is no cause. */
function failureDetails(failure: Failure): RawFailureDetails {
  const inner = failure.cause ?? failure.errors?.[0];
  return {
    ErrorType: failure.errorType,
    ErrorMessage: failure.message,
    StackTrace: failure.stack ?? null,
    InnerFailure: inner === undefined ? null : failureDetails(inner),
    IsNonRetriable: failure.isNonRetriable === true,
    Properties: failure.properties ?? null,
  };
}
