import type { AuditWhat } from "../model/audit.ts";
import type { InstanceId, InstanceNo } from "../model/ids.ts";

/**
 * One line of the audit, written in the transaction of what it records. `continueAsNew` has one for each instance, however often that happened: so a loop does not
 * grow it.
 */
export interface AuditRow {
  readonly instanceId: InstanceId;
  /** Of the run that is meant; null in a store that got the line without the run. */
  readonly no: InstanceNo | null;
  readonly what: AuditWhat;
  /** Store time: the last time that it happened, and the first. */
  readonly at: number;
  readonly firstAt: number;
  readonly count: number;
  readonly by: string | null;
  readonly reason: string | null;
  /** JSON object: `executionId`, `name`, `status`, `createdAt`, `endedAt` and `events` of the run as it was then, and what {@link AuditNote} adds. */
  readonly detail: string;
}

/** What a caller says of an operation that leaves a line. */
export interface AuditNote {
  readonly what: AuditWhat;
  readonly by: string | null;
  readonly reason: string | null;
  /** JSON object. Absent: nothing to add. */
  readonly detail?: string;
}

export interface AuditQuery {
  /** Null: of all. */
  readonly instanceId: InstanceId | null;
  readonly limit: number;
  /** `next` of the page before; null: from the first line in that order. */
  readonly place: number | null;
  /** Default false: the newest first, in order of their first time. */
  readonly oldestFirst?: boolean;
}

export interface AuditPage {
  readonly rows: readonly AuditRow[];
  /** Null when there is nothing more. */
  readonly next: number | null;
}

/** A slice of the oldest lines. */
export interface AuditTrim {
  /** Those go that happened last before this time. */
  readonly before: number;
  /** What the slice before answered; null: from the first line on. */
  readonly place: number | null;
  /** So many are looked at. */
  readonly limit: number;
}

export interface Audit {
  read(query: AuditQuery): Promise<AuditPage>;
  /** The place of the next slice; null when all that began before that time have been looked at. */
  trim(params: AuditTrim): Promise<number | null>;
  /** Lines that have come from another store, in order. */
  add(rows: readonly AuditRow[]): Promise<void>;
}

/** A purge, and what its caller says. */
export const purgeNote = ({ by = null, reason = null }: { readonly by?: string | null; readonly reason?: string | null }): AuditNote => ({
  what: "purge",
  by,
  reason,
});
/** A start that a run had accepted in its place when it ended. */
export const unreadableStart = (problem: string): AuditNote => ({
  what: "drop",
  by: null,
  reason: `a start in its place cannot be read: ${problem}`,
});
/** A start in place of a run that has ended. */
export const REPLACED: AuditNote = { what: "replace", by: null, reason: null };

/** What follows a slice that was looked at. */
export const trimmedTo = (looked: number, last: { readonly seq: number; readonly firstAt: number } | null, { before, limit }: AuditTrim) =>
  last === null || looked < limit || last.firstAt >= before ? null : last.seq;

/** `found`: one more than the limit, where there are more. */
export function auditPage(found: readonly { readonly seq: number; readonly row: AuditRow }[], limit: number): AuditPage {
  const shown = found.slice(0, limit);
  return { rows: shown.map(({ row }) => row), next: found.length > limit ? (shown.at(-1)?.seq ?? null) : null };
}
