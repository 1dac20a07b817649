import { messageOf } from "../../errors/perdure-error.ts";
import { endReason } from "../../model/executor.ts";
import type { InstanceNo } from "../../model/ids.ts";
import type { Message } from "../../model/message.ts";
import type { CommitReceipt, FinishedTask } from "../../store/commit.ts";
import type { Attempt, RunningTask } from "../activities/running-task.ts";
import { DELIVERED } from "../clients/client-op.ts";
import type { Engine } from "../engine.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import { loadOwned } from "../instances/load.ts";
import { resultMail } from "../instances/mailbox.ts";
import { activityRequest } from "./gather.ts";
import type { Effects } from "./sealed-batch.ts";

/** A batch is durable: now, and not before, its effects leave. */
export function releaseEffects(engine: Engine, effects: Effects, receipt: CommitReceipt): void {
  const { table, dispatcher } = engine;
  for (const instance of effects.touched) instance.batchIsDurable();
  for (const { instance, mail } of effects.consumedMail) if (mail.seq !== null) engine.forgetSeq(instance, mail.seq);
  settleBirths(engine, effects, receipt);
  settleRows(engine, effects);
  for (const { instance, scheduled, generation } of effects.activities) {
    if (instance.gone || instance.state.generation !== generation || !instance.state.activities.has(scheduled.id)) continue;
    dispatcher.submit(activityRequest(instance, scheduled, generation));
  }
  for (const instance of effects.started) if (instance.end === null) engine.announce(instance);
  for (const cancel of effects.cancelTasks) dispatcher.abortInstance(cancel.no, cancel.generation, "terminated");
  for (const instance of effects.ended) settleEnd(engine, instance);
  for (const op of effects.consumedOps) op.resolve(DELIVERED);
  settleSent(effects, receipt);
  settleLeaving(engine, effects, receipt);
  if (receipt.madeReady || effects.newTasks.length > 0) engine.committer.requestClaim();
  const unknownMail = receipt.mailFor.some((no) => table.byNo(no)?.leaving !== true);
  if (unknownMail) engine.lookAround();
}

/** Rows for instances in this worker's memory lie in their inboxes now, and have to be read before anything goes to them directly. */
function settleRows(engine: Engine, effects: Effects): void {
  if (effects.rowsTo.length === 0) return;
  engine.mailOrder.settled(effects.rowsTo);
  for (const id of effects.rowsTo) {
    const instance = engine.table.byId(id);
    if (instance !== undefined) engine.mailOrder.unread(instance);
  }
}

function settleBirths(engine: Engine, effects: Effects, receipt: CommitReceipt): void {
  if (effects.creates.length === 0) return;
  const refused = receipt.notStarted.length === 0 ? null : new Set(receipt.notStarted);
  for (const create of effects.creates) {
    const instance = effects.births.get(create.no);
    const op = effects.startOps.get(create.no);
    if (refused?.has(create.no)) {
      if (instance !== undefined) engine.table.remove(instance);
      if (op !== undefined) engine.door.direct(op); // the id exists: the store says as what, or lets it be replaced
      continue;
    }
    if (instance?.gated === true) {
      instance.open();
      engine.table.add(instance);
      engine.enqueue(instance);
    }
    op?.resolve({ outcome: "started", status: "Pending", executionId: create.start.executionId });
  }
}

function settleEnd(engine: Engine, instance: ActiveInstance): void {
  const { table, dispatcher, parts } = engine;
  const { state } = instance;
  table.remove(instance);
  parts.executor.forget(instance.no);
  if (instance.hasStrays) {
    for (const task of dispatcher.all()) if (task.request.no === instance.no) task.resultDropped = true;
    dispatcher.abortInstance(instance.no, state.generation, endReason(state.status));
  }
  for (const { op } of instance.mailbox.empty()) {
    if (op === null) continue;
    // Behind a replace message: it is for the run that took the place.
    if (instance.end !== null && instance.end.successor !== null) engine.door.direct(op);
    else op.resolve({ outcome: "done", status: state.status });
  }
  engine.announce(instance);
}

function settleSent(effects: Effects, receipt: CommitReceipt): void {
  if (effects.sentOps.size === 0) return;
  const failed = new Map(receipt.undelivered.map(({ index, why }) => [index, why]));
  for (const [index, op] of effects.sentOps) op.resolve({ outcome: failed.get(index) ?? "delivered", status: null });
}

function settleLeaving(engine: Engine, effects: Effects, receipt: CommitReceipt): void {
  if (effects.releases.length === 0 && effects.stops.length === 0) return;
  const left = new Set([...receipt.released, ...receipt.stoppedNos]);
  const leave = (instance: ActiveInstance) => {
    engine.table.remove(instance);
    engine.parts.executor.forget(instance.no);
  };
  for (const { no } of effects.releases) {
    const instance = engine.table.byNo(no);
    if (instance === undefined) continue;
    if (left.has(no)) leave(instance);
    else {
      instance.stay(); // mail came meanwhile: it stays, and its mail is read
      engine.mailOrder.readAfresh(instance);
      engine.lookAround();
    }
  }
  for (const { no } of effects.stops) {
    const instance = engine.table.byNo(no);
    if (instance === undefined) continue;
    leave(instance);
    if (!left.has(no)) loadAgain(engine, no);
  }
}

/** An operator's word prevented the stop. What memory holds of the instance may be what it was to be stopped for, so it is read anew. */
function loadAgain(engine: Engine, no: InstanceNo): void {
  loadOwned(engine, [no]).catch(() => {
    engine.parts.scheduler.after(engine.settings.pollEveryMs, () => {
      if (engine.phase === "running") loadAgain(engine, no);
    });
  });
}

/** An attempt has ended. Its result goes to the instance in memory, or as a row with the end of its task row. */
export function deliverResult(engine: Engine, task: RunningTask, result: Attempt): void {
  const { request, row } = task;
  if (result.kind === "aborted" && (result.reason === "shutdown" || result.reason === "lost")) return; // another run will come
  const message = resultMessage(engine, task, result);
  if (row !== null && !withdrawRow(engine, task)) {
    const { no, generation, eventId } = request;
    const finished: FinishedTask = {
      no,
      generation,
      eventId,
      attempts: row.attempts,
      message: task.resultDropped || message === null ? null : { to: { no }, message },
    };
    engine.committer.gathering.tasks.finish(finished);
    engine.committer.requestSeal();
    return;
  }
  const instance = engine.table.byNo(request.no);
  if (task.resultDropped || message === null || instance?.leaving === true) return;
  if (instance === undefined) {
    if (engine.committer.isOccupied || engine.table.loading.has(request.no)) engine.keptResults.keep(request.no, message);
    return; // else it is nobody's here
  }
  // In memory only, on purpose: until an episode has recorded it the activity counts as not run, and a crash runs it again.
  instance.mailbox.put(resultMail(message));
  engine.enqueue(instance);
}

/**
 * An attempt may end before the batch with its row has left: a row that was finished and made in one batch would stay for ever. The row is not
 * made then, and the result goes the way of those without; an instance that is just leaving without it gets a free row instead.
 */
function withdrawRow(engine: Engine, task: RunningTask): boolean {
  const { no, eventId } = task.request;
  const batch = engine.committer.gathering;
  const unborn = batch.tasks.take(task.request);
  if (unborn === null) return false;
  const instance = engine.table.byNo(no);
  if (instance?.leaving === true) batch.tasks.add({ ...unborn, claimed: false });
  else if (instance?.rowTakenBack(eventId) === true) batch.update(instance, engine.storeClock.now()); // work without a row again
  task.row = null;
  return true;
}

function resultMessage(engine: Engine, task: RunningTask, result: Attempt): Message | null {
  const { generation, eventId: taskId } = task.request;
  const ts = engine.storeClock.now();
  if (result.kind === "completed") return { kind: "taskCompleted", ts, generation, taskId, result: result.result };
  if (result.kind === "aborted") return null;
  if (result.kind === "poison") {
    const poison = messageOf("ACTIVITY_POISON", task.request.name, taskId, result.cause);
    return { kind: "taskFailed", ts, generation, taskId, result: null, poison };
  }
  const progress = task.progress === null ? {} : { progress: task.progress };
  return { kind: "taskFailed", ts, generation, taskId, result: null, failure: result.failure, ...progress };
}
