import type { CommitReceipt } from "../../../store/commit.ts";

const NONE: readonly never[] = [];

/** Of a batch that was nothing but episodes, or births that nothing stood against. */
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

/** Whether {@link emptyReceipt} says the same. */
export function isEmpty(receipt: CommitReceipt): boolean {
  for (const [key, value] of Object.entries(receipt)) {
    if (key !== "now" && (Array.isArray(value) ? value.length > 0 : value !== false)) return false;
  }
  return true;
}
