import type { Failure } from "../../model/failure.ts";
import type { EventId } from "../../model/ids.ts";
import type { Payload } from "../../model/payload.ts";

/** An event as the library reads it: the numbers of `EventType` are its own. */
export interface SdkEvent {
  readonly EventType: number;
  readonly IsPlayed: boolean;
  readonly [field: string]: unknown;
}

export const EXECUTION_STARTED = 0;
const TASK_COMPLETED = 5;
const TASK_FAILED = 6;
const TIMER_FIRED = 11;
export const ORCHESTRATOR_STARTED = 12;
const EVENT_RAISED = 15;

/** `IsPlayed` is set where the event is given. */
export type Unplayed = Omit<SdkEvent, "IsPlayed"> & { readonly EventType: number };

export const clockEvent = (ts: number): Unplayed => ({ EventType: ORCHESTRATOR_STARTED, Timestamp: new Date(ts) });

export const completedEvent = (id: EventId, result: Payload | string | null): Unplayed => ({
  EventType: TASK_COMPLETED,
  TaskScheduledId: id,
  Result: result,
});

export const firedEvent = (id: EventId): Unplayed => ({ EventType: TIMER_FIRED, TimerId: id });

export const raisedEvent = (name: string, input: Payload | null): Unplayed => ({ EventType: EVENT_RAISED, Name: name, Input: input });

/** The answer of an entity, and the grant of a lock: an open task is found by its number as well as by the id of a request. */
export const entityEvent = (id: EventId, answer: { readonly result?: string; readonly exceptionType?: string }): Unplayed => ({
  EventType: EVENT_RAISED,
  Name: id,
  Input: JSON.stringify(answer),
});

/** What a caller of an entity is thrown: the library makes an Error of the value that was thrown, if there is one, as it does on Azure. */
export const entityFailure = ({ value, message, errorType }: Failure): { readonly result: string; readonly exceptionType: string } => ({
  result: JSON.stringify(value ?? message),
  exceptionType: errorType,
});

/** `Reason` and `Details` have to be strings. Failures with properties are told as the app's provider of them has made them. */
export function failedEvent(id: EventId, name: string, failure: Failure): Unplayed {
  const event = { EventType: TASK_FAILED, TaskScheduledId: id, Reason: failure.message, Details: failure.stack ?? failure.message };
  return failure.properties === undefined ? event : { ...event, FailureDetails: detailsOf(name, failure) };
}

function detailsOf(name: string, { errorType, message, stack, isNonRetriable, properties }: Failure): object {
  return {
    ErrorType: errorType,
    ErrorMessage: withoutPrefix(withoutPrefix(message, activityFailed(name, ""), orchestratorFailed(name, "")), `${errorType}: `),
    StackTrace: stack,
    IsNonRetriable: isNonRetriable === true,
    Properties: properties,
  };
}

/** What the status of an orchestration shows, and its parent is told. */
export const orchestratorFailed = (name: string, message: string): string => `Orchestrator function '${name}' failed: ${message}`;

export const activityFailed = (name: string, message: string): string => `Activity function '${name}' failed: ${message}`;

const withoutPrefix = (text: string, ...prefixes: readonly string[]): string => {
  const found = prefixes.find((prefix) => text.startsWith(prefix));
  return found === undefined ? text : text.slice(found.length);
};
