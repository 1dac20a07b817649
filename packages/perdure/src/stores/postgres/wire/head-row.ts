import type { GroupCommit } from "../../../store/commit.ts";
import { oneOrZero } from "../../row-columns.ts";
import { layout } from "./layout.ts";

export interface Head {
  readonly batch: GroupCommit;
  /** Messages that stand before the batch's own. */
  readonly leading: number;
  /** A string of the batch is stored packed. */
  readonly hasPacked: boolean;
}

/** What there is once in a batch. Limits: -1, claims nothing. After it come the rooms for suspects: those of instances, then those of tasks. */
export const HEAD = layout<Head>()({
  worker: { number: ({ batch }) => batch.worker },
  fence: { number: ({ batch }) => batch.fence },
  n: { number: ({ batch }) => batch.n },
  follows: { number: ({ batch }) => batch.follows },
  claimLimit: { number: ({ batch }) => batch.claim?.limit ?? -1 },
  claimTasksLimit: { number: ({ batch }) => batch.claimTasks?.limit ?? -1 },
  taskRooms: { number: ({ batch }) => batch.claimTasks?.suspects.length ?? 0 },
  leading: { number: ({ leading }) => leading },
  instanceRooms: { number: ({ batch }) => batch.claim?.suspects.length ?? 0 },
  /** An update may begin another generation. */
  hasLaterGenerations: { number: ({ batch }) => oneOrZero(batch.updates.some(({ generation }) => generation > 0)) },
  /** An instance continues as new. */
  continues: { number: ({ batch }) => oneOrZero(batch.updates.some(({ continuedAsNew }) => continuedAsNew !== undefined)) },
  hasPacked: { number: ({ hasPacked }) => oneOrZero(hasPacked) },
  /** An update may bring another input, or another version and tags. */
  hasInputs: { number: ({ batch }) => oneOrZero(batch.updates.some(({ input, labels }) => input !== undefined || labels !== undefined)) },
  createsTargets: { number: ({ batch }) => oneOrZero(batch.messages.some(({ orCreate }) => orCreate !== undefined)) },
});
