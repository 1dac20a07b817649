import { clampTime } from "./time.ts";

/** For messages: well-known forms. */
export const DATE_EXAMPLES = '"2026-01-31", "2026-01-31T12:00:00Z" or "Jan 31, 2026"';

const YEAR_FIRST = /^(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?=$|[T\s]|Z|[+-])/i;
const YEAR_AND_MONTH = /^(\d{4})-(\d{1,2})$/;
const MONTH_FIRST = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?=$|\s)/;
const WEEKDAY = /^(sun|mon|tue|wed|thu|fri|sat)[a-z]*,?\s+/i;
const DAY_AND_MONTH_NAME = /^(\d{1,2})[\s-]([a-z]+)\.?,?[\s-](\d{4})(?=$|\s)/i;
const MONTH_NAME_AND_DAY = /^([a-z]+)\.?\s+(\d{1,2})(?:,\s*|\s+)(\d{4})(?=$|\s)/i;
/** As `date` and C's `ctime` print it: the year comes last. */
const YEAR_LAST = /^([a-z]+)\s+(\d{1,2})\s+(\d{1,2}:\d{2}:\d{2})\s+(?:(UTC|GMT|Z)\s+)?(\d{4})$/i;
const CLOCK = /^(?:T|\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(?:\s?(AM|PM))?/i;
const ZONE = /^\s*(?:(?:GMT|UTC)?([+-])(\d{1,2})(?::?(\d{2}))?(?:\s\([^)]*\))?|Z|GMT|UTC)?$/i;

const MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const DAY_MS = 86_400_000;

/**
 * Milliseconds since 1970, or null when it cannot be read as a date. The one parser for the command line, the HTTP API and the filters of the
 * library. It reads what .NET's `DateTime.TryParse` reads in the invariant culture (Azure's clients write such dates), what `date` and JavaScript's
 * `Date` print, and HTTP dates. Without a zone a date is UTC; without a time of day it is its first moment. A bare number is refused: seconds and
 * milliseconds since 1970, and `20210101`, look alike.
 */
export function parseDateText(text: string): number | null {
  // Years below 1000 may come without their zeros (Python's strftime).
  const trimmed = text.trim().replace(/^(\d{1,3})-(?=\d)/, (_, year: string) => `${year.padStart(4, "0")}-`);
  const weekday = WEEKDAY.exec(trimmed);
  const dated = dayOf(weekday === null ? trimmed : trimmed.slice(weekday[0].length));
  if (dated === null) return null;
  if (weekday !== null && new Date(dated.day).getUTCDay() !== WEEKDAYS.indexOf((weekday[1] ?? "").toLowerCase())) return null;
  const clock = CLOCK.exec(dated.rest);
  const ofDay = clock === null ? 0 : clockMs(clock);
  const zone = ZONE.exec(clock === null ? dated.rest : dated.rest.slice(clock[0].length));
  if (ofDay === null || zone === null) return null;
  const offset = zoneMs(zone);
  return offset === null ? null : clampTime(dated.day + ofDay - offset);
}

interface Dated {
  /** Its first moment in UTC. */
  readonly day: number;
  /** Time of day and zone, as strings. */
  readonly rest: string;
}

function dayOf(text: string): Dated | null {
  const yearLast = YEAR_LAST.exec(text);
  if (yearLast !== null) return dated(yearLast[5], monthNamed(yearLast[1]), yearLast[2], ` ${yearLast[3]}`);
  const numbers = YEAR_FIRST.exec(text);
  if (numbers !== null) return dated(numbers[1], Number(numbers[3]), numbers[4], text.slice(numbers[0].length));
  const month = YEAR_AND_MONTH.exec(text);
  if (month !== null) return dated(month[1], Number(month[2]), "1", "");
  const american = MONTH_FIRST.exec(text);
  if (american !== null) return dated(american[3], Number(american[1]), american[2], text.slice(american[0].length));
  const dayFirst = DAY_AND_MONTH_NAME.exec(text);
  if (dayFirst !== null) return dated(dayFirst[3], monthNamed(dayFirst[2]), dayFirst[1], text.slice(dayFirst[0].length));
  const nameFirst = MONTH_NAME_AND_DAY.exec(text);
  return nameFirst === null ? null : dated(nameFirst[3], monthNamed(nameFirst[1]), nameFirst[2], text.slice(nameFirst[0].length));
}

/** Null for a day that the calendar does not have. */
function dated(yearText: string | undefined, month: number, dayText: string | undefined, rest: string): Dated | null {
  const [year, day] = [Number(yearText), Number(dayText)];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const isReal = year > 0 && date.getUTCFullYear() === year && date.getUTCMonth() + 1 === month && date.getUTCDate() === day;
  return isReal ? { day: date.getTime(), rest } : null;
}

/** 1 to 12; 0 for a word that is not a month. Three letters are enough. */
function monthNamed(word = ""): number {
  const name = word.toLowerCase();
  return name.length < 3 ? 0 : MONTHS.findIndex((month) => month.startsWith(name)) + 1;
}

/** Null for a time that no clock shows; "24:00" is the end of the day. "12 AM" is midnight. */
function clockMs([, hourText, minuteText, secondText = "0", fraction = "0", half]: RegExpExecArray): number | null {
  const [hour, minute, second] = [Number(hourText), Number(minuteText), Number(secondText)];
  if (minute > 59 || second > 59) return null;
  const ofHour = minute * 60_000 + second * 1_000 + Math.floor(Number(`0.${fraction}`) * 1_000);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return null;
    return ((hour % 12) + (half.toUpperCase() === "PM" ? 12 : 0)) * 3_600_000 + ofHour;
  }
  if (hour === 24) return ofHour === 0 ? DAY_MS : null;
  return hour > 23 ? null : hour * 3_600_000 + ofHour;
}

/** How far the zone is ahead of UTC; null for more than any zone is. */
function zoneMs([, sign, hoursText = "0", minutesText = "0"]: RegExpExecArray): number | null {
  const [hours, minutes] = [Number(hoursText), Number(minutesText)];
  if (hours > 14 || minutes > 59) return null;
  return (sign === "-" ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
