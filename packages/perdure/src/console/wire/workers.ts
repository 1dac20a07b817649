import type {
  InspectedFunction,
  QueueLine as InspectedLine,
  InspectedQueue,
  InspectedRates,
  InspectedWorker,
} from "../../client/inspect/fleet-types.ts";
import type { Count, Outlook } from "./inspected.ts";
import type { InstanceFilter } from "./instances.ts";

/** GET `/functions`. */
export interface FunctionList {
  readonly functions: readonly FunctionInfo[];
}

export interface FunctionInfo extends Omit<InspectedFunction, "kind"> {
  readonly kind: InspectedFunction["kind"] | "http";
  /** Of an HTTP function, which this host serves. */
  readonly route: { readonly methods: readonly string[]; readonly path: string } | null;
}

/** GET `/workers`. */
export interface WorkerList {
  readonly workers: readonly WorkerInfo[];
  /** Of all live ones; null: they differ, or none has said it. */
  readonly lease: WorkerInfo["lease"];
  readonly rates: Rates;
  /** Of the last hour, oldest first; only what this host saw while a page was open. */
  readonly series: readonly RatePoint[];
  readonly checks: readonly Check[];
}

/** A dead one is in the list for an hour after this host has seen that it died. */
export interface WorkerInfo extends InspectedWorker {
  /** Of a dead one: what became of what it had, in words. */
  readonly note: string | null;
}

/** Of all live workers together; null: no worker has said it. */
export interface Rates extends Omit<InspectedRates, "unclaimed"> {
  /** Ready, and not claimed by a worker. */
  readonly unclaimed: number | null;
}

export interface RatePoint extends Rates {
  readonly at: number;
}

export interface Check {
  readonly text: string;
  readonly outlook: Outlook;
  /** Instances that it is about, if there is such a list. */
  readonly filter: InstanceFilter | null;
}

/** GET `/queue`: activities in line, those with most of them first. */
export interface Queue extends Omit<InspectedQueue, "activities" | "running"> {
  readonly activities: readonly QueueLine[];
  readonly running: Count;
}

export interface QueueLine extends InspectedLine {
  /** In line, of the last hour, oldest first; as {@link WorkerList.series}. */
  readonly series: readonly { readonly at: number; readonly n: number }[];
}
