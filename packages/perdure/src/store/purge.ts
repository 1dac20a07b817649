import type { NameKey } from "../model/function-name.ts";
import type { InstanceId, InstanceNo } from "../model/ids.ts";
import type { RuntimeStatus } from "../model/status.ts";

export interface PurgeRange {
  readonly createdFrom: number | null;
  readonly createdTo: number | null;
  /** Ended before this, for retention. */
  readonly completedBefore: number | null;
  /** Ended at this time or later. */
  readonly completedFrom?: number;
  readonly statuses: readonly RuntimeStatus[];
  /** Keys of names: only these, or all but these. */
  readonly names?: { readonly only: readonly NameKey[] } | { readonly except: readonly NameKey[] };
  /** Children of a parent that has not ended are left alone. */
  readonly keepsUnderLiveParents?: boolean;
  readonly limit: number;
}

/** Terminal instances; anything else is left alone. */
export type PurgeParams = ({ readonly instanceId: InstanceId } | { readonly nos: readonly InstanceNo[] } | PurgeRange) & {
  /** With the children that have ended, and theirs. Those under a child that has not ended are left alone. */
  readonly recursive?: boolean;
  /** Who deletes, for the line that each instance leaves in the audit. */
  readonly by?: string;
  /** Why, likewise. */
  readonly reason?: string | null;
};

export interface PurgeReceipt {
  readonly deleted: number;
  /** False when the limit cut it short: call again. */
  readonly complete: boolean;
  /** Of a range: what is left of it ended at this time or later. Absent where that is not known. */
  readonly upTo?: number;
  /** So long nothing else could be written meanwhile. Absent: others write beside it, or the store has no time but that of its callers. */
  readonly heldMs?: number;
}

/** Children that one call deletes with the instances that were asked for. */
export const MOST_PURGED_AT_ONCE = 1_000;
