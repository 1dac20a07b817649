import type { TriggerSpec } from "../app-threads/guest.ts";
import type { ScheduleSpec } from "../schedules/spec.ts";
import { parseTimeSpan } from "./settings/setting-values.ts";

/** The orchestration behind a timer function whose schedule is a TimeSpan. Its ids, its state and what it is told are those of all schedules. */
export const INTERVAL_TIMER = "@@interval";

/** Milliseconds; null: it is a pattern of cron, or nothing at all. A single number is a number of days, as in .NET. */
export function intervalOf(schedule: string): number | null {
  const ms = parseTimeSpan(schedule);
  return ms !== null && ms > 0 ? ms : null;
}

/** As of every timer; the pattern is the TimeSpan. */
export function intervalSpecs(triggers: readonly TriggerSpec[]): readonly ScheduleSpec[] {
  return triggers.flatMap((trigger) => {
    if (trigger.kind !== "timer" || intervalOf(trigger.schedule) === null) return [];
    const { name, schedule, useMonitor } = trigger;
    const catchUp = useMonitor ? "once" : "none";
    return [{ name, cron: schedule.trim(), timeZone: "UTC", overlap: "skip", catchUp, starts: null }];
  });
}
