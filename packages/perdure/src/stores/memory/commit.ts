import type { InstanceNo, WorkerId } from "../../model/ids.ts";
import type { CommitReceipt, GroupCommit, HistoryAppend, InstanceUpdate } from "../../store/commit.ts";
import { StoreRefusalError } from "../../store/errors.ts";
import { MARKERS_KEPT } from "../../store/limits.ts";
import { Post } from "../../store/post.ts";
import type { InstanceRow } from "../../store/rows.ts";
import { noteLoop, noteRuns } from "./audit.ts";
import { claimInstances, claimTasks } from "./claims.ts";
import { Creation } from "./create.ts";
import { resolveTarget, send } from "./mail.ts";
import { leave } from "./release.ts";
import type { Tables } from "./tables.ts";
import { breach } from "./tables.ts";
import { addTask, beat, cancelTask, finishTask, giveBackTask, giveSlots } from "./tasks.ts";

const NOTHING_CLAIMED = { claimed: [], claimedSuspect: false };

/** One group commit, in the order of docs/design/ownership.md 5. Runs inside a transaction: whatever it throws leaves nothing behind. */
export function applyCommit(tables: Tables, batch: GroupCommit): CommitReceipt {
  checkFence(tables, batch.worker, batch.fence);
  checkMarker(tables, batch);
  checkPast(tables, batch);
  const creation = new Creation(tables, batch);
  creation.createFirst();
  writeEpisodes(tables, batch, creation);
  const post = new Post(batch.worker, (outgoing) => send(tables, resolveTarget(tables, outgoing), outgoing.message));
  for (const done of batch.finishedTasks) if (finishTask(tables, batch.worker, done) && done.message !== null) post.send(done.message);
  for (const message of creation.insteadOfStarts) post.send(message);
  const messageSeqs = batch.messages.map((message, index) => post.send(message, index));
  let madeReady = creation.madeReady || post.madeReady;
  for (const task of batch.newTasks) if (!creation.notStarted.has(task.no) && addTask(tables, batch.worker, task)) madeReady = true;
  for (const heartbeat of batch.heartbeats) beat(tables, batch.worker, heartbeat);
  for (const task of batch.givenBackTasks) if (giveBackTask(tables, batch.worker, task)) madeReady = true;
  for (const cancel of batch.cancelTasks) if (!creation.notStarted.has(cancel.no)) cancelTask(tables, cancel);
  const left = leave(tables, batch, creation.notStarted);
  if (giveSlots(tables)) madeReady = true;
  const claims = batch.claim === null ? NOTHING_CLAIMED : claimInstances(tables, batch.worker, batch.claim);
  const claimedTasks = batch.claimTasks === null ? [] : claimTasks(tables, batch.worker, batch.claimTasks);
  const receipt: CommitReceipt = {
    now: tables.now(),
    notStarted: [...creation.notStarted],
    undelivered: post.undelivered,
    messageSeqs,
    released: left.released,
    stoppedNos: left.stopped,
    ...claims,
    claimedTasks,
    mailFor: [...post.mailFor],
    owners: [...post.owners],
    madeReady: madeReady || left.madeReady,
  };
  mark(tables, batch, receipt);
  return receipt;
}

export function checkFence(tables: Tables, worker: WorkerId, fence: number): void {
  if (tables.workers.get(worker)?.fence !== fence) throw new StoreRefusalError({ kind: "fenced" });
}

function checkMarker(tables: Tables, batch: GroupCommit): void {
  const marker = tables.markers.get(batch.worker)?.get(batch.n);
  if (marker === undefined) return;
  if (marker.token !== batch.token) throw new StoreRefusalError({ kind: "markerTaken" });
  throw new StoreRefusalError({ kind: "unknown", detail: `batch ${batch.n} of worker ${batch.worker} was committed before` });
}

function checkPast(tables: Tables, { worker, follows }: GroupCommit): void {
  if (follows > 0 && tables.markers.get(worker)?.has(follows) !== true) throw new StoreRefusalError({ kind: "movedBack" });
}

function mark(tables: Tables, batch: GroupCommit, receipt: CommitReceipt): void {
  const markers = tables.markers.get(batch.worker) ?? new Map();
  tables.markers.set(batch.worker, markers);
  tables.set(markers, batch.n, { token: batch.token, receipt });
  tables.set(markers, batch.n - MARKERS_KEPT, undefined);
}

/**
 * History, rows and mail of the instances that this worker owns. What takes the place of a run that ends here is created last of all: with the
 * old run go its history and its inbox, the message included that asked for the change.
 */
function writeEpisodes(tables: Tables, batch: GroupCommit, creation: Creation): void {
  const changed = new Set<InstanceNo>();
  const isLeftOut = (no: InstanceNo) => creation.notStarted.has(no) || creation.late.has(no);
  const updates = batch.updates.filter((update) => !isLeftOut(update.no));
  const history = batch.history.filter((append) => !isLeftOut(append.no));
  refuseStrangers(tables, batch.worker, [...updates, ...history.flatMap(guarded)]);
  for (const { no, note } of batch.notes) noteRuns(tables, [no], note);
  writeUpdates(tables, updates, changed);
  for (const append of history) {
    if (append.expectedVersion === null && !changed.has(append.no)) breach(`history of ${append.no} that nothing compares`);
    writeHistory(tables, append);
  }
  consume(tables, batch);
  creation.createLate();
}

type Guarded = Pick<InstanceUpdate, "no" | "expectedVersion">;

const guarded = ({ no, expectedVersion }: HistoryAppend): readonly Guarded[] => (expectedVersion === null ? [] : [{ no, expectedVersion }]);

function writeHistory(tables: Tables, { no, expectedVersion, generation, firstSeq, count, events, at }: HistoryAppend): void {
  if (!tables.appendHistory(no, { generation, firstSeq, count, events })) refuse(tables, [no]);
  const row = tables.instances.get(no);
  if (row !== undefined && expectedVersion !== null) tables.touchInstance(row, at);
}

function writeUpdates(tables: Tables, updates: readonly InstanceUpdate[], changed: Set<InstanceNo>): void {
  for (const update of updates) {
    const row = tables.instances.get(update.no);
    if (row === undefined || changed.has(update.no)) breach(`two updates of ${update.no} in one batch`);
    changed.add(update.no);
    if (update.generation > row.generation) tables.outgrown.add(update.no);
    tables.putInstance(updated(row, update, tables.now()));
    if (update.continuedAsNew !== undefined) noteLoop(tables, row, update.continuedAsNew);
  }
}

function refuseStrangers(tables: Tables, worker: WorkerId, writes: readonly Guarded[]): void {
  const strangers = writes.filter(({ no, expectedVersion }) => {
    const row = tables.instances.get(no);
    return row === undefined || row.owner !== worker || row.version !== expectedVersion;
  });
  if (strangers.length > 0)
    refuse(
      tables,
      strangers.map(({ no }) => no),
    );
}

function refuse(tables: Tables, nos: readonly InstanceNo[]): never {
  throw new StoreRefusalError({ kind: "notOwned", nos, missing: nos.some((no) => !tables.instances.has(no)) });
}

function updated(row: InstanceRow, update: InstanceUpdate, now: number): InstanceRow {
  const { version, generation, executionId, status, customStatus, nextWake, updatedAt, completed } = update;
  const input = update.input === undefined ? row.input : update.input;
  const { version: orchestrationVersion, tags } = update.labels ?? { version: row.orchestrationVersion, tags: row.tags };
  const labels = { orchestrationVersion, tags };
  const next = { ...row, version, generation, executionId, status, customStatus, nextWake, updatedAt, input, ...labels, crashes: 0 };
  if (completed === undefined) return next;
  return { ...next, owner: null, wakeAt: null, nextWake: null, output: completed.output, completedAt: Math.max(now, updatedAt) };
}

function consume(tables: Tables, batch: GroupCommit): void {
  const strangers: InstanceNo[] = [];
  for (const [no, consumed] of Map.groupBy(batch.consumed, (mail) => mail.no)) {
    const mail = tables.mailOf(no);
    const seqs = new Set(consumed.map(({ seq }) => seq));
    const rest = mail.filter(({ seq }) => !seqs.has(seq));
    if (rest.length + consumed.length > mail.length) strangers.push(no);
    tables.set(tables.inbox, no, rest.length === 0 ? undefined : rest);
  }
  if (strangers.length > 0) refuse(tables, strangers);
}
