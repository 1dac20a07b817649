import type { ScheduleStatus } from "../../functions/schedule-client.ts";
import type { Preview, StopReason } from "./inspected.ts";

/** GET `/entities?name=&state=true&limit=&cursor=`. */
export interface EntityList {
  readonly entities: readonly EntityInfo[];
  readonly cursor: string | null;
}

/** Also GET `/entities/{id}`, with `state`. POST `/entities/{id}/signal` with an {@link EntitySignal}; `/entities/{id}/purge` and `/skip` with `{ reason? }`. */
export interface EntityInfo {
  /** `@name@key`. */
  readonly id: string;
  readonly name: string;
  readonly key: string;
  readonly exists: boolean;
  /** Its `at` is `input`. Null: none, or not asked for. */
  readonly state: Preview | null;
  readonly lastOperationAt: number;
  readonly lock: { readonly holder: string; readonly since: number } | null;
  /** Operations that wait behind the lock, or for their time. */
  readonly held: number;
  readonly lastFailure: { readonly operation: string; readonly message: string; readonly at: number } | null;
  readonly stopped: StopReason | null;
}

export interface EntitySignal {
  readonly operation: string;
  /** JSON text. */
  readonly input?: string;
}

/** GET `/schedules`. POST `/schedules/{name}/{pause|resume|trigger}`. */
export interface ScheduleList {
  readonly schedules: readonly ScheduleInfo[];
}

export type ScheduleAction = "pause" | "resume" | "trigger";

export interface ScheduleInfo extends Omit<ScheduleStatus, "next" | "last"> {
  readonly next: number | null;
  readonly last: number | null;
}
