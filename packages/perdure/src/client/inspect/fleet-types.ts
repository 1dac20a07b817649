import type { FunctionKind } from "../../model/function-kind.ts";
import type { Count, Outlook } from "./row-types.ts";

/** What some live worker has. */
export interface InspectedFunction {
  /** `*`: any. */
  readonly name: string;
  readonly kind: FunctionKind;
  /** Numbers of those that offer it. */
  readonly workers: readonly number[];
  /** Versions that they take, in words; null: all. */
  readonly versions: string | null;
  /** Of an activity: how many run at once, in all of them together; null: no limit of its own. */
  readonly limit: number | null;
}

/** Workers, what they do, and what waits for them, all of one moment. */
export interface InspectedFleet {
  readonly workers: readonly InspectedWorker[];
  readonly rates: InspectedRates;
  readonly queue: InspectedQueue;
}

/** One that has a row: a dead one has until all it owned is free. */
export interface InspectedWorker {
  readonly worker: number;
  readonly host: string;
  readonly pid: number | null;
  readonly state: "live" | "draining" | "dead";
  readonly leaseUntil: number;
  /** Null, as what follows, until it has said what it does. */
  readonly renewedAt: number | null;
  /** For how long a renewal holds, and how often one comes, ms. */
  readonly lease: { readonly ms: number; readonly everyMs: number } | null;
  readonly joinedAt: number | null;
  /** The beginning of the version of its code. */
  readonly build: string | null;
  readonly diedAt: number | null;
  readonly instances: { readonly n: number; readonly of: number } | null;
  readonly activities: { readonly n: number; readonly of: number } | null;
  readonly functions: number;
  readonly endedPerSecond: number | null;
}

/** Of all live workers together; null: none has said it. */
export interface InspectedRates {
  readonly endedPerSecond: number | null;
  readonly activitiesPerSecond: number | null;
  /** 0 to 1. */
  readonly activitiesFailed: number | null;
  readonly commit: Percentiles | null;
  readonly rowsPerCommit: number | null;
  /** From the acceptance of an event to the episode that takes it. */
  readonly eventToEpisode: Percentiles | null;
  /** Instances that are due and that no worker has. */
  readonly unclaimed: Count;
}

/** Of times, ms. */
export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

export interface InspectedQueue {
  /** Those that have a row: shared, long, suspect, or with a slot. Those with most in line first. */
  readonly activities: readonly QueueLine[];
  /** Of all of them. */
  readonly waiting: Count;
  readonly running: number;
  /** Instances that are due and that no worker has. */
  readonly ready: readonly ReadyLine[];
  /** Activities in line or running at live workers, with a row or without. */
  readonly atWorkers: number;
}

export interface QueueLine {
  readonly name: string;
  /** With those that wait for a slot. */
  readonly waiting: Count;
  /** Since when the first of them might have been taken; null: none waits for a worker. */
  readonly oldest: number | null;
  readonly running: number;
  /** How many run at once, in all live workers together; null: no limit of its own. */
  readonly limit: number | null;
  readonly forSlot: Count;
  /** "no live worker has it". */
  readonly why: string | null;
  readonly outlook: Outlook;
}

export interface ReadyLine {
  readonly kind: "orchestrator" | "entity";
  readonly name: string;
  readonly waiting: Count;
  readonly oldest: number | null;
  readonly why: string | null;
  readonly outlook: Outlook;
}
