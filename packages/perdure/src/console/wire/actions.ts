import type { WireError } from "./common.ts";
import type { Count, InstanceRow } from "./inspected.ts";
import type { InstanceFilter } from "./instances.ts";

/** Body of POST `/instances/{id}/{action}`; each action takes what it knows, and an unknown field is an error. */
export type InstanceAction = "raise-event" | "suspend" | "resume" | "terminate" | "restart" | "rewind" | "purge";

export interface ActionRequest {
  /** suspend, resume, terminate, restart, rewind, purge. */
  readonly reason?: string;
  /** raise-event. */
  readonly event?: string;
  /** raise-event and restart: JSON text, as typed, so that it keeps its digits. */
  readonly input?: string;
  /** restart: `same`, or another id. Absent: a new one. */
  readonly instanceId?: string;
  /** restart. */
  readonly version?: string;
  /** terminate and purge: with its sub-orchestrations. */
  readonly recursive?: boolean;
  /** rewind. */
  readonly dryRun?: boolean;
}

export interface ActionResult {
  /** `done`: it had ended, and nothing was written. */
  readonly outcome: "accepted" | "done" | "deleted";
  /** Instance that was acted on, of a restart the new one. */
  readonly instanceId: string;
  /** Of a rewind: what becomes of it. */
  readonly plan: RewindPlan | null;
}

export interface RewindPlan {
  readonly instanceId: string;
  readonly activities: readonly { readonly eventId: number; readonly name: string }[];
  readonly droppedEpisodes: number;
  readonly rewinds: readonly RewindPlan[];
}

/** POST `/instances` → {@link StartResult}. */
export interface StartRequest {
  readonly name: string;
  /** JSON text. */
  readonly input?: string;
  readonly instanceId?: string;
  readonly version?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly startAt?: number;
  readonly onExisting?: "error" | "reject" | "replace" | "attach";
}

export interface StartResult {
  readonly instanceId: string;
  readonly kind: "started" | "existing";
}

export type BulkAction = InstanceAction;

/** POST `/bulk` → {@link BulkRun}. */
export interface BulkRequest extends ActionRequest {
  readonly action: BulkAction;
  /** Either a filter or ids, 1,000 at most. */
  readonly filter?: InstanceFilter;
  readonly ids?: readonly string[];
  /** True: it counts, gives five samples, and writes nothing. */
  readonly dryRun?: boolean;
  /** Default 200. */
  readonly perSecond?: number;
}

/** GET `/bulk/{run}`; DELETE cancels it. It lives in the memory of the host. */
export interface BulkRun {
  readonly run: string;
  readonly action: BulkAction;
  readonly state: "counted" | "running" | "finished" | "canceled" | "failed";
  readonly matched: Count;
  readonly done: number;
  /** Had ended, was gone, or is not in a state for it. */
  readonly skipped: number;
  readonly failed: number;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly sample: readonly InstanceRow[];
  /** The first of those that failed. */
  readonly problems: readonly { readonly id: string; readonly message: string }[];
  /** What it ended with, of `failed`. */
  readonly error: WireError | null;
}
