const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
] as const;

/** Milliseconds for people, in the largest unit that says it with one decimal at most: 250 ms, 1.5 h, 1000 d. */
export function timeWords(ms: number): string {
  for (const [unit, length] of UNITS) if (ms >= length && (10 * ms) % length === 0) return `${ms / length} ${unit}`;
  return ms >= 1_000 ? `${ms / 1_000} s` : `${ms} ms`;
}
