import { seedOfCall } from "../../core/edited.ts";
import type { ActivityRequest } from "../../model/executor.ts";
import type { TaskScheduled } from "../../model/history.ts";
import { traceOfInstance } from "../../model/trace.ts";
import type { NewTask } from "../../store/commit.ts";
import type { TaskBody } from "../../store/rows.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { StoreClock } from "../time/store-clock.ts";

/** What every attempt of a call has, wherever it runs. */
function callOf({ state }: ActiveInstance, scheduled: TaskScheduled) {
  const callId = scheduled.retry?.of ?? scheduled.id;
  return {
    input: scheduled.input,
    attempt: scheduled.retry?.attempt ?? 1,
    timeoutMs: scheduled.timeoutMs ?? null,
    seed: seedOfCall(state, callId),
    callId,
  };
}

/** What the executor is asked to run for a call that history has as scheduled. */
export function activityRequest(instance: ActiveInstance, scheduled: TaskScheduled, generation: number): ActivityRequest {
  const { input, attempt, timeoutMs, seed, callId } = callOf(instance, scheduled);
  return {
    no: instance.no,
    generation,
    eventId: scheduled.id,
    instanceId: instance.state.instanceId,
    name: scheduled.name,
    alone: false,
    input,
    attempt,
    timeoutMs,
    seed,
    callId,
    progress: scheduled.progress ?? null,
    version: scheduled.version ?? instance.state.version,
    tags: scheduled.tags ?? null,
    trace: scheduled.trace ?? traceOfInstance(instance.state),
  };
}

export interface TaskRowRules {
  /** By this worker, from the first row on. */
  readonly claimed: boolean;
  /** Of the instance while an attempt may have been what ended its owners; 0 where none was made. */
  readonly crashes: number;
}

/** The row of the task queue for such a call. */
export function taskRow(
  storeClock: Pick<StoreClock, "reached">,
  instance: ActiveInstance,
  scheduled: TaskScheduled,
  rules: TaskRowRules,
): NewTask {
  const { generation } = instance.state;
  const { tags, version = instance.state.version ?? undefined } = scheduled;
  const trace = scheduled.trace ?? traceOfInstance(instance.state) ?? undefined;
  const body: TaskBody = { ...callOf(instance, scheduled), version, tags, trace };
  return {
    no: instance.no,
    generation,
    eventId: scheduled.id,
    instanceId: instance.state.instanceId,
    name: scheduled.name,
    ...rules,
    notBefore: Math.min(scheduled.ts, storeClock.reached),
    ...(scheduled.slot === undefined ? {} : { slot: scheduled.slot }),
    body: JSON.stringify(body),
    progress: scheduled.progress ?? null,
  };
}
