import { PerdureError } from "../errors/perdure-error.ts";
import type { InstanceNo } from "../model/ids.ts";
import { errorText } from "../telemetry/value-text.ts";

/**
 * How a store says no. The engine acts on `kind` alone (docs/design/ownership.md 6); anything else that a store throws counts as `unknown`.
 */
export type StoreRefusal =
  /** The fence is gone: this worker is dead. Nothing was written. */
  | { readonly kind: "fenced" }
  /** These rows are not owned at the expected version, or their mail was consumed by others. Nothing was written. */
  | { readonly kind: "notOwned"; readonly nos: readonly InstanceNo[]; readonly missing: boolean }
  /**
   * Lock or statement time-out, deadlock, trouble of the disk: nothing was written, the same batch may be sent again. `lessMayFit`: there is no room
   * (on the disk, in memory) for this batch, and perhaps for a smaller one.
   */
  | { readonly kind: "busy"; readonly detail: string; readonly lessMayFit?: true }
  /** The store refuses the data itself (too large, bad encoding). Nothing was written. */
  | { readonly kind: "refusedData"; readonly detail: string }
  /** Another token stands under this worker and number: the process was cloned. */
  | { readonly kind: "markerTaken" }
  /** The batch that this one follows is not there: the database is an older state than this worker has seen. Nothing was written. */
  | { readonly kind: "movedBack" }
  /** The store is of another release, and takes no writes of this one. Nothing was written. In a catalogue error: `isOtherRelease`. */
  | { readonly kind: "otherRelease"; readonly detail: string }
  /** It may have been written or not. `cutByOthers`: the store says that it ended the connection, and not because of this call. */
  | { readonly kind: "unknown"; readonly detail: string; readonly cutByOthers?: true };

export class StoreRefusalError extends Error {
  override readonly name = "StoreRefusalError";
  readonly refusal: StoreRefusal;
  constructor(refusal: StoreRefusal, options?: ErrorOptions) {
    super(`The store refused: ${JSON.stringify(refusal)}`, options);
    this.refusal = refusal;
  }
}

/** For messages: why, as the store says it. */
export function refusalText(error: unknown): string {
  const refusal = refusalOf(error);
  return "detail" in refusal ? refusal.detail : refusal.kind;
}

export const isOtherRelease = (error: unknown): error is PerdureError =>
  error instanceof PerdureError && (error.code === "STORE_OTHER_RELEASE" || error.code === "THREAD_OTHER_RELEASE");

export function refusalOf(error: unknown): StoreRefusal {
  if (error instanceof StoreRefusalError) return error.refusal;
  if (isOtherRelease(error)) return { kind: "otherRelease", detail: error.message };
  return { kind: "unknown", detail: errorText(error) };
}

/** Whether the same call may succeed a little later: the store is away, restarts, or was too busy. */
export function mayPass(error: unknown): boolean {
  if (error instanceof PerdureError) return error.code === "STORE_UNAVAILABLE";
  const { kind } = refusalOf(error);
  return kind === "busy" || kind === "unknown";
}
