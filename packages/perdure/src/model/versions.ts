import { assertNever } from "./assert-never.ts";
import type { NameKey } from "./function-name.ts";

/** Which instances code takes, by their version and its own: all · those of exactly its version · those of its version and of older ones. */
export type VersionMatch = "None" | "Strict" | "CurrentOrOlder";
/** What becomes of an instance whose version no live worker takes: it waits for one that does · it fails. */
export type VersionFailure = "Reject" | "Fail";

export const VERSION_MATCHES: readonly VersionMatch[] = ["None", "Strict", "CurrentOrOlder"];
export const VERSION_FAILURES: readonly VersionFailure[] = ["Reject", "Fail"];

/** One version, null being none at all; or that one and all older ones. */
export type VersionRange = string | null | { readonly upTo: string | null };

export const isExact = (range: VersionRange): range is string | null => typeof range !== "object" || range === null;

/** Which versions of instances are taken, by key of the name; of names that are not in here any. */
export type VersionRanges = ReadonlyMap<NameKey, readonly VersionRange[]>;

/** The same for a store, which compares no versions: each is listed. */
export type Versions = ReadonlyMap<NameKey, readonly (string | null)[]>;

/** Undefined: of all names any version, which costs nothing to know. */
export const takesVersion = (ranges: VersionRanges | undefined, key: NameKey, version: string | null): boolean =>
  ranges?.get(key)?.some((range) => isWithin(range, version)) ?? true;

const isWithin = (range: VersionRange, version: string | null): boolean =>
  isExact(range) ? range === version : compareVersions(version, range.upTo) <= 0;

/** What code of this version takes. */
export function rangeOf(own: string | null, match: Exclude<VersionMatch, "None">): VersionRange {
  switch (match) {
    case "Strict":
      return own;
    case "CurrentOrOlder":
      return { upTo: own };
    default:
      return assertNever(match);
  }
}

export const rangeText = (range: VersionRange): string => (isExact(range) ? versionText(range) : `${versionText(range.upTo)} or older`);

export const versionText = (version: string | null): string => (version === null ? "no version" : `"${version}"`);

/**
 * As Durable Functions compares versions: none and blank ones are equal, and before all others; two that have the form of a .NET `System.Version` (2 to 4
 * numbers) compare by numbers; all others as text without case, so "10" is before "9".
 */
export function compareVersions(one: string | null, other: string | null): number {
  const [a, b] = [one?.trim() ?? "", other?.trim() ?? ""];
  if (a === "" || b === "") return Number(a !== "") - Number(b !== "");
  const [x, y] = [numbersOf(a), numbersOf(b)];
  if (x === null || y === null) return compareText(a.toUpperCase(), b.toUpperCase());
  for (let i = 0; i < MOST_NUMBERS; i++) {
    const difference = (x[i] ?? -1) - (y[i] ?? -1); // "1.0" is before "1.0.0"
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

const MOST_NUMBERS = 4;
const LARGEST_NUMBER = 2_147_483_647;

function numbersOf(version: string): readonly number[] | null {
  if (!/^\d+(\.\d+){1,3}$/.test(version)) return null;
  const numbers = version.split(".").map(Number);
  return numbers.every((number) => number <= LARGEST_NUMBER) ? numbers : null;
}

const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
