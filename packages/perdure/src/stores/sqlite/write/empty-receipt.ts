import type { CommitReceipt } from "../../../store/commit.ts";

const NONE: readonly never[] = [];

/** Of a batch that was nothing but episodes. */
export const emptyReceipt = (now: number): CommitReceipt => ({
  now,
  notStarted: NONE,
  undelivered: NONE,
  messageSeqs: NONE,
  released: NONE,
  stoppedNos: NONE,
  claimed: NONE,
  claimedSuspect: false,
  claimedTasks: NONE,
  mailFor: NONE,
  owners: NONE,
  madeReady: false,
});
