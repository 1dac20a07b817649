import type { AuditWhat } from "../model/audit.ts";
import type { RuntimeStatus } from "../model/status.ts";
import type { SkippedOperation } from "./entity-client-types.ts";

/**
 * What ended a history, or let one begin in another way than by a start: a purge, a run in the place of a finished one (`replace`), a rewind, a restart, a fork. All
 * continue-as-new of one instance are one line. Of an entity: a purge, and an operation that was skipped.
 */
export interface AuditLine {
  readonly instanceId: string;
  readonly what: AuditWhat;
  /** The last time; of continue-as-new the first one too, and how often. Else both are the same, and `count` is 1. */
  readonly time: Date;
  readonly firstTime: Date;
  readonly count: number;
  /** `retention`, or the process that was asked: host name and pid. Null where that is not known. */
  readonly by: string | null;
  readonly reason: string | null;
  /** The run that was purged, replaced, rewound or restarted, as it was before; the new one of a fork, and of a restart under another id. */
  readonly run: AuditedRun;
  /** Of a fork and a restart: the run that it was made from. */
  readonly from: { readonly instanceId: string; readonly executionId: string } | null;
  /** Of a skip: the operation of the entity that was set aside. */
  readonly skipped: SkippedOperation | null;
}

/** Null: not recorded. Of continue-as-new these are the first execution and its name. */
export interface AuditedRun {
  readonly executionId: string | null;
  readonly name: string | null;
  readonly runtimeStatus: RuntimeStatus | null;
  readonly createdTime: Date | null;
  readonly endedTime: Date | null;
  /** Events of its history. */
  readonly historyEvents: number | null;
}
