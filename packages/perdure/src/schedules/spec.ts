import { functionKey } from "../model/function-name.ts";
import type { InstanceId } from "../model/ids.ts";
import { instanceId } from "../model/ids.ts";

/** The orchestration behind every schedule: it waits for the next time, and calls the schedule's activity. */
export const SCHEDULER = "@@schedule";
/** What the instances of schedules are called, one for each. */
export const SCHEDULE_IDS = "@@schedule:";
/** The event by which a schedule is told something ({@link Control}). */
export const CONTROL = "@@control";

export const scheduleId = (name: string): InstanceId => instanceId(SCHEDULE_IDS + functionKey(name));
/** The activity that does what is due. A worker offers it where its app has the schedule. */
export const scheduleActivity = (name: string): string => `${SCHEDULER}:${name}`;

/** What a started orchestration is tagged with: the name of its schedule. */
export const SCHEDULE_TAG = "perdure.schedule";

/** When a schedule is due, and what becomes of times that could not be kept: what its code says, as it is recorded. */
export interface ScheduleSpec {
  readonly name: string;
  /** Five fields, or six with seconds first. */
  readonly cron: string;
  /** IANA name. */
  readonly timeZone: string;
  /** Whether an orchestration starts while the one before has not ended. */
  readonly overlap: "skip" | "allow";
  /** Times that passed while no worker ran: one run for all of them, or none. */
  readonly catchUp: "once" | "none";
  /** The orchestrator that it starts; null: it runs a function of its own. */
  readonly starts: string | null;
}

/** What a schedule is told. */
export type Control =
  | { readonly kind: "pause" | "resume" | "trigger" }
  /** Its code says something else now. */
  | { readonly kind: "define"; readonly spec: ScheduleSpec };

/** One time at which something is due: the input of the schedule's activity. Times are ms since 1970. */
export interface DueRun {
  readonly scheduledFor: number;
  readonly isPastDue: boolean;
  readonly isTriggered: boolean;
  readonly last: number | null;
  /** What was started last. */
  readonly lastInstanceId: string | null;
}

/** What became of it. */
export interface RunOutcome {
  /** The orchestration that was started; null: none was, or it is a timer. */
  readonly started: string | null;
  /** Why not; null: it ran. */
  readonly skipped: string | null;
}

/** Where a schedule stands: the input of each of its executions. What is computed from a calendar is in here, so that a replay never computes it again. */
export interface ScheduleState {
  readonly spec: ScheduleSpec;
  readonly isPaused: boolean;
  /** The time that is waited for; null: none, it is paused. Absent: not computed yet. */
  readonly next?: number | null;
  /** The time after that one. */
  readonly following?: number | null;
  /** The last time at which it ran, as scheduled. */
  readonly last: number | null;
  readonly lastInstanceId: string | null;
  /** Why the last run did not happen, or failed; null: it did. */
  readonly lastProblem: string | null;
}

export const newSchedule = (spec: ScheduleSpec): ScheduleState => ({
  spec,
  isPaused: false,
  last: null,
  lastInstanceId: null,
  lastProblem: null,
});

export const sameSpec = (one: ScheduleSpec, other: ScheduleSpec): boolean =>
  one.name === other.name &&
  hasSameTimes(one, other) &&
  one.overlap === other.overlap &&
  one.catchUp === other.catchUp &&
  one.starts === other.starts;

export const hasSameTimes = (one: ScheduleSpec, other: ScheduleSpec): boolean => one.cron === other.cron && one.timeZone === other.timeZone;
