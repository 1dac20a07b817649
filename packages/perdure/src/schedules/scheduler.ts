import { assertNever } from "../model/assert-never.ts";
import type { OrchestratorDefinition } from "../replay/functions/definition.ts";
import { nextTime } from "./cron.ts";
import type { Control, DueRun, RunOutcome, ScheduleSpec, ScheduleState } from "./spec.ts";
import { CONTROL, hasSameTimes, SCHEDULER, sameSpec, scheduleActivity } from "./spec.ts";

type Context = Parameters<OrchestratorDefinition["run"]>[0];

/** What begins later than this after its time says so. A busy store may take a second or two. */
const LATE_MS = 10_000;

/**
 * `@@schedule`: each execution waits for one time, or for one word from outside, and continues as new with what it has learned. So the history never
 * grows, and the next time comes from the calendar and not from the last run: nothing drifts.
 */
export const scheduler: OrchestratorDefinition = {
  name: SCHEDULER,
  version: null,
  retry: null,
  input: null,
  output: null,
  run: (context, input) => oneExecution(context, input as ScheduleState), // written by `newSchedule` and by executions of this function
};

async function oneExecution(ctx: Context, state: ScheduleState): Promise<unknown> {
  if (state.next === undefined) return ctx.continueAsNew(withTimes(state, ctx.currentUtcDateTime.getTime()));
  const told = ctx.waitForExternalEvent({ name: CONTROL });
  const due = state.next;
  const timer = due === null ? null : ctx.createTimer(new Date(due));
  await (timer === null ? told : ctx.any([told, timer]));
  if (told.isCompleted) {
    timer?.cancel();
    return await afterControl(ctx, state, told.result as Control);
  }
  return await afterTime(ctx, state, due ?? 0);
}

async function afterControl(ctx: Context, state: ScheduleState, control: Control): Promise<unknown> {
  const now = ctx.currentUtcDateTime.getTime();
  switch (control.kind) {
    case "pause":
      return ctx.continueAsNew({ ...state, isPaused: true, next: null, following: null });
    case "resume":
      return ctx.continueAsNew(state.isPaused ? withTimes({ ...state, isPaused: false }, now) : state);
    case "trigger":
      return await afterRun(ctx, state, { ...lastOf(state), scheduledFor: now, isPastDue: false, isTriggered: true }, (ran) => ran);
    case "define":
      return ctx.continueAsNew(redefined(state, control.spec, now));
    default:
      return assertNever(control);
  }
}

/** A changed time counts from now: the new one does not make up for times of the old one. */
function redefined(state: ScheduleState, spec: ScheduleSpec, now: number): ScheduleState {
  if (sameSpec(state.spec, spec)) return state;
  return hasSameTimes(state.spec, spec) ? { ...state, spec } : withTimes({ ...state, spec }, now);
}

async function afterTime(ctx: Context, state: ScheduleState, scheduledFor: number): Promise<unknown> {
  const now = ctx.currentUtcDateTime.getTime();
  const { following } = state;
  const isPastDue = now - scheduledFor > LATE_MS || (following !== null && following !== undefined && following <= now);
  if (isPastDue && state.spec.catchUp === "none") {
    const lastProblem = `it could not run at ${new Date(scheduledFor).toISOString()}, and it does not catch up`;
    return ctx.continueAsNew(withTimes({ ...state, lastProblem }, now));
  }
  const due = { ...lastOf(state), scheduledFor, isPastDue, isTriggered: false };
  // The next time is looked for after the run: a timer that takes long never overlaps itself.
  return await afterRun(ctx, state, due, (ran) => withTimes(ran, Math.max(scheduledFor, ctx.currentUtcDateTime.getTime())));
}

async function afterRun(ctx: Context, state: ScheduleState, due: DueRun, next: (ran: ScheduleState) => ScheduleState): Promise<unknown> {
  const { name } = state.spec;
  const call = ctx.callActivity({ name: scheduleActivity(name) }, due);
  await ctx.any([call]);
  const last = { last: due.scheduledFor };
  if (!call.isFaulted) {
    const { started, skipped } = call.result as RunOutcome;
    return ctx.continueAsNew(next({ ...state, ...last, lastInstanceId: started ?? state.lastInstanceId, lastProblem: skipped }));
  }
  const { errorType, message } = failureOf(call);
  // Its app is gone, or has it no more. It begins again with the next worker that has it.
  if (errorType === "FunctionNotFoundError") return { ...state, isRemoved: true };
  ctx.log.error(`Schedule "${name}" failed: ${message}`, { schedule: name });
  return ctx.continueAsNew(next({ ...state, ...last, lastProblem: message }));
}

function failureOf(call: { readonly result: unknown }): { readonly errorType: string; readonly message: string } {
  try {
    void call.result;
  } catch (error) {
    if (error instanceof Error && "failure" in error) return error.failure as { readonly errorType: string; readonly message: string };
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
