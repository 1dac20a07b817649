import { LAST_TIME, parseDate } from "./time.ts";

/** `"20s"`, `"1.5h"`, `"250ms"`, `"7d"`. */
export type DurationText = `${number}${"ms" | "s" | "m" | "h" | "d"}`;

export interface DurationParts {
  readonly days?: number;
  readonly hours?: number;
  readonly minutes?: number;
  readonly seconds?: number;
  readonly milliseconds?: number;
}

export type Duration = DurationText | DurationParts;

/** What the parsers below take, for error messages. */
export const DURATION_FORM = 'a duration such as "20s", "1.5h" or { minutes: 5 }';

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const PART_MS = { days: 86_400_000, hours: 3_600_000, minutes: 60_000, seconds: 1_000, milliseconds: 1 } as const;
const TEXT = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/**
 * Whole milliseconds of a duration, or null when it is none: unknown unit or part, a part without a value, no part at all, negative, NaN. A part
 * that is missing never counts as 0. Durations that end after the year 9999 whenever they begin are all the same: for ever.
 */
export function parseDuration(duration: unknown): number | null {
  if (typeof duration === "string") return parseText(duration);
  return durationProblem(duration) === null ? sumOf(duration as DurationParts) : null;
}

/** Why a value is not a duration, as a part of an error message; null where nothing more helpful than the expected form can be said, or nothing is wrong. */
export function durationProblem(duration: unknown): string | null {
  if (typeof duration === "number") return "a number alone has no unit";
  if (typeof duration === "string") return /^-/.test(duration) ? "it is negative" : null;
  if (typeof duration !== "object" || duration === null || Array.isArray(duration))
    return "it is neither a string nor an object such as { minutes: 5 }";
  if (parseDate(duration) !== null) return "a Date is a point in time, not a duration";
  if (duration instanceof Date) return "it is an invalid Date";
  const parts = Object.entries(duration);
  if (parts.length === 0) return "the object is empty";
  for (const [part, amount] of parts) {
    if (!isPart(part)) return `"${part}" is not one of ${Object.keys(PART_MS).join(", ")}`;
    if (amount === undefined) return `its "${part}" is undefined`;
    if (typeof amount !== "number" || Number.isNaN(amount)) return `its "${part}" is not a number`;
    if (amount < 0) return `its "${part}" is negative`;
  }
  return null;
}

function sumOf(parts: DurationParts): number {
  let total = 0;
  for (const [part, amount] of Object.entries(parts)) if (isPart(part)) total += amount * PART_MS[part];
  return rounded(total);
}

function parseText(text: string): number | null {
  const match = TEXT.exec(text);
  if (match === null) return null;
  const unit = match[2] as keyof typeof UNIT_MS;
  return rounded(Number(match[1]) * UNIT_MS[unit]);
}

const rounded = (ms: number): number => Math.min(Math.round(ms), LAST_TIME);

const isPart = (key: string): key is keyof typeof PART_MS => Object.hasOwn(PART_MS, key);
