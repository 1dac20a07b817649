import type { QueueLine as InspectedLine, InspectedQueue, InspectedRates, InspectedWorker } from "../../client/inspect/fleet-types.ts";
import type { FunctionKind } from "../../model/function-kind.ts";
import type { CodeSite, Count, Outlook } from "./inspected.ts";
import type { InstanceFilter } from "./instances.ts";

/** GET `/functions`. */
export interface FunctionList {
  readonly functions: readonly FunctionInfo[];
}

export interface FunctionInfo {
  readonly name: string;
  readonly kind: FunctionKind | "http";
  /** Numbers of the live workers that offer it. */
  readonly workers: readonly number[];
  /** Versions that they take, in words; null: all. */
  readonly versions: string | null;
  /** Of a function of this host's own app, if that is known. */
  readonly site: CodeSite | null;
  /** Of an HTTP function. */
  readonly route: { readonly methods: readonly string[]; readonly path: string } | null;
}

/** GET `/workers`. */
export interface WorkerList {
  readonly workers: readonly WorkerInfo[];
  readonly leaseMs: number | null;
  readonly renewMs: number | null;
  readonly rates: Rates;
  /** Of the last hour, oldest first; only what this host saw while a page was open. */
  readonly series: readonly RatePoint[];
  readonly checks: readonly Check[];
}

/** A dead one is in the list for an hour after this host has seen that it died. */
export interface WorkerInfo extends InspectedWorker {
  readonly renewedAt: number | null;
  /** Of a dead one: what became of what it had, in words. */
  readonly note: string | null;
}

/** Of all live workers together; null: no worker has said it. */
export interface Rates extends Omit<InspectedRates, "unclaimed"> {
  readonly eventToEpisode: Percentiles | null;
  /** Ready, and not claimed by a worker. */
  readonly unclaimed: number | null;
}

export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
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
  /** Of all live workers together; null: no limit of its own. */
  readonly limit: number | null;
  /** In line, of the last hour, oldest first; as {@link WorkerList.series}. */
  readonly series: readonly { readonly at: number; readonly n: number }[];
}
