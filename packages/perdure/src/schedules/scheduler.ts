import { assertNever } from "../model/assert-never.ts";
import type { Failure } from "../model/failure.ts";
import type { OrchestratorDefinition } from "../replay/functions/definition.ts";
import { nextTime } from "./cron.ts";
import type { Context, Then } from "./execution.ts";
import { failureIn, LATE_MS, missed, scheduleOrchestrator, timeOf } from "./execution.ts";
import type { Control, DueRun, RunOutcome, ScheduleSpec, ScheduleState } from "./spec.ts";
import { hasSameTimes, SCHEDULER, sameSpec, scheduleActivity } from "./spec.ts";

/** `@@schedule`: a function or an orchestration at the times of a calendar. */
export const scheduler: OrchestratorDefinition = scheduleOrchestrator({ name: SCHEDULER, begun: withTimes, afterControl, afterTime });

async function afterControl(ctx: Context, state: ScheduleState, control: Control): Promise<Then> {
  const now = timeOf(ctx);
  switch (control.kind) {
    case "pause":
      return { ...state, isPaused: true, next: null, following: null };
    case "resume":
      return state.isPaused ? withTimes({ ...state, isPaused: false }, now) : state;
    case "trigger":
      return await afterRun(ctx, state, { ...lastOf(state), scheduledFor: now, isPastDue: false, isTriggered: true }, (ran) => ran);
    case "define":
      return redefined(state, control.spec, now);
    default:
      return assertNever(control);
  }
}

/** A changed time counts from now: the new one does not make up for times of the old one. */
function redefined(state: ScheduleState, spec: ScheduleSpec, now: number): ScheduleState {
  if (sameSpec(state.spec, spec)) return state;
  return hasSameTimes(state.spec, spec) ? { ...state, spec } : withTimes({ ...state, spec }, now);
}

async function afterTime(ctx: Context, state: ScheduleState, scheduledFor: number): Promise<Then> {
  const now = timeOf(ctx);
  const { following } = state;
  const isPastDue = now - scheduledFor > LATE_MS || (following !== null && following !== undefined && following <= now);
  if (isPastDue && state.spec.catchUp === "none") return withTimes(missed(state, scheduledFor), now);
  const due = { ...lastOf(state), scheduledFor, isPastDue, isTriggered: false };
  // The next time is looked for after the run: a timer that takes long never overlaps itself.
  return await afterRun(ctx, state, due, (ran) => withTimes(ran, Math.max(scheduledFor, timeOf(ctx))));
}

async function afterRun(ctx: Context, state: ScheduleState, due: DueRun, next: (ran: ScheduleState) => ScheduleState): Promise<Then> {
  const { name } = state.spec;
  const call = ctx.callActivity({ name: scheduleActivity(name) }, due);
  await ctx.any([call]);
  const last = { last: due.scheduledFor };
  if (!call.isFaulted) {
    const { started, skipped } = call.result as RunOutcome;
    return next({ ...state, ...last, lastInstanceId: started ?? state.lastInstanceId, lastProblem: skipped });
  }
  const { errorType, message } = failureOf(call);
  // Its app is gone, or has it no more. It begins again with the next worker that has it.
  if (errorType === "FunctionNotFoundError") return { ...state, isRemoved: true };
  ctx.log.error(`Schedule "${name}" failed: ${message}`, { schedule: name });
  return next({ ...state, ...last, lastProblem: message });
}

function failureOf(call: { readonly result: unknown }): Failure {
  try {
    void call.result;
  } catch (error) {
    const failure = failureIn(error);
    if (failure !== null) return failure;
  }
  return { errorType: "", message: "" };
}

const lastOf = ({ last, lastInstanceId }: ScheduleState) => ({ last, lastInstanceId });

/** Computed where an execution ends, and so recorded in the input of the next one. */
function withTimes(state: ScheduleState, after: number): ScheduleState {
  if (state.isPaused) return { ...state, next: null, following: null };
  const next = nextTime(state.spec, after);
  return { ...state, next, following: next === null ? null : nextTime(state.spec, next) };
}
