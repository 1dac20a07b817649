import type { FunctionNames } from "../model/function-kind.ts";
import type { HeldCall } from "../model/held-call.ts";
import type { ParentRef, Tags } from "../model/history.ts";
import type { EventId, ExecutionId, Fence, InstanceId, InstanceNo, Seed, WorkerId } from "../model/ids.ts";
import type { MessageKind } from "../model/message.ts";
import type { NO_SLOT_YET, Slot } from "../model/slot.ts";
import type { RuntimeStatus } from "../model/status.ts";
import type { TraceContext } from "../model/trace.ts";

/**
 * When a worker must look at an instance if its owner died now (docs/design/ownership.md 2): a time in ms, `"now"` for unfinished work,
 * null when only a message can move it.
 */
export type NextWake = number | "now" | null;

/** What the store keeps of an instance, beside its history. Payload columns are JSON text. */
export interface InstanceRow {
  readonly no: InstanceNo;
  readonly instanceId: InstanceId;
  readonly name: string;
  readonly executionId: ExecutionId;
  /** Execution id that its start carried. Continue-as-new changes `executionId` and not this: by it a repeated start finds its own instance. */
  readonly startId: ExecutionId;
  readonly generation: number;
  readonly version: number;
  readonly owner: WorkerId | null;
  readonly wakeAt: number | null;
  readonly nextWake: NextWake;
  /** Owners in a row that died while this instance had work to do; zeroed by its next committed episode. */
  readonly crashes: number;
  readonly stopped: StopReason | null;
  /** Versions of the code under which it was stopped for crashes, or was tried again since; kept when it is resumed. */
  readonly poisonCodeVersions: readonly string[];
  readonly status: RuntimeStatus;
  readonly customStatus: string | null;
  readonly input: string | null;
  /** Result; for a failed instance the failure's text as a JSON string; for a terminated one the reason likewise. */
  readonly output: string | null;
  readonly orchestrationVersion: string | null;
  readonly tags: Tags | null;
  readonly parent: ParentRef | null;
  /** Scheduled start, ms; null: at once. */
  readonly startAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly completedAt: number | null;
  /**
   * Which columns cannot be read, and why: they are null here (`poisonCodeVersions` is empty), and `stopped` says so. Its owner stops it; no other row is
   * kept from being read. Absent: all were read.
   */
  readonly unreadable?: string;
}

/** Why an instance is stopped until an operator, or a worker with other code, comes. */
export interface StopReason {
  /** An error code of the catalogue. */
  readonly code: string;
  readonly message: string;
  readonly at: number;
  /** True when other code may cure it (divergence, foreign await, function missing): a worker that joins tries again. */
  readonly codeMayCure: boolean;
  /** Only a worker with code that is not among these versions does: it crashed the processes that ran them. Absent: any does. */
  readonly codeVersions?: readonly string[];
}

export interface HistoryChunk {
  readonly generation: number;
  /** Position of its first event within the generation, from 0. */
  readonly firstSeq: number;
  readonly count: number;
  /** JSON array of HistoryEvent. */
  readonly events: string;
}

export interface InboxRow {
  readonly no: InstanceNo;
  readonly seq: number;
  readonly kind: MessageKind;
  /** Set on replies. */
  readonly generation: number | null;
  /** JSON of Message. */
  readonly body: string;
}

/** A shared, long-running or suspect activity. Others have no row: their TaskScheduled is the record. */
export interface TaskRow {
  readonly no: InstanceNo;
  readonly generation: number;
  readonly eventId: EventId;
  readonly instanceId: InstanceId;
  readonly name: string;
  /** Null: free to be claimed. */
  readonly worker: WorkerId | null;
  /** Times it was claimed; durable before the attempt starts. */
  readonly attempts: number;
  /** {@link NO_SLOT_YET}: it is in line for a slot. */
  readonly notBefore: number;
  /** Which slot it holds, or waits for. Absent: it needs none. */
  readonly slot?: Slot;
  /** Workers in a row that died while they ran it, those of its instance before it had a row included. */
  readonly crashes: number;
  /** JSON of {@link TaskBody}. */
  readonly body: string;
  /** Last heartbeat, JSON text. */
  readonly progress: string | null;
  readonly createdAt: number;
}

export interface TaskBody {
  readonly input: string | null;
  readonly attempt: number;
  readonly timeoutMs: number | null;
  /** Absent, as `callId`, in rows of older releases. */
  readonly seed?: Seed;
  /** Event id of the first attempt. */
  readonly callId?: EventId;
  /** As the request of an activity has them; absent: none. */
  readonly version?: string | undefined;
  readonly tags?: Tags | undefined;
  readonly trace?: TraceContext | undefined;
}

/** What a worker says of itself with each renewal, so that others know whom they may leave work to. */
export interface WorkerLoad {
  /** Work in progress: episodes in line or running, and activities. */
  readonly busy: number;
  /** Instances in its memory, and how many it takes. */
  readonly owned: number;
  readonly maxOwned: number;
  /** Activities in line or running, and how many it runs at once. */
  readonly activities: number;
  readonly maxActivities: number;
  /** What does not let go of its thread, and what waits for it there, {@link MOST_HELD} at most; absent: nothing, or it cannot tell. */
  readonly held?: readonly HeldCall[];
  /** Absent in rows of older releases. */
  readonly work?: WorkerWork;
}

/** For people; no worker decides anything by it. */
export interface WorkerWork {
  /** ms since 1970. */
  readonly joinedAt: number;
  /** The beginning of the version of its code. */
  readonly build: string;
  readonly isDraining: boolean;
  /** Each second, over the last ten or so: instances that ended, attempts of activities that ended, and of these those that failed. */
  readonly ended: number;
  readonly ran: number;
  readonly failed: number;
  /** Of the last commits, ms; null: there was none yet. */
  readonly commit: { readonly p50: number; readonly p99: number; readonly rows: number } | null;
  /**
   * From the acceptance of an event to the episode that takes it, of the last ones, ms; null: there was none yet. Absent, as what follows, in rows of
   * older releases.
   */
  readonly event?: { readonly p50: number; readonly p99: number } | null;
  /** For how long a renewal holds, and how often one comes, ms. */
  readonly lease?: { readonly ms: number; readonly everyMs: number };
  /** How many run at once, of activities that have a limit of their own, {@link MOST_LIMITS} at most; absent, too: there are none. */
  readonly limits?: { readonly [activity: string]: number };
}

/** The row of a worker is written with each renewal. */
export const MOST_HELD = 20;
export const MOST_LIMITS = 50;

export interface WorkerRow {
  readonly worker: WorkerId;
  /** Null: dead, a tombstone until all it owned is free. */
  readonly fence: Fence | null;
  readonly leaseUntil: number;
  readonly renewals: number;
  /** What it runs; `UNKNOWN_NAMES` if that cannot be read. */
  readonly functions: FunctionNames;
  readonly host: string;
  /** As of its last renewal; null until it has said, or if that cannot be read. */
  readonly load: WorkerLoad | null;
  /**
   * True when the store knows for certain that the worker's process is gone (SQLite: same host name, and no process with that pid and start
   * time runs any more). Its lease need not be waited for then. False when it cannot know.
   */
  readonly provenDead: boolean;
  readonly diedAt: number | null;
  /** Columns that cannot be read: damaged, or in the layout of another release. Absent: none. */
  readonly unreadable?: readonly string[];
}

/** One claimed instance with everything a fresh owner needs, read in one snapshot. */
export interface LoadedInstance {
  readonly row: InstanceRow;
  /** Of the current generation only, in order. */
  readonly history: readonly HistoryChunk[];
  /** In order of `seq`. Of one that has failed also the events that it left unread. */
  readonly inbox: readonly InboxRow[];
  readonly tasks: readonly TaskRow[];
}
