import type { EntityNotes } from "../../model/entity-notes.ts";
import type { FunctionNames } from "../../model/function-kind.ts";
import type { HeldCall } from "../../model/held-call.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { EventId, InstanceId, WorkerId } from "../../model/ids.ts";
import type { Slot } from "../../model/slot.ts";
import type { RuntimeStatus } from "../../model/status.ts";
import type { InstanceState } from "../state.ts";

/** All that is stored of one instance and of what it waits for; no code runs to say why it does not move. Times in ms since 1970. */
export interface WaitFacts {
  readonly now: number;
  /** The fold of `history`. */
  readonly state: InstanceState;
  /** Of the current generation. */
  readonly history: readonly HistoryEvent[];
  readonly row: RowFacts;
  readonly unread: readonly { readonly kind: string; readonly name: string | null; readonly since: number }[];
  /** Rows in the task queue, of this generation. */
  readonly tasks: ReadonlyMap<EventId, TaskFacts>;
  /** Of the slots that open activities wait for, by their `slotId`. */
  readonly slots: ReadonlyMap<string, { readonly count: number; readonly holders: readonly InstanceId[] }>;
  readonly workers: readonly WorkerFacts[];
  /** Of the instances that it waits for, as far as they are known. */
  readonly statuses: ReadonlyMap<InstanceId, RuntimeStatus>;
  /** Of the entities that it calls, or asks to lock; absent: it does not exist yet. */
  readonly notes: ReadonlyMap<InstanceId, EntityNotes>;
}

export interface RowFacts {
  readonly owner: WorkerId | null;
  readonly wakeAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly stopped: { readonly code: string; readonly message: string; readonly at: number; readonly codeMayCure: boolean } | null;
  readonly deaths: Deaths;
}

/** Workers in a row that died while they had it to do. `isSuspect`: so many that it takes its turn among such. */
export interface Deaths {
  readonly count: number;
  readonly isSuspect: boolean;
}

export interface TaskFacts {
  readonly worker: WorkerId | null;
  /** That it waits for; null: it has one, or needs none. */
  readonly slot: Slot | null;
  readonly deaths: Deaths;
  readonly createdAt: number;
  readonly version: string | null;
  readonly heartbeat: string | null;
}

export interface WorkerFacts {
  readonly worker: WorkerId;
  readonly host: string;
  readonly leaseUntil: number;
  readonly isLive: boolean;
  readonly functions: FunctionNames;
  /** What it said with its last renewal; null: nothing yet. */
  readonly load: {
    readonly owned: number;
    readonly maxOwned: number;
    readonly activities: number;
    readonly maxActivities: number;
    readonly held?: readonly HeldCall[];
  } | null;
}
