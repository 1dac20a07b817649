/** What a setting may be. Everything arrives as text, as in .NET's configuration: `true` in a file and `"true"` in the environment are the same. */
export interface SettingKind<T> {
  readonly expected: string;
  /** Null: it is no such value. */
  readonly parse: (text: string) => T | null;
}

export const anyText: SettingKind<string> = { expected: "a text that is not empty", parse: (text) => (text.trim() === "" ? null : text) };

export const trueOrFalse: SettingKind<boolean> = {
  expected: "true or false",
  parse: (text) => ({ true: true, false: false })[text.trim().toLowerCase()] ?? null,
};

export const whole = (least: number, most: number = Number.MAX_SAFE_INTEGER): SettingKind<number> => ({
  expected: most === Number.MAX_SAFE_INTEGER ? `a whole number from ${least}` : `a whole number from ${least} to ${most}`,
  parse: (text) => {
    const value = /^\s*-?\d+\s*$/.test(text) ? Number(text) : Number.NaN;
    return value >= least && value <= most ? value : null;
  },
});

/** -1 is no limit: null inside. */
export const limit: SettingKind<{ readonly most: number | null }> = {
  expected: "a whole number from 1, or -1 for no limit",
  parse: (text) => {
    if (/^\s*-1\s*$/.test(text)) return { most: null };
    const most = whole(1).parse(text);
    return most === null ? null : { most };
  },
};

export const listOfTexts: SettingKind<readonly string[]> = {
  expected: "a list of texts",
  parse: (text) => {
    try {
      const value: unknown = JSON.parse(text);
      return Array.isArray(value) && value.every((one) => typeof one === "string") ? value : null;
    } catch {
      return null;
    }
  },
};

/** Compared without case, as .NET reads the names of an enumeration. */
export const oneOf = <Name extends string>(...names: readonly Name[]): SettingKind<Name> => ({
  expected: `one of ${names.join(", ")}`,
  parse: (text) => names.find((name) => name.toLowerCase() === text.trim().toLowerCase()) ?? null,
});

const PARTS = /^\s*(-)?(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?\s*$/;
const DAY_MS = 86_400_000;

/** .NET's TimeSpan in milliseconds: `00:05:00`, `1.02:03:04.5`, or a number of days. */
export function parseTimeSpan(text: string): number | null {
  if (/^\s*\d+\s*$/.test(text)) return Number(text) * DAY_MS;
  const [all, minus, days = "0", hours = "0", minutes = "0", seconds = "0", fraction = "0"] = PARTS.exec(text) ?? [];
  if (all === undefined || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  const ms = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000 + Math.floor(Number(`0.${fraction}`) * 1_000);
  return (Number(days) * DAY_MS + ms) * (minus === undefined ? 1 : -1);
}

/** Milliseconds, not below `leastMs`. */
export const timeSpan = (leastMs = 0): SettingKind<number> => ({
  expected: `a time such as "00:05:00"${leastMs === 0 ? "" : `, not below ${leastMs / 1_000} s`}`,
  parse: (text) => {
    const ms = parseTimeSpan(text);
    return ms !== null && ms >= leastMs ? ms : null;
  },
});

/** Milliseconds; null inside: without an end (`-1`). */
export const timeout: SettingKind<{ readonly ms: number | null }> = {
  expected: 'a time from one second on, such as "00:10:00", or "-1" for none',
  parse: (text) => {
    if (/^\s*-1\s*$|^\s*-00:00:00\.0010*\s*$/.test(text)) return { ms: null };
    const ms = timeSpan(1_000).parse(text);
    return ms === null ? null : { ms };
  },
};
