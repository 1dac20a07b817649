import type { RuntimeStatus } from "./status.ts";

/**
 * Why an instance that has not ended does not move. Its lists have what is open, oldest first, {@link LONGEST_LIST} of each kind at most; `more` counts
 * the rest.
 */
export interface WaitingFor {
  /**
   * `stopped`, `suspended` · `scheduled`: its start is not due · `ready`: any worker may take it · `owned`: a worker has it, and something to do for it ·
   * `waiting`: for what is in the lists.
   */
  readonly state: "stopped" | "suspended" | "scheduled" | "ready" | "owned" | "waiting";
  readonly since: Date;
  /** One sentence, through to what the instances wait for that it waits for. */
  readonly because: string;
  readonly events: readonly OpenEventWait[];
  readonly timers: readonly OpenTimer[];
  readonly activities: readonly OpenActivity[];
  readonly children: readonly OpenChild[];
  /** Calls of entities, and the lock that it asks for. */
  readonly entities: readonly OpenEntityWait[];
  /** Messages that it has not read, oldest first. */
  readonly unread: readonly UnreadMessage[];
  /** Events that it has read, and no wait for them is recorded, oldest first: one that took such an event at once leaves no record. */
  readonly unawaited: readonly UnawaitedEvent[];
  readonly owner: OwnerInfo | null;
  readonly more: number;
}

export const LONGEST_LIST = 100;

/** Of those that hold the slots of a key. */
export const NAMED_HOLDERS = 3;

export interface OpenEventWait {
  readonly name: string;
  readonly since: Date;
}

export interface OpenTimer {
  readonly id: number;
  readonly dueAt: Date;
  /** `retry`: the pause before the next attempt of a failed call. The timeout of a wait is a timer as any other. */
  readonly of: "timer" | "retry";
}

export interface OpenActivity {
  readonly id: number;
  readonly name: string;
  readonly attempt: number;
  /**
   * `with its owner`: it runs or is in line at the owner of the instance · `running`: at `worker` · `in line`: any worker with a place may take it · `alone`: it waits
   * to run alone, since its workers died · `no worker has it`: no live worker has the function, in this version · `no free slot`: as many calls of its key run as may.
   */
  readonly where: "with its owner" | "running" | "in line" | "alone" | "no worker has it" | "no free slot";
  readonly worker: number | null;
  readonly since: Date;
  /** JSON text of the last one that is recorded. */
  readonly heartbeat: string | null;
  /** What it waits for with `no free slot`, else null. */
  readonly slot: OpenSlot | null;
  /** Null: its thread takes messages, or it does not run on a thread. */
  readonly held: HeldPlace | null;
}

/** Of code that runs on a thread which takes no messages, as its worker last said it. */
export interface HeldPlace {
  /** False: the code of another call holds that thread. */
  readonly isHolder: boolean;
  /** `name (file:line)` of the code that holds it; null: not known. */
  readonly at: string | null;
}

export interface OpenSlot {
  /** Empty: calls of this activity have no keys. */
  readonly key: string;
  readonly limit: number;
  /** So many are held. */
  readonly held: number;
  /** Instances that hold one, {@link NAMED_HOLDERS} at most. */
  readonly holders: readonly string[];
}

export interface OpenChild {
  readonly id: number;
  readonly instanceId: string;
  readonly name: string;
  /** Null: no instance has this id. */
  readonly status: RuntimeStatus | null;
  readonly since: Date;
}

export interface OpenEntityWait {
  readonly id: number;
  /** Its id, `@name@key`; of a lock of several the one that is taken by another, else the first that is not locked yet. */
  readonly entity: string;
  /** Null: it asks for the lock. */
  readonly operation: string | null;
  /** The orchestration that has locked it; null: none, or the one that waits. */
  readonly lockedBy: string | null;
  /** Messages that the entity keeps until they may go. */
  readonly held: number;
  readonly since: Date;
}

export interface UnreadMessage {
  /** `event`, `taskCompleted`, `childFailed`, `resume` … */
  readonly kind: string;
  /** Of an event, else null. */
  readonly name: string | null;
  readonly since: Date;
}

export interface UnawaitedEvent {
  readonly name: string;
  /** An event that is waited for and has nearly the same name. */
  readonly nearest: string | null;
  readonly since: Date;
}

export interface OwnerInfo {
  readonly worker: number;
  readonly host: string;
  readonly leaseUntil: Date;
  readonly alive: boolean;
}
