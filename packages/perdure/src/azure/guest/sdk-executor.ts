import { messageOf } from "../../errors/perdure-error.ts";
import type { ExecutionStarted } from "../../model/history.ts";
import type { SdkAction } from "./sdk-actions.ts";
import type { SdkEvent } from "./sdk-events.ts";
import { clockEvent, EXECUTION_STARTED } from "./sdk-events.ts";

/**
 * The members of the library's `TaskOrchestrationExecutor` by which it is driven. They are not part of its contract, and the same in 2.1.x and in every release of
 * 3.x (read; 3.0.0, 3.3.1 and 3.5.0 are tested): {@link sdkProblem} says what is missing elsewhere.
 */
export interface SdkExecutor {
  /** Of actions without a task it is the number of the next one. */
  sequenceNumber: number;
  /** All that was asked for since the beginning. */
  readonly actions: SdkAction[];
  /** By number, tasks that wait for their result. */
  openTasks: { [key: string]: SdkTask };
  /** By name, waits for external events; the last one gets the next event. */
  openEvents: { [name: string]: readonly SdkTask[] };
  readonly willContinueAsNew: boolean;
  readonly output: unknown;
  readonly exception: unknown;
  /** What the author's function has returned; absent: it was not called, or threw. */
  readonly generator?: unknown;
  /** From 3.3.1 on. */
  _isReplaying?: boolean;
  isDoneExecuting(): boolean;
  processEvent(event: SdkEvent): void;
  trackOpenTask(task: SdkTask): void;
  recordFireAndForgetAction(action: SdkAction, numbers?: number): void;
}

export interface SdkTask {
  /** False: it has none yet. The name, of a wait for an event. */
  readonly id: number | string | false;
  /** `noOp`: a pause or another attempt of a call with retries, which the parent counts. */
  readonly actionObj: SdkAction | "noOp";
  readonly hasResult: boolean;
  readonly result?: unknown;
  readonly parent?: SdkTask | SdkRetryTask;
  /** Of tasks made of others, which have no number. */
  readonly children?: readonly SdkTask[];
}

export interface SdkRetryTask extends SdkTask {
  readonly isWaitingOnTimer: boolean;
  /** The next attempt, from 1. */
  attemptNumber: number;
  readonly retryOptions: SdkRetryOptions;
}

export interface SdkRetryOptions {
  readonly firstRetryIntervalInMilliseconds: number;
  readonly maxNumberOfAttempts: number;
  readonly backoffCoefficient?: number;
  readonly maxRetryIntervalInMilliseconds?: number;
  readonly retryTimeoutInMilliseconds?: number;
}

/** What the library puts on the context of an orchestrator. */
export interface SdkContext {
  readonly taskOrchestratorExecutor: SdkExecutor;
  readonly customStatus?: unknown;
}

export const isRetryTask = (task: SdkTask | undefined): task is SdkRetryTask =>
  task !== undefined && "isWaitingOnTimer" in task && "attemptNumber" in task;

const FORMS: readonly (readonly [member: keyof SdkExecutor, form: "function" | "number" | "object"])[] = [
  ["processEvent", "function"],
  ["trackOpenTask", "function"],
  ["recordFireAndForgetAction", "function"],
  ["isDoneExecuting", "function"],
  ["sequenceNumber", "number"],
  ["actions", "object"],
  ["openTasks", "object"],
  ["openEvents", "object"],
];

/** Why the library behind a function cannot be driven, or null when it can. */
export function sdkProblem(name: string, executor: unknown): string | null {
  if (typeof executor !== "object" || executor === null) return messageOf("AZURE_SDK_UNSUPPORTED", name, "taskOrchestratorExecutor");
  const missing = FORMS.find(([member, form]) => typeof Reflect.get(executor, member) !== form);
  return missing === undefined ? null : messageOf("AZURE_SDK_UNSUPPORTED", name, missing[0]);
}

/** No timer is so long that the library would divide it, nor does it poll by itself: no numbers appear that the app has not asked for. */
const LONGEST_TIMER = "10000000.00:00:00";
/** Version 4 of the schema. */
const V4 = 3;

/** What the registered function of an orchestrator is called with. */
export interface FirstInput {
  readonly history: readonly SdkEvent[];
  readonly input: unknown;
  readonly instanceId: string;
  readonly isReplaying: boolean;
  readonly parentInstanceId: string | null;
  readonly upperSchemaVersion: number;
  readonly upperSchemaVersionNew: number;
  readonly maximumShortTimerDuration: string;
  readonly longRunningTimerIntervalDuration: string;
  readonly defaultHttpAsyncRequestSleepTimeMillseconds: number;
}

/** `replaying`: episodes follow that were recorded; `isReplaying` is then true from the beginning. */
export function firstInput(instanceId: string, started: ExecutionStarted, clock: number, replaying: boolean): FirstInput {
  const opened = { ...clockEvent(clock), EventId: -1, IsPlayed: replaying };
  const { name: Name, version, input: Input } = started;
  const begun = { ...opened, EventType: EXECUTION_STARTED, Name, Version: version ?? "", Input };
  return {
    history: [opened, begun, ...(replaying ? [{ ...opened }] : [])],
    input: started.input === null ? null : JSON.parse(started.input),
    instanceId,
    isReplaying: replaying,
    parentInstanceId: started.parent?.instanceId ?? null,
    upperSchemaVersion: V4,
    upperSchemaVersionNew: V4,
    maximumShortTimerDuration: LONGEST_TIMER,
    longRunningTimerIntervalDuration: LONGEST_TIMER,
    defaultHttpAsyncRequestSleepTimeMillseconds: 30_000,
  };
}
