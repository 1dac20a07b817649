import type { Failure } from "../model/failure.ts";
import type { OrchestratorDefinition } from "../replay/functions/definition.ts";
import type { Control, ScheduleState } from "./spec.ts";
import { CONTROL } from "./spec.ts";

export type Context = Parameters<OrchestratorDefinition["run"]>[0];

/** What begins later than this after its time says so. A busy store may take a second or two. */
export const LATE_MS = 10_000;

/** With which state the next execution begins; `isRemoved`: there is none. */
export type Then = ScheduleState | { readonly isRemoved: true };

/** What differs between a calendar and an interval: which time comes next. */
export interface ScheduleKind {
  readonly name: string;
  /** Of a schedule that has no time yet. */
  readonly begun: (state: ScheduleState, now: number) => ScheduleState;
  readonly afterControl: (ctx: Context, state: ScheduleState, control: Control) => Promise<Then>;
  readonly afterTime: (ctx: Context, state: ScheduleState, scheduledFor: number) => Promise<Then>;
}

/**
 * Each execution waits for one time, or for one word from outside, and continues as new with what it has learned. So the history never grows, and the
 * next time comes from the schedule and not from the last run: nothing drifts.
 */
export const scheduleOrchestrator = (kind: ScheduleKind): OrchestratorDefinition => ({
  name: kind.name,
  version: null,
  retry: null,
  input: null,
  output: null,
  run: (context, input) => oneExecution(kind, context, input as ScheduleState), // written by `newSchedule` and by executions of this function
});

async function oneExecution(kind: ScheduleKind, ctx: Context, state: ScheduleState): Promise<unknown> {
  if (state.next === undefined) return ctx.continueAsNew(kind.begun(state, timeOf(ctx)));
  const told = ctx.waitForExternalEvent({ name: CONTROL });
  const due = state.next;
  const timer = due === null ? null : ctx.createTimer(new Date(due));
  await (timer === null ? told : ctx.any([told, timer]));
  let then: Then = state;
  if (told.isCompleted) timer?.cancel();
  else then = await kind.afterTime(ctx, state, due ?? 0);
  // A word that came while the run was under way was taken by this execution: the next one never sees it.
  if (told.isCompleted && !("isRemoved" in then)) then = await kind.afterControl(ctx, then, told.result as Control);
  return "isRemoved" in then ? then : ctx.continueAsNew(then);
}

/** Of a time that is past due, for a schedule that makes up for none. */
export const missed = (state: ScheduleState, scheduledFor: number): ScheduleState => ({
  ...state,
  lastProblem: `it could not run at ${new Date(scheduledFor).toISOString()}, and it does not catch up`,
});

export const timeOf = (ctx: Context): number => ctx.currentUtcDateTime.getTime();

/** What a run has failed with; null: the error is of something else. */
export const failureIn = (error: unknown): Failure | null =>
  error instanceof Error && "failure" in error ? (error.failure as Failure) : null;
