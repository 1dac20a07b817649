import type { BulkRun } from "./actions.ts";
import type { CodeSite, Counts, InstanceRow, PreviewText } from "./inspected.ts";
import type { Rates, WorkerInfo } from "./workers.ts";

/** GET `/stream?watch=id&watch=id` as server-sent events: `event:` is the type, `data:` the rest as JSON. At most 20 instances are watched. */
export type StreamMessage =
  | { readonly type: "tick"; readonly data: Tick }
  /** A watched instance is another than it was; `row` null: it is gone. */
  | { readonly type: "changed"; readonly data: { readonly id: string; readonly row: InstanceRow | null } }
  /** An activity of a watched instance has said how far it is; also what it said last, to a page that begins to watch. */
  | { readonly type: "progress"; readonly data: Progress }
  | { readonly type: "bulk"; readonly data: BulkRun }
  | { readonly type: "dev"; readonly data: DevNote }
  /** The host ends: come back to the next one, after a pause. */
  | { readonly type: "bye"; readonly data: { readonly retryMs: number } };

export interface Progress {
  /** Of the instance. */
  readonly id: string;
  /** Of the call, in the current generation. */
  readonly eventId: number;
  readonly activity: string;
  readonly attempt: number;
  readonly at: number;
  readonly said: PreviewText;
}

/** Every 2 s. */
export interface Tick {
  readonly now: number;
  readonly counts: Counts;
  readonly rates: Rates;
  readonly workers: readonly WorkerInfo[];
}

/** POST `/misfits` with `{ choice }`, in `perdure dev`: what becomes of the instances that the code does not fit. */
export type MisfitChoice = "leave" | "restart" | "terminate";

/** What `perdure dev` says. A page that is opened later is told the last load, and each kill, as well. */
export type DevNote =
  | { readonly kind: "reloaded"; readonly at: number; readonly checked: number; readonly misfits: readonly string[] }
  | { readonly kind: "broken"; readonly at: number; readonly message: string; readonly site: CodeSite | null }
  | { readonly kind: "killed"; readonly at: number; readonly worker: number };
