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

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const PART_MS = { days: 86_400_000, hours: 3_600_000, minutes: 60_000, seconds: 1_000, milliseconds: 1 } as const;
const TEXT = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** Milliseconds (rounded to whole ones) of a duration, or null when it is none: unknown unit, unknown part, negative, not finite. */
export function parseDuration(duration: unknown): number | null {
  if (typeof duration === "string") return parseText(duration);
  if (typeof duration !== "object" || duration === null) return null;
  let total = 0;
  for (const [part, amount] of Object.entries(duration)) {
    if (amount === undefined) continue;
    if (!isPart(part) || typeof amount !== "number" || !(amount >= 0) || !Number.isFinite(amount)) return null;
    total += amount * PART_MS[part];
  }
  return Math.round(total);
}

function parseText(text: string): number | null {
  const match = TEXT.exec(text);
  if (match === null) return null;
  const unit = match[2] as keyof typeof UNIT_MS;
  return Math.round(Number(match[1]) * UNIT_MS[unit]);
}

const isPart = (key: string): key is keyof typeof PART_MS => Object.hasOwn(PART_MS, key);
