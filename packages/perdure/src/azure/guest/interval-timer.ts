import { assertNever } from "../../model/assert-never.ts";
import type { OrchestratorDefinition } from "../../replay/functions/definition.ts";
import type { Context, Then } from "../../schedules/execution.ts";
import { failureIn, LATE_MS, missed, scheduleOrchestrator, timeOf } from "../../schedules/execution.ts";
import type { Control, DueRun, ScheduleState } from "../../schedules/spec.ts";
import { hasSameTimes, scheduleActivity } from "../../schedules/spec.ts";
import { INTERVAL_TIMER, intervalOf } from "../interval-timers.ts";

/**
 * As on Azure the next time is one interval after the beginning of the last run; a run that took longer is followed by the next one at once, and what was
 * missed while no worker ran by one run. While runs are in time the times do not drift.
 */
export const intervalTimer: OrchestratorDefinition = scheduleOrchestrator({
  name: INTERVAL_TIMER,
  begun: waiting,
  afterControl,
  afterTime,
});

async function afterControl(ctx: Context, state: ScheduleState, control: Control): Promise<Then> {
  const now = timeOf(ctx);
  switch (control.kind) {
    case "pause":
      return { ...state, isPaused: true, next: null };
    case "resume":
      return state.isPaused ? waiting({ ...state, isPaused: false }, now) : state;
    case "trigger":
      return await afterRun(ctx, state, { scheduledFor: now, isPastDue: false, isTriggered: true }, now);
    case "define":
      return redefined({ ...state, spec: control.spec }, hasSameTimes(state.spec, control.spec), now);
    default:
      return assertNever(control);
  }
}

/** Another interval counts from the last run, unless that is over by now. */
function redefined(state: ScheduleState, isSame: boolean, now: number): ScheduleState {
  if (isSame) return state;
  const fromLast = waiting(state, state.last ?? now);
  return typeof fromLast.next === "number" && fromLast.next < now ? waiting(state, now) : fromLast;
}

async function afterTime(ctx: Context, state: ScheduleState, scheduledFor: number): Promise<Then> {
  const now = timeOf(ctx);
  const isPastDue = now - scheduledFor > LATE_MS;
  if (isPastDue && state.spec.catchUp === "none") return waiting(missed(state, scheduledFor), now);
  return await afterRun(ctx, state, { scheduledFor, isPastDue, isTriggered: false }, isPastDue ? now : scheduledFor);
}

/** `began`: from when on the next interval counts. */
async function afterRun(
  ctx: Context,
  state: ScheduleState,
  due: Pick<DueRun, "scheduledFor" | "isPastDue" | "isTriggered">,
  began: number,
): Promise<Then> {
  const { name } = state.spec;
  const next = (lastProblem: string | null) => waiting({ ...state, last: due.scheduledFor, lastProblem }, began);
  try {
    await ctx.callActivity({ name: scheduleActivity(name) }, { ...due, last: state.last, lastInstanceId: null });
  } catch (error) {
    const failure = failureIn(error);
    if (failure === null) throw error;
    const { errorType, message } = failure;
    // Its app is gone, or has it no more. It begins again with the next worker that has it.
    if (errorType === "FunctionNotFoundError") return { ...state, isRemoved: true };
    ctx.log.error(`Timer "${name}" failed: ${message}`, { schedule: name });
    return next(message);
  }
  return next(null);
}

/** A timer for a time that has passed fires at once. */
function waiting(state: ScheduleState, from: number): ScheduleState {
  return { ...state, next: state.isPaused ? null : from + (intervalOf(state.spec.cron) ?? 0) };
}
