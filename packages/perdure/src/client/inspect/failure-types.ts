import type { CodeSite, Count, InspectedRow } from "./row-types.ts";

/** Of those that failed; those that are stopped need someone whenever that was. */
export interface FailureFilter {
  /** Default: 24 hours ago. */
  readonly endedFrom?: number;
  readonly name?: string;
  readonly version?: string;
}

export interface InspectedFailures {
  readonly groups: readonly FailureGroup[];
  /** So many of the newest were looked at; `isExact` false: there are more. */
  readonly looked: Count;
  readonly from: number;
}

export interface FailureGroup {
  /** Names the group in links: the same failures have the same one. */
  readonly fingerprint: string;
  readonly kind: "failed" | "stopped";
  readonly name: string;
  readonly version: string | null;
  /** Activity, entity or child that it came from, if that is known. */
  readonly from: string | null;
  /** Of a stopped one the code of its reason. */
  readonly errorType: string;
  /** Without numbers, ids and quoted texts, if they differ. */
  readonly message: string;
  readonly count: number;
  readonly first: number;
  readonly last: number;
  /** Of the last 24 hours, one for each hour, oldest first. */
  readonly hours: readonly number[];
  readonly site: CodeSite | null;
  /** Of the newest. */
  readonly stack: string | null;
  readonly newest: readonly InspectedRow[];
  /** Of all that were looked at, newest first, 1,000 at most: what a restart of the group begins with. */
  readonly ids: readonly string[];
}
