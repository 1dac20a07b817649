import { isoTime } from "../../model/time.ts";

/** `yyyy-MM-ddTHH:mm:ssZ`: the status object has whole seconds, cut off. */
export const wholeSeconds = (ms: number): string => `${isoTime(ms).slice(0, 19)}Z`;

/** As .NET's JSON writer does: the fraction without trailing zeros, none for a whole second. */
export function fullTime(ms: number): string {
  const iso = isoTime(ms);
  const fraction = iso.slice(20, 23).replace(/0+$/, "");
  return `${iso.slice(0, 19)}${fraction === "" ? "" : `.${fraction}`}Z`;
}

const CLOCK = String.raw`(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?`;
const ISO = new RegExp(String.raw`^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]${CLOCK})?\s*(Z|[+-]\d{1,2}:\d{2})?$`, "i");
const AMERICAN = new RegExp(String.raw`^(\d{1,2})/(\d{1,2})/(\d{4})(?: ${CLOCK}(?: ?(AM|PM))?)?$`, "i");
const HTTP_DATE = /^[a-z]{3}, \d{2} [a-z]{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/i;

/**
 * Milliseconds since 1970 of a date as `DateTime.TryParse` reads it, or null. ISO 8601 with one or two digits for month, day and hour, the
 * invariant culture's month/day/year, and HTTP dates; without a zone it is UTC. Years below 1000 may come without their zeros (Python's strftime).
 */
export function parseDotNetDate(text: string): number | null {
  const trimmed = text.trim().replace(/^(\d{1,3})-/, (_, year: string) => `${year.padStart(4, "0")}-`);
  const iso = ISO.exec(trimmed);
  if (iso !== null) {
    const [, year, month, day, hour, minute, second, fraction, zone] = iso;
    return utc({ year, month, day, hour, minute, second, fraction, zone });
  }
  const american = AMERICAN.exec(trimmed);
  if (american !== null) {
    const [, month, day, year, hour, minute, second, fraction, half] = american;
    return utc({ year, month, day, hour: hourOfHalf(hour, half), minute, second, fraction, zone: undefined });
  }
  return HTTP_DATE.test(trimmed) && !Number.isNaN(Date.parse(trimmed)) ? Date.parse(trimmed) : null;
}

type Part = string | undefined;
type Parts = { readonly [part in "year" | "month" | "day" | "hour" | "minute" | "second" | "fraction" | "zone"]: Part };

/** Null for a day or an hour that the calendar does not have. */
function utc(parts: Parts): number | null {
  const [year, month, day, hour, minute, second] = [parts.year, parts.month, parts.day, parts.hour, parts.minute, parts.second].map(
    numberOf,
  );
  const date = new Date(0);
  date.setUTCFullYear(year ?? 0, (month ?? 0) - 1, day ?? 0);
  const real = date.getUTCFullYear() === year && date.getUTCMonth() + 1 === month && date.getUTCDate() === day;
  if (!real || year === 0 || (hour ?? 0) > 23 || (minute ?? 0) > 59 || (second ?? 0) > 59) return null;
  date.setUTCHours(hour ?? 0, minute ?? 0, second ?? 0, Math.floor(Number(`0.${parts.fraction ?? "0"}`) * 1_000));
  return date.getTime() - zoneMs(parts.zone);
}

const numberOf = (part: Part): number => Number(part ?? "0");

function zoneMs(zone: Part): number {
  if (zone === undefined || zone.toUpperCase() === "Z") return 0;
  const [hours, minutes] = zone.slice(1).split(":").map(Number);
  return (zone.startsWith("-") ? -1 : 1) * ((hours ?? 0) * 60 + (minutes ?? 0)) * 60_000;
}

/** "12 AM" is midnight. 24 marks an hour that a half-day clock does not have. */
function hourOfHalf(hour: Part, half: Part): Part {
  if (hour === undefined || half === undefined) return hour;
  const value = Number(hour);
  if (value < 1 || value > 12) return "24";
  return String((value % 12) + (half.toUpperCase() === "PM" ? 12 : 0));
}
