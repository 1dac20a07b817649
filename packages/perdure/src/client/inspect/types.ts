import type { Tags } from "../../model/history.ts";
import type { RuntimeStatus, TerminalStatus } from "../../model/status.ts";
import type { OrderedBy } from "../../store/queries.ts";
import type { FailureFilter, InspectedFailures } from "./failure-types.ts";
import type { InspectedFleet, InspectedFunction } from "./fleet-types.ts";
import type { CodeSite, Count, InspectedRow, Outlook } from "./row-types.ts";
import type { HistoryPage } from "./shown-history.ts";
import type { Preview } from "./shown-payload.ts";

export type { CodeSite, Count, InspectedRow, InspectedStop, Outlook } from "./row-types.ts";

/**
 * What people look at, for the console, the command line and HTTP: reads only, plain data that is sent over a wire as it is. Times are ms since 1970 on the store's
 * clock. However many instances there are, each answer costs a bounded amount, and says where it stopped.
 */
export interface Inspector {
  list(query: InspectQuery): Promise<InspectedList>;
  /** Up to {@link MOST_LOOKED_UP}; those that are gone are left out. */
  lookup(ids: readonly string[]): Promise<readonly InspectedRow[]>;
  /** What each is doing, on one line. Up to {@link MOST_DOING}; those that are gone are left out. */
  doing(ids: readonly string[]): Promise<readonly Doing[]>;
  counts(): Promise<InspectedCounts>;
  /** Null: there is none; so in the others. */
  instance(id: string): Promise<InstanceDetail | null>;
  history(id: string, part: HistoryPart): Promise<HistoryPage | null>;
  /** The whole of a payload, as JSON text: `input`, `output`, `customStatus`, `event.SEQ.FIELD`. Null: there is none there. */
  payload(id: string, at: string): Promise<string | null>;
  why(id: string): Promise<Why | null>;
  functions(): Promise<readonly InspectedFunction[]>;
  fleet(): Promise<InspectedFleet>;
  /** Up to 5 s old. */
  failures(filter: FailureFilter): Promise<InspectedFailures>;
}

export const MOST_LOOKED_UP = 100;
export const MOST_DOING = 50;
/** Events of one page of a history; `next` is where the page behind it begins. */
export const LONGEST_HISTORY_PAGE = 1_000;

export interface InspectorOptions {
  /** What of a payload is shown: of its whole JSON text; null: its size alone. Absent: all of it. */
  readonly shown?: (payload: string) => string | null;
}

export type OpenStatus = "Pending" | "Running" | "Suspended";

export interface InspectedCounts {
  readonly open: Readonly<Record<OpenStatus, Count>>;
  /** Among the open ones; entities too. */
  readonly stopped: Count;
  /** In the last 24 hours. */
  readonly ended: Readonly<Record<TerminalStatus, Count>>;
  readonly entities: Count;
  readonly schedules: number;
  /** Live ones. */
  readonly workers: number;
  /** That some live worker offers. */
  readonly functions: number;
  /** Orchestrations in the memory of live workers. */
  readonly inMemory: number;
  /** When the oldest of each was created; null: there is none. */
  readonly oldest: Readonly<Record<OpenStatus, number | null>>;
}

export interface InspectFilter {
  readonly status?: readonly RuntimeStatus[];
  readonly open?: boolean;
  readonly stopped?: boolean;
  readonly name?: string;
  readonly version?: string;
  readonly idPrefix?: string;
  /** All of them. */
  readonly tags?: Tags;
  readonly createdFrom?: number;
  readonly createdTo?: number;
  readonly endedFrom?: number;
  readonly endedTo?: number;
  readonly parentId?: string;
  /** Part of the text of a failure. */
  readonly errorText?: string;
}

export interface InspectQuery extends InspectFilter {
  /** Default `created`. */
  readonly orderBy?: OrderedBy;
  /** Default true. */
  readonly newestFirst?: boolean;
  /** Default 100, at most 1,000. */
  readonly limit?: number;
  readonly cursor?: string;
}

export interface InspectedList {
  readonly rows: readonly InspectedRow[];
  /** Null: there are no more. */
  readonly cursor: string | null;
  /** The page is short because so many rows were looked at: it has come this far back. Null: the page is full, or the last. */
  readonly reachedBackTo: number | null;
}

export type WaitKind = "activity" | "retry" | "timer" | "event" | "child" | "entity" | "lock" | "message";

/** What one is doing, on one line. */
export interface Doing {
  readonly id: string;
  /** "waits for event Approved", "runs Pack at worker 2", "7 activities, 1 retry, 1 child". */
  readonly text: string;
  readonly kind: WaitKind | "runs" | "suspended" | "stopped" | "scheduled" | "ended" | "unknown";
  readonly since: number | null;
  /** When it continues by itself. */
  readonly dueAt: number | null;
  /** False: its history is longer than what is read for a list. */
  readonly isWhole: boolean;
  readonly outlook: Outlook;
}

export interface InstanceDetail {
  readonly row: InspectedRow;
  readonly executionId: string;
  readonly input: Preview | null;
  readonly output: Preview | null;
  readonly customStatus: Preview | null;
  readonly parent: { readonly id: string; readonly name: string } | null;
  readonly owner: { readonly worker: number; readonly host: string; readonly isAlive: boolean } | null;
  /** Events of the current generation: of earlier ones nothing is kept. */
  readonly events: number;
  /** When the current generation began, of one that has continued as new; null: it is the first, or has not begun. */
  readonly generationBeganAt: number | null;
  /** Instances that it has begun and that are still there. */
  readonly children: number;
  /** Of one that is stopped because its code does not fit its history. */
  readonly divergence: InspectedDivergence | null;
  /** Rewinds, restarts, forks, purges and the like, newest first. */
  readonly audit: readonly InspectedAuditLine[];
}

export interface InspectedDivergence {
  /** In words: `activity "SendReceipt" as action 4`. Null: nothing more. */
  readonly recorded: string | null;
  readonly asked: string | null;
  /** Place of the recorded event in the history, from 0. */
  readonly seq: number | null;
  /** Where the code asks for it. */
  readonly site: CodeSite | null;
}

export interface InspectedAuditLine {
  readonly what: string;
  readonly at: number;
  readonly count: number;
  readonly by: string | null;
  readonly reason: string | null;
  readonly executionId: string | null;
}

/** Of the current generation: from a place on, or the last ones. */
export type HistoryPart = { readonly from: number; readonly limit?: number } | { readonly tail: number };

export interface Why {
  /** One sentence. */
  readonly headline: string;
  readonly outlook: Outlook;
  readonly state: "stopped" | "suspended" | "scheduled" | "ready" | "owned" | "waiting" | "ended";
  readonly since: number;
  readonly waits: readonly Wait[];
  /** So many are not in the list. */
  readonly more: number;
  /** Messages that it has not read, oldest first. */
  readonly unread: readonly { readonly kind: string; readonly name: string | null; readonly since: number }[];
  readonly owner: { readonly worker: number; readonly host: string; readonly leaseUntil: number; readonly isAlive: boolean } | null;
  /** What a person can do; of `stuck` there is always one. */
  readonly advice: string | null;
}

export interface Wait {
  readonly kind: WaitKind;
  /** Event id of the call or timer; null: an event wait, a message. */
  readonly eventId: number | null;
  /** Activity, event, child, entity, or what the timer is for. */
  readonly name: string;
  readonly since: number;
  /** In words: "with its owner", "running", "in line", "no worker has it", "no free slot", "not raised", "in the inbox". */
  readonly state: string;
  readonly outlook: Outlook;
  /** One sentence about this one. */
  readonly text: string;
  readonly attempt: number | null;
  /** Attempts in all; null: not known. */
  readonly of: number | null;
  /** When it continues by itself. */
  readonly nextAt: number | null;
  readonly worker: number | null;
  /** Instance that it waits for: the child, the holder of the lock. */
  readonly instanceId: string | null;
  /** The failure of the attempt before, on one line. */
  readonly last: string | null;
}
