/** Where times are shown: in the browser's zone, and beside it in UTC. */
export type Zone = "local" | "utc";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;
const DAY_MS = 86_400_000;

interface Parts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly clock: string;
  readonly ms: string;
}

/** `14:02:11`. */
export const clockText = (at: number, zone: Zone = "local"): string => partsOf(at, zone).clock;

/** `14:02:11.204`. */
export function exactClockText(at: number, zone: Zone = "local"): string {
  const { clock, ms } = partsOf(at, zone);
  return `${clock}.${ms}`;
}

/** `today 14:02:11`, `yesterday 14:02:11`, `tomorrow 14:02:12`, `29 Nov 14:02:11`, `29 Nov 2025 14:02:11`. */
export function dayText(at: number, now: number, zone: Zone = "local"): string {
  const parts = partsOf(at, zone);
  const today = partsOf(now, zone);
  // Of dates alone, so that a day of 23 or 25 hours counts as one.
  const days = Math.round((dateOf(parts) - dateOf(today)) / DAY_MS);
  const named = days === 0 ? "today" : days === 1 ? "tomorrow" : days === -1 ? "yesterday" : null;
  const date = `${parts.day} ${MONTHS[parts.month]}`;
  return `${named ?? (parts.year === today.year ? date : `${date} ${parts.year}`)} ${parts.clock}`;
}

/** What a pointer over a time shows: `2026-11-29 12:02:11.204 UTC`. */
export const utcText = (at: number): string => `${new Date(at).toISOString().replace("T", " ").replace("Z", "")} UTC`;

const dateOf = ({ year, month, day }: Parts): number => Date.UTC(year, month, day);

function partsOf(at: number, zone: Zone): Parts {
  const date = new Date(at);
  const utc = zone === "utc";
  const hours = utc ? date.getUTCHours() : date.getHours();
  const minutes = utc ? date.getUTCMinutes() : date.getMinutes();
  return {
    year: utc ? date.getUTCFullYear() : date.getFullYear(),
    month: utc ? date.getUTCMonth() : date.getMonth(),
    day: utc ? date.getUTCDate() : date.getDate(),
    clock: [hours, minutes, date.getUTCSeconds()].map((value) => String(value).padStart(2, "0")).join(":"),
    ms: String(date.getUTCMilliseconds()).padStart(3, "0"),
  };
}
