import type { Cron } from "croner";
import { fault } from "../errors/perdure-error.ts";
import type { ScheduleSpec } from "./spec.ts";

type CronClass = typeof Cron;

let loaded: CronClass | null = null;

/** To be called before {@link nextTime}; loaded only where an app has schedules, since it takes 20 ms (November 2026). Throws SCHEDULE_INVALID. */
export async function loadCron(specs: readonly ScheduleSpec[]): Promise<void> {
  if (specs.length === 0) return;
  loaded ??= (await import("croner")).Cron;
  for (const spec of specs) checkSpec(spec);
}

function checkSpec(spec: ScheduleSpec): void {
  let first: number | null;
  try {
    first = nextTime(spec, 0);
  } catch (error) {
    throw fault("SCHEDULE_INVALID", spec.name, spec.cron, spec.timeZone, error instanceof Error ? error.message : String(error));
  }
  if (first === null) throw fault("SCHEDULE_INVALID", spec.name, spec.cron, spec.timeZone, "no day of any year fits it");
}

/**
 * The first time after `after` at which it is due, ms since 1970; null: never again. Pure, but for the rules of time zones that Node has: what it gives is
 * recorded. Day of month and day of week must both fit. A pattern without wildcards and steps in its time of day runs once on every day: at the end of the
 * gap when clocks go forward over its time, at the first of both when they go back over it. Others skip a gap and run through the repeated hour.
 */
export function nextTime({ cron, timeZone }: ScheduleSpec, after: number): number | null {
  if (loaded === null) throw fault("INTERNAL", "a schedule was asked for its next time before it was loaded");
  return patternOf(loaded, cron, timeZone).nextRun(new Date(after))?.getTime() ?? null;
}

/** Parsed ones: an app has few. */
const patterns = new Map<string, Cron>();
const MOST_PATTERNS = 1_000;

function patternOf(Pattern: CronClass, cron: string, timeZone: string): Cron {
  const key = `${timeZone} ${cron}`;
  const known = patterns.get(key);
  if (known !== undefined) return known;
  if (patterns.size >= MOST_PATTERNS) patterns.clear();
  const pattern = new Pattern(cron, {
    timezone: timeZone,
    paused: true,
    domAndDow: true,
    mode: "5-or-6-parts",
    fixedTimeRule: "no-wildcard",
  });
  patterns.set(key, pattern);
  return pattern;
}
