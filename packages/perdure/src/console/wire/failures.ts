import type { CodeSite, Count, InstanceRow } from "./inspected.ts";

/** GET `/failures?endedFrom=&name=&version=`. */
export interface Failures {
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
  readonly errorType: string;
  /** Without numbers, ids and quoted texts. */
  readonly message: string;
  readonly count: number;
  readonly first: number;
  readonly last: number;
  /** Of the last 24 hours, one for each hour, oldest first. */
  readonly hours: readonly number[];
  readonly site: CodeSite | null;
  readonly stack: string | null;
  readonly newest: readonly InstanceRow[];
  /** Ids of all that were looked at, newest first, 1,000 at most: what a restart of the group begins with. */
  readonly ids: readonly string[];
}
