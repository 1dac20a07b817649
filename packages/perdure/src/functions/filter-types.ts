import type { Tags } from "../model/history.ts";
import type { RuntimeStatus } from "../model/status.ts";

/**
 * Which instances are meant: those for which all parts hold. A part that cannot be read, and a key that is none of these, is refused. Times may be strings:
 * `"2026-01-31"`, `"2026-01-31T12:00:00Z"`; both ends belong to a range.
 */
export interface StatusFilter {
  readonly runtimeStatus?: readonly RuntimeStatus[];
  readonly createdFrom?: Date | string;
  readonly createdTo?: Date | string;
  readonly instanceIdPrefix?: string;
  /** Only instances that are stopped; with `false`, only the others. */
  readonly stopped?: boolean;
  /** Of the orchestrator, in any case. */
  readonly name?: string;
  readonly version?: string;
  /** Only instances that have not ended; with `false`, only those that have. */
  readonly open?: boolean;
  readonly endedFrom?: Date | string;
  readonly endedTo?: Date | string;
  /** Its sub-orchestrations: of the instance that has this id now. */
  readonly parentInstanceId?: string;
  /** All of them, with these values. */
  readonly tags?: Tags;
  /** Failed instances whose error contains this text, letter by letter. */
  readonly errorText?: string;
}

export interface StatusQuery extends StatusFilter {
  /** Default `created`. `ended`: by the time of the end, and only instances that have one. */
  readonly orderBy?: "created" | "ended";
  /** Default false. */
  readonly newestFirst?: boolean;
  readonly showInput?: boolean;
  /** False: input, output and custom status are not read. Default true. */
  readonly showPayloads?: boolean;
  /** Rows that one read of the store brings. */
  readonly pageSize?: number;
}

export interface StatusPageQuery extends StatusQuery {
  /** Of the page before, with the same filter and order. */
  readonly continuation?: string;
}

export interface CountOptions {
  /** Counts no further. Default 10,000. */
  readonly cap?: number;
}

/** `exact` false: there are more than the cap, or there may be more than were found within 50,000 rows. */
export interface InstanceCount {
  readonly count: number;
  readonly exact: boolean;
}

/**
 * Which finished instances go: at least one part of a {@link StatusFilter}. A part that cannot be read (an unknown key, a status that is none, an invalid date, an
 * empty list, a value that is undefined) is refused and deletes nothing.
 */
export interface PurgeFilter extends Omit<StatusFilter, "open" | "stopped">, PurgeOptions {
  /** Deletes nothing: only counts what is meant, without what would go with it. */
  readonly dryRun?: boolean;
}

export interface PurgeOptions {
  /** With the sub-orchestrations that have ended, and theirs; not those below one that has not ended. Default false. */
  readonly recursive?: boolean;
  /** Kept in the audit. */
  readonly reason?: string;
}
