import type { NameKey } from "../model/function-name.ts";
import type { Tags } from "../model/history.ts";
import type { EventId, ExecutionId, Fence, InstanceId, InstanceNo, WorkerId } from "../model/ids.ts";
import type { Message } from "../model/message.ts";
import type { Slot } from "../model/slot.ts";
import type { StartSpec } from "../model/start.ts";
import type { RuntimeStatus } from "../model/status.ts";
import type { Versions } from "../model/versions.ts";
import type { AuditNote } from "./audit.ts";
import type { NextWake, StopReason } from "./rows.ts";

/**
 * Everything that one seal of a worker changes, in one transaction (docs/design/ownership.md 5). Steps run in the order of the fields.
 * Any refusal refuses the whole: nothing is written.
 */
export interface GroupCommit {
  readonly worker: WorkerId;
  readonly fence: Fence;
  /** 1, 2, 3 … per worker; with `token` it is the marker by which an unknown outcome is found out. */
  readonly n: number;
  readonly token: string;
  /**
   * The last batch of this worker that it knows to be durable; 0: none. A store without its marker has moved back (an older copy, a standby
   * that lost commits) and refuses with `movedBack`: what this worker holds in memory is of another past.
   */
  readonly follows: number;
  readonly creates: readonly NewInstance[];
  readonly history: readonly HistoryAppend[];
  /**
   * At most one per instance: several episodes of one instance in one batch are folded. An episode that leaves the row as it was, but for
   * the time of its last change, has none: its history row says it all (decision 0008).
   */
  readonly updates: readonly InstanceUpdate[];
  /** Lines of the audit for instances that are updated in this batch; each says what the instance was before. */
  readonly notes: readonly RunNote[];
  readonly consumed: readonly ConsumedMail[];
  /** Shared tasks whose result is in this batch: the row goes; a row that is gone, or claimed by another attempt, drops `message`. */
  readonly finishedTasks: readonly FinishedTask[];
  readonly messages: readonly OutgoingMessage[];
  readonly newTasks: readonly NewTask[];
  readonly heartbeats: readonly TaskHeartbeat[];
  /** Claimed tasks that this worker has no place for: free for all again. */
  readonly givenBackTasks: readonly GivenBackTask[];
  /** Task rows that are not wanted any more (instance ended, continued as new). */
  readonly cancelTasks: readonly TaskCancel[];
  readonly releases: readonly Release[];
  readonly stops: readonly Stop[];
  /** Instances that end in this batch, for those who wait for that: a hint, nothing is written. */
  readonly ended: readonly InstanceId[];
  /** Null: claims nothing. */
  readonly claim: ClaimRequest | null;
  readonly claimTasks: ClaimTasksRequest | null;
}

export interface NewInstance {
  readonly no: InstanceNo;
  readonly start: StartSpec;
  /** True: owned by the committing worker from the first row on. False: ready for any worker. */
  readonly owned: boolean;
  /**
   * When the id exists: `fail` leaves it alone; `replaceTerminal` puts this one in place of a terminal run (a new number; the old
   * history, inbox and tasks go) and fails on a live one. Failing = this create is listed in `notStarted` and everything in the batch
   * that belongs to `no` is left out (history, update, release), and `ifExists` is delivered instead. `replaceEnded`: the live run of that
   * id ends in this very batch, so this create is done after updates, history and consumed mail, then as `replaceTerminal` (client's "replace a live one"); its
   * own first episode is never in the same batch. If the message that asked for it lies in the old inbox, what lies behind that is the new run's mail.
   * Messages of this batch that are addressed by id find rows born in it.
   */
  readonly onExisting: "fail" | "replaceTerminal" | "replaceEnded";
  readonly ifExists: ConditionalMessage | null;
  /** For rows not owned, and as `next_wake` of owned ones without an update in this batch. */
  readonly wakeAt: number;
  readonly createdAt: number;
}

/** A position of a history is written once: a second row at the same place is refused, from any sender. */
export interface HistoryAppend {
  readonly no: InstanceNo;
  /** Compare-and-set on (no, owner, version); null when this batch creates or updates the row, which is the compare-and-set then. */
  readonly expectedVersion: number | null;
  readonly generation: number;
  readonly firstSeq: number;
  readonly count: number;
  /** JSON array of HistoryEvent. */
  readonly events: string;
  /** When: the instance's time of last change, unless an update says otherwise. */
  readonly at: number;
}

/** New values of an owned row. Compare-and-set on (no, owner, expectedVersion); rows created in this batch have version 0. */
export interface InstanceUpdate {
  readonly no: InstanceNo;
  readonly expectedVersion: number;
  readonly version: number;
  /** Higher than in the row: the history of the generations before it is no longer read, and the sweep drops it. */
  readonly generation: number;
  readonly executionId: ExecutionId;
  readonly status: RuntimeStatus;
  readonly customStatus: string | null;
  readonly nextWake: NextWake;
  readonly updatedAt: number;
  /** Absent: unchanged. It may change with every batch. */
  readonly input?: string | null;
  /** Version and tags of the execution that begins. Absent: unchanged. */
  readonly labels?: { readonly version: string | null; readonly tags: Tags | null };
  /** How often it has continued as new since the last update; it leaves a line in the audit. Absent: it has not. */
  readonly continuedAsNew?: number;
  /**
   * Present exactly when the instance ends: the row loses its owner in the same step. The time of its end is that of the transaction, or `updatedAt` if
   * that is later (the store's clock was set back and stands still).
   */
  readonly completed?: { readonly output: string | null };
}

export interface RunNote {
  readonly no: InstanceNo;
  readonly note: AuditNote;
}

export interface ConsumedMail {
  readonly no: InstanceNo;
  readonly seq: number;
}

export interface FinishedTask {
  readonly no: InstanceNo;
  readonly generation: number;
  readonly eventId: EventId;
  readonly attempts: number;
  /** The result for the owning instance, when that is not in this worker's memory. */
  readonly message: ConditionalMessage | null;
}

/** A message that is sent in certain cases only. */
export type ConditionalMessage = OutgoingMessage & { readonly orCreate?: never };

export interface OutgoingMessage {
  /** By number (replies, own sealed mail) or by id (everything a user addressed). */
  readonly to: { readonly no: InstanceNo } | { readonly instanceId: InstanceId };
  readonly message: Message;
  /** To an id only. Where no instance has it, this one is created in the same transaction, so that the message always finds its target. */
  readonly orCreate?: NewTarget;
}

/** An instance that begins with a message to it. It has no owner, the message makes it ready, and its number is of the store's own choice. */
export interface NewTarget {
  /** `startAt` means nothing here. Of several in one batch for one id the first counts. */
  readonly start: StartSpec;
  /** That of its first row. */
  readonly status: RuntimeStatus;
}

export interface NewTask {
  readonly no: InstanceNo;
  readonly generation: number;
  readonly eventId: EventId;
  readonly instanceId: InstanceId;
  readonly name: string;
  /** True: claimed by the committing worker (its attempt 1). */
  readonly claimed: boolean;
  readonly notBefore: number;
  /** Of its instance: what made that suspicious may be this activity. */
  readonly crashes: number;
  /**
   * It needs one of these slots: it waits in their line (`notBefore` means nothing then), and the store lets in as many of it as there are slots free, in order.
   * Never of a row that is `claimed`. Absent: none.
   */
  readonly slot?: Slot;
  /** JSON of TaskBody. */
  readonly body: string;
  readonly progress: string | null;
}

export interface TaskHeartbeat {
  readonly no: InstanceNo;
  readonly generation: number;
  readonly eventId: EventId;
  readonly progress: string | null;
}

/** A row that is gone, or claimed by another attempt, is left alone. Its attempts stay as they are: the next claim is another one. */
export interface GivenBackTask {
  readonly no: InstanceNo;
  readonly generation: number;
  readonly eventId: EventId;
  readonly attempts: number;
  /** Those of the row, and the places that were lost with it since. */
  readonly crashes: number;
}

export interface TaskCancel {
  readonly no: InstanceNo;
  /** All tasks of generations up to this one. */
  readonly generation: number;
  /** Null: all of the generation. */
  readonly eventId: EventId | null;
}

/** Gives an owned instance back. Not done, and not listed in `released`, when mail has come for it meanwhile. */
export interface Release {
  readonly no: InstanceNo;
  readonly version: number;
  readonly nextWake: NextWake;
  /** True: it has work to do (drain, shedding): it becomes ready for others and keeps its mail. */
  readonly asReady: boolean;
  /** True: instead of sleeping the row is deleted, with all that belongs to it. Of an entity that has nothing left to keep. `nextWake` means nothing then. */
  readonly drop?: boolean;
}

/** Takes an owned instance out of circulation. Not done when a terminate or resume is in its inbox. */
export interface Stop {
  readonly no: InstanceNo;
  readonly version: number;
  readonly reason: StopReason;
  /** What `crashes` is from then on; null: as it was. */
  readonly crashes: number | null;
}

export interface ClaimRequest {
  readonly limit: number;
  /** Only instances that wait under one of these. */
  readonly keys: readonly NameKey[];
  /** … and have a version that is taken. Absent: any. */
  readonly versions?: Versions;
  /**
   * Suspects (`suspicionOf`) that may be given beside the others and within `limit`: for each suspicion from 1 on at most so many, the last for all
   * above; empty: none. All of one suspicion: the least for which there is room and something is due, so that the crashing one does not stand in the way of
   * the others.
   */
  readonly suspects: readonly number[];
}

export interface ClaimTasksRequest {
  readonly limit: number;
  /** Only tasks that wait under one of these. */
  readonly keys: readonly NameKey[];
  /** Of these at most so many are given, by key. Absent: only `limit` counts. */
  readonly limits?: { readonly [key: string]: number };
  /** As in {@link ClaimRequest}. */
  readonly suspects: readonly number[];
}

export interface CommitReceipt {
  /** Store time of the transaction, ms. */
  readonly now: number;
  /** Creates whose id existed. */
  readonly notStarted: readonly InstanceNo[];
  /** Messages by index into `messages` (and `finishedTasks` messages, not listed) that found no target or a done one. */
  readonly undelivered: readonly { readonly index: number; readonly why: "notFound" | "done" }[];
  /** `seq` of the inbox row that each of `messages` became, by index; null where it was not delivered. Empty when there were none. */
  readonly messageSeqs: readonly (number | null)[];
  readonly released: readonly InstanceNo[];
  readonly stoppedNos: readonly InstanceNo[];
  /** Newly owned by this worker; to be loaded. */
  readonly claimed: readonly { readonly no: InstanceNo; readonly version: number }[];
  /** One of `claimed` is a suspect. */
  readonly claimedSuspect: boolean;
  readonly claimedTasks: readonly { readonly no: InstanceNo; readonly generation: number; readonly eventId: EventId }[];
  /** Own instances (of this worker) that got inbox rows by `messages`: to be read as mail. */
  readonly mailFor: readonly InstanceNo[];
  /** Other workers that got mail: to be hinted. */
  readonly owners: readonly WorkerId[];
  /** True when the batch made an unowned instance or a free task ready: a worker should claim. */
  readonly madeReady: boolean;
}

/** Rows that it writes. */
export const rowsOf = ({ creates, history, updates, consumed, finishedTasks, messages, newTasks, releases, stops }: GroupCommit): number =>
  creates.length +
  history.length +
  updates.length +
  consumed.length +
  finishedTasks.length +
  messages.length +
  newTasks.length +
  releases.length +
  stops.length;
