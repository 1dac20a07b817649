import type { InstanceId } from "../model/ids.ts";
import type { RuntimeStatus } from "../model/status.ts";

export type PurgeParams =
  | { readonly instanceId: InstanceId }
  | {
      readonly createdFrom: number | null;
      readonly createdTo: number | null;
      /** Completed before this, for retention. */
      readonly completedBefore: number | null;
      readonly statuses: readonly RuntimeStatus[];
      readonly limit: number;
    };

export interface PurgeReceipt {
  readonly deleted: number;
  /** False when the limit cut it short: call again. */
  readonly complete: boolean;
}
