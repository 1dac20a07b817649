import type { Tags } from "../model/history.ts";
import type { InstanceNo } from "../model/ids.ts";
import type { RuntimeStatus } from "../model/status.ts";
import type { InstanceRow } from "./rows.ts";

/** Which of an instance's input, output and custom status are read. */
export type Payloads = "all" | "withoutInput" | "none";

/** Which instances are meant: those for which every part holds (`filter.ts` says what each means). Null, absent or an empty list: any. Both ends belong to a range. */
export interface InstanceFilter {
  readonly createdFrom: number | null;
  readonly createdTo: number | null;
  readonly statuses: readonly RuntimeStatus[];
  readonly idPrefix: string | null;
  /** Only those that are stopped, or only the others. */
  readonly stopped: boolean | null;
  /** False: orchestrations alone. Absent: entities too. */
  readonly showEntities?: boolean;
  /** False: without what is part of Perdure, such as schedules (`isBuiltInId`). Absent: with it. */
  readonly showBuiltIn?: boolean;
  readonly name?: string;
  readonly version?: string;
  /** Only those that have not ended, or only those that have. */
  readonly open?: boolean;
  readonly endedFrom?: number;
  readonly endedTo?: number;
  readonly parent?: InstanceNo;
  /** All of them. */
  readonly tags?: Tags;
  /** In the text of the failure, letter by letter. */
  readonly errorText?: string;
}

/** `ended`: by the time of the end, so only of instances that have one. */
export type OrderedBy = "created" | "ended";

export interface QueryOrder {
  /** Default `created`. */
  readonly orderBy?: OrderedBy;
  readonly newestFirst?: boolean;
}

/** In order of (time, number). */
export interface InstanceQuery extends InstanceFilter, QueryOrder {
  readonly limit: number;
  /** The page ends with the row whose input, output and custom status make this full (about; in the order of rows, one at least). Absent: no bound. */
  readonly maxBytes?: number;
  /** What is read; the rest is null in the rows. Absent: all. */
  readonly payloads?: Payloads;
  /** From an earlier page; opaque to all but the store. */
  readonly continuation: string | null;
  /**
   * For one page so many rows are looked at (about), and no longer than a second, where no index has what is asked for: then the page is short. Absent:
   * as many as it takes.
   */
  readonly lookAtMost?: number;
}

export interface InstancePage {
  readonly rows: readonly InstanceRow[];
  /** Null when there is nothing more. */
  readonly continuation: string | null;
  /** The page is short because so many rows were looked at: up to those of this time. Null otherwise. */
  readonly reachedBackTo: number | null;
}

export interface CountQuery {
  readonly filter: InstanceFilter;
  readonly cap: number;
  /** As in a query. */
  readonly lookAtMost?: number;
}

/** `exact` false: there are more, or may be; so many were counted. */
export interface InstanceCount {
  readonly count: number;
  readonly exact: boolean;
}
