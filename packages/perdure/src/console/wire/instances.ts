import type { RuntimeStatus } from "../../model/status.ts";
import type { Preview } from "./common.ts";

/** A line of a list. */
export interface InstanceRow {
  readonly id: string;
  readonly name: string;
  readonly version: string | null;
  readonly status: RuntimeStatus;
  readonly createdAt: number;
  /** A start that is not due before this. */
  readonly startAt: number | null;
  readonly updatedAt: number;
  readonly completedAt: number | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly parentId: string | null;
  /** How often it continued as new. */
  readonly generation: number;
  /** Worker that has it in memory. */
  readonly owner: number | null;
  readonly stopped: StopReason | null;
  /** Of one that failed or was terminated: the failure, or the reason, on one line. */
  readonly note: string | null;
}

export interface StopReason {
  readonly code: string;
  readonly message: string;
  readonly at: number;
  /** It continues by itself when code that fits is deployed. */
  readonly codeMayCure: boolean;
}

/** Query of GET `/instances`; lists are separated by commas. */
export interface InstanceFilter {
  readonly status?: readonly RuntimeStatus[];
  readonly open?: boolean;
  readonly stopped?: boolean;
  readonly name?: string;
  readonly version?: string;
  readonly idPrefix?: string;
  /** `key` or `key:value`; all of them. */
  readonly tag?: readonly string[];
  readonly createdFrom?: number;
  readonly createdTo?: number;
  readonly endedFrom?: number;
  readonly endedTo?: number;
  readonly parentId?: string;
  /** Part of the text of a failure. */
  readonly errorText?: string;
}

export interface InstanceQuery extends InstanceFilter {
  /** Default `newest`, by the time of creation; `ended`: the last to end first. */
  readonly order?: "newest" | "oldest" | "ended";
  /** Default 100, at most 1,000. */
  readonly limit?: number;
  readonly cursor?: string;
}

export interface InstanceList {
  readonly rows: readonly InstanceRow[];
  /** Null: there are no more. */
  readonly cursor: string | null;
  /** The page is short because so many rows were looked at: it has come this far back. Null: the page is full, or the last. */
  readonly reachedBackTo: number | null;
}

/** POST `/instances/lookup`, up to 100 ids, or the children of one. Those that are gone are left out. */
export type Lookup = { readonly ids: readonly string[] } | { readonly childrenOf: string };

/** GET `/instances/{id}`. */
export interface InstanceDetail {
  readonly row: InstanceRow;
  readonly executionId: string;
  readonly input: Preview | null;
  readonly output: Preview | null;
  readonly customStatus: Preview | null;
  readonly parent: { readonly id: string; readonly name: string } | null;
  readonly owner: { readonly worker: number; readonly host: string; readonly isAlive: boolean } | null;
  /** Events of the current generation. */
  readonly events: number;
  /** Children that it has begun in this generation. */
  readonly children: number;
  /** Of one that is stopped because its code does not fit its history. */
  readonly divergence: Divergence | null;
  /** Rewinds, restarts, forks, purges and the like, newest first. */
  readonly audit: readonly AuditLine[];
}

export interface Divergence {
  /** In words: "activity SendReceipt". Null: nothing more. */
  readonly recorded: string | null;
  readonly asked: string | null;
  /** Of the recorded event, if that is known. */
  readonly eventId: number | null;
  /** Where the code asks for it. */
  readonly site: CodeSite | null;
}

export interface CodeSite {
  readonly file: string;
  readonly line: number;
  readonly column: number | null;
}

/** GET `/source?file=&line=`: only where `features` has `source`. */
export interface CodeFrame extends CodeSite {
  readonly firstLine: number;
  readonly lines: readonly string[];
}

export interface AuditLine {
  readonly what: string;
  readonly at: number;
  readonly count: number;
  readonly by: string | null;
  readonly reason: string | null;
  readonly executionId: string | null;
}
