/** In ms. */
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A measured time: `40 ms`, `2.4 s`, `1 m 42 s`, `23 h 58 m`, `12 d 4 h`. */
export function durationText(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole < 100) return `${whole} ms`;
  return Math.round(whole / 100) < 600 ? `${(whole / SECOND).toFixed(1)} s` : longText(whole);
}

/** A time until something, or since: without a fraction that nobody reads. `6 s`, `1 m 42 s`. */
export function roughText(ms: number): string {
  const whole = Math.max(0, ms);
  if (whole < SECOND) return "less than 1 s";
  return whole < MINUTE ? `${Math.floor(whole / SECOND)} s` : longText(Math.floor(whole / SECOND) * SECOND);
}

/** With three digits, for columns of numbers: `0.04 s`, `2.91 s`, `41.6 s`, from a minute on as {@link durationText}. */
export function preciseText(ms: number): string {
  const whole = Math.max(0, ms);
  if (whole >= MINUTE) return longText(whole);
  return `${(whole / SECOND).toFixed(whole < 10 * SECOND ? 2 : 1)} s`;
}

/** Two units, rounded to the smaller one first: what rounds to an hour is written as one. */
function longText(ms: number): string {
  const inSeconds = Math.round(ms / SECOND) * SECOND;
  if (inSeconds < HOUR) return pair(inSeconds, MINUTE, "m", SECOND, "s");
  const inMinutes = Math.round(ms / MINUTE) * MINUTE;
  if (inMinutes < DAY) return pair(inMinutes, HOUR, "h", MINUTE, "m");
  return pair(Math.round(ms / HOUR) * HOUR, DAY, "d", HOUR, "h");
}

function pair(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.round((ms % large) / small);
  const first = `${Math.floor(ms / large)} ${largeName}`;
  return rest === 0 ? first : `${first} ${rest} ${smallName}`;
}

/** `318 B`, `4.2 KB`, `12 MB`: 1 KB is 1,024 bytes, as the limits of payloads are given. */
export function bytesText(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  const inKb = bytes / 1_024;
  return inKb < 1_024 ? `${shortNumber(inKb)} KB` : `${shortNumber(inKb / 1_024)} MB`;
}

const shortNumber = (value: number): string => (value < 10 ? value.toFixed(1).replace(/\.0$/, "") : String(Math.round(value)));
