/**
 * The one rule for all times. An instant is whole milliseconds since 1970, from 1970-01-01 to the end of the year 9999: what lies beyond is that
 * limit, so that "for ever" works everywhere, every instant can be written as a date, and sums stay exact integers. What is not a time (an
 * invalid Date, NaN) is refused by the parsers.
 */
export const FIRST_TIME = 0;
/** 9999-12-31T23:59:59.999Z. */
export const LAST_TIME = 253_402_300_799_999;

/** The nearest instant within the limits; NaN counts as long past. */
export const clampTime = (ms: number): number => (ms >= FIRST_TIME ? (ms <= LAST_TIME ? Math.trunc(ms) : LAST_TIME) : FIRST_TIME);

/** The instant `ms` after another. What is asked for and what is recorded must be the same number, so both sides clamp. */
export const timeAfter = (instant: number, ms: number): number => clampTime(instant + ms);

/** The instant of a Date, also of another realm's; null for an invalid one and for anything else. */
export function parseDate(value: unknown): number | null {
  if (typeof value !== "object" || value === null) return null;
  try {
    const ms = Date.prototype.getTime.call(value as Date);
    return Number.isNaN(ms) ? null : clampTime(ms);
  } catch {
    return null;
  }
}

/** ISO 8601 of an instant. Never throws, whatever a store or a user gave. */
export const isoTime = (ms: number): string => new Date(clampTime(ms)).toISOString();
