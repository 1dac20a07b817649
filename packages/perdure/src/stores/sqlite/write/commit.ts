import type { InstanceNo, WorkerId } from "../../../model/ids.ts";
import type { CommitReceipt, ConsumedMail } from "../../../store/commit.ts";
import { Post } from "../../../store/post.ts";
import { noteRuns } from "./audit.ts";
import { claimInstances, claimTasks } from "./claims.ts";
import { Creation } from "./create.ts";
import { emptyReceipt } from "./empty-receipt.ts";
import { notOwned, writeEpisodes } from "./episodes.ts";
import { checkFence } from "./fence.ts";
import { resolveTarget, send } from "./mail.ts";
import { checkPast, insertMarker, refuseRepeated } from "./marker.ts";
import { leave } from "./release.ts";
import { addTask, beat, cancelTask, finishTask, giveBackTask, giveSlots } from "./tasks.ts";
import type { Tx } from "./tx.ts";
import type { CommitRest, WireCommit } from "./wire-commit.ts";
import { createdRows, updateRows } from "./wire-commit.ts";

const NOTHING: CommitRest = {};
const NOTHING_CLAIMED = { claimed: [], claimedSuspect: false };

/** One group commit, in the order of docs/design/ownership.md 5. Whatever it throws, its transaction is rolled back. */
export function applyCommit(tx: Tx, commit: WireCommit): CommitReceipt {
  checkFence(tx, commit.worker, commit.fence);
  checkPast(tx, commit);
  try {
    const receipt = applySteps(tx, commit);
    insertMarker(tx, commit, receipt);
    return receipt;
  } catch (error) {
    refuseRepeated(tx, commit, error);
    throw error;
  }
}

function applySteps(tx: Tx, commit: WireCommit): CommitReceipt {
  const rest = commit.rest ?? NOTHING;
  const worker = commit.worker as WorkerId;
  const updates = updateRows(commit);
  const creation = new Creation(tx, worker, createdRows(commit), updates);
  creation.createFirst();
  for (const { no, note } of rest.notes ?? []) noteRuns(tx, [no], note);
  writeEpisodes(tx, commit, updates, creation);
  if (commit.rest === undefined && commit.creates === undefined) return emptyReceipt(tx.now);
  if (rest.consumed !== undefined) consume(tx, rest.consumed);
  // Last of all: with the run that ends here go its history and its inbox, the message included that asked for the change.
  creation.createLate();
  const { notStarted } = creation;
  const post = new Post(worker, (outgoing) => send(tx, resolveTarget(tx, outgoing), outgoing.message));
  for (const done of rest.finishedTasks ?? []) if (finishTask(tx, worker, done) && done.message !== null) post.send(done.message);
  for (const message of creation.insteadOfStarts) post.send(message);
  const messageSeqs = (rest.messages ?? []).map((message, index) => post.send(message, index));
  let madeReady = creation.madeReady || post.madeReady;
  for (const task of rest.newTasks ?? []) if (!notStarted.has(task.no) && addTask(tx, worker, task)) madeReady = true;
  for (const heartbeat of rest.heartbeats ?? []) beat(tx, worker, heartbeat);
  for (const task of rest.givenBackTasks ?? []) if (giveBackTask(tx, worker, task)) madeReady = true;
  for (const cancel of rest.cancelTasks ?? []) if (!notStarted.has(cancel.no)) cancelTask(tx, cancel);
  const left = leave(tx, worker, rest.releases ?? [], rest.stops ?? [], notStarted);
  if (giveSlots(tx)) madeReady = true;
  return {
    now: tx.now,
    notStarted: [...notStarted],
    undelivered: post.undelivered,
    messageSeqs,
    released: left.released,
    stoppedNos: left.stopped,
    ...(rest.claim === undefined ? NOTHING_CLAIMED : claimInstances(tx, worker, rest.claim)),
    claimedTasks: rest.claimTasks === undefined ? [] : claimTasks(tx, worker, rest.claimTasks),
    mailFor: [...post.mailFor],
    owners: [...post.owners],
    madeReady: madeReady || left.madeReady,
  };
}

function consume(tx: Tx, consumed: readonly ConsumedMail[]): void {
  const statement = tx.connection.sql("DELETE FROM inbox WHERE seq = ? AND no = ?");
  const strangers = new Set<InstanceNo>();
  for (const { no, seq } of consumed) if (statement.run(seq, no).changes !== 1) strangers.add(no);
  if (strangers.size > 0) throw notOwned(tx, [...strangers]);
}
