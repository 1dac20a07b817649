import type { RenewParams } from "../../../store/contract.ts";
import type { StoreRefusal } from "../../../store/errors.ts";
import type { LinkEvent } from "../connections/link.ts";

export interface RenewalThreadData {
  readonly connectionString: string;
  /** Quoted. */
  readonly schema: string;
  /** One number, which grows while the thread that owns the worker turns. */
  readonly turns: SharedArrayBuffer;
}

export type ToRenewals =
  | { readonly kind: "renew"; readonly id: number; readonly params: RenewParams }
  | { readonly kind: "forget" }
  | { readonly kind: "close" };

export type FromRenewals =
  | { readonly kind: "renewed"; readonly id: number; readonly now: number }
  | { readonly kind: "refused"; readonly id: number; readonly refusal: StoreRefusal }
  | { readonly kind: "event"; readonly event: LinkEvent };

/** How often the thread that owns the worker shows that it turns, and is looked at, in parts of a lease. */
export const turnsEveryMs = (leaseMs: number): number => Math.max(10, leaseMs / 40);
