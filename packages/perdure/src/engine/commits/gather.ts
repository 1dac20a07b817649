import type { ChildStart, EpisodeCommit, EpisodeRun, Outgoing } from "../../core/apply-episode.ts";
import { applyEpisode } from "../../core/apply-episode.ts";
import { fold, foldAll } from "../../core/fold.ts";
import type { Reception } from "../../core/receive.ts";
import { beginGeneration, NOTHING_WAITS, newState } from "../../core/state.ts";
import type { ActivityRequest } from "../../model/executor.ts";
import type { TaskScheduled } from "../../model/history.ts";
import { executionId } from "../../model/ids.ts";
import type { StartSpec } from "../../model/start.ts";
import type { ConditionalMessage, NewInstance, NewTask } from "../../store/commit.ts";
import type { TaskBody } from "../../store/rows.ts";
import type { StartOp } from "../clients/client-op.ts";
import type { Engine } from "../engine.ts";
import { ActiveInstance } from "../instances/instance.ts";
import type { Mail } from "../instances/mailbox.ts";
import { localMail } from "../instances/mailbox.ts";
import type { Batch } from "./batch.ts";

/** Turns a finished episode into rows of the gathering batch and brings the instance's state forward. Nothing leaves yet. */
export function gatherEpisode(
  engine: Engine,
  instance: ActiveInstance,
  reception: Reception,
  mail: readonly Mail[],
  run: EpisodeRun | null,
): EpisodeCommit {
  const batch = engine.committer.gathering;
  const { state } = instance;
  const commit = applyEpisode(state, reception, run, () => executionId(engine.parts.ids.guid()));
  const { generation, nextSeq } = state;
  if (!state.started && generation === 0 && run !== null) batch.starts(instance);
  if (commit.end !== null) instance.ends(commit.end, state.activities.size > countSettled(commit.events));
  foldAll(state, commit.events);
  if (commit.customStatus !== undefined) state.customStatus = commit.customStatus;
  batch.appendHistory(instance, generation, nextSeq, commit.events, reception.at);
  batch.consume(instance, mail);

  if (commit.end !== null) endInstance(engine, batch, instance, commit, generation, reception.at);
  else if (commit.next !== null) nextGeneration(engine, batch, instance, commit, reception.at);
  else if (commit.events.length > 0) {
    for (const event of commit.events) if (event.kind === "TaskScheduled") scheduleActivity(engine, batch, instance, event, generation);
    batch.update(instance, reception.at);
  }
  if (commit.children.length > 0 || commit.messages.length > 0) instance.speaks();
  for (const child of commit.children) gatherChild(engine, batch, child, reception.at);
  for (const message of commit.messages) gatherMessage(engine, batch, message);
  if (instance.crashes > 0) {
    instance.acquit();
    engine.committer.requestClaim(); // the next suspect comes with this commit
  }
  batch.addEpisode();
  return commit;
}

function countSettled(events: EpisodeCommit["events"]): number {
  let settled = 0;
  for (const event of events) if (event.kind === "TaskCompleted" || event.kind === "TaskFailed") settled += 1;
  return settled;
}

function endInstance(engine: Engine, batch: Batch, instance: ActiveInstance, commit: EpisodeCommit, generation: number, at: number): void {
  const { state } = instance;
  const { end } = commit;
  if (end === null) return;
  keepScheduledRunning(engine, batch, instance, commit);
  if (end.status === "Terminated") batch.tasks.cancel({ no: instance.no, generation, eventId: null });
  instance.dropRowTasks();
  batch.update(instance, at, { completed: { output: end.output } });
  batch.ends(instance);
  if (end.successor !== null) gatherSuccessor(engine, batch, end.successor, at);
  state.waiting = NOTHING_WAITS;
}

function nextGeneration(engine: Engine, batch: Batch, instance: ActiveInstance, commit: EpisodeCommit, at: number): void {
  const { state } = instance;
  const { next } = commit;
  if (next === null) return;
  keepScheduledRunning(engine, batch, instance, commit);
  instance.dropRowTasks();
  beginGeneration(state, next);
  batch.appendHistory(instance, state.generation, 0, next.carryOver, at);
  for (const event of next.carryOver) fold(state, event);
  batch.update(instance, at, next.labels === null ? { input: next.input } : { input: next.input, labels: next.labels });
}

/**
 * An activity that was recorded as scheduled runs at least once, even when its orchestrator no longer waits. Those that no attempt has begun
 * yet get a row, which outlives the instance's own memory; those already running need none: they have begun.
 */
function keepScheduledRunning(engine: Engine, batch: Batch, instance: ActiveInstance, commit: EpisodeCommit): void {
  if (commit.end?.status === "Terminated") return;
  for (const event of commit.events) {
    if (event.kind === "TaskScheduled") batch.tasks.add(taskRow(engine, instance, event, FREE));
  }
}

/** In this worker, or as a row for a worker that has the function and room. No attempt has been made: it is under no suspicion. */
function scheduleActivity(engine: Engine, batch: Batch, instance: ActiveInstance, scheduled: TaskScheduled, generation: number): void {
  if (engine.fleet.keepsActivity(instance, scheduled.name)) {
    batch.startActivity({ instance, scheduled, generation });
    return;
  }
  instance.rowGiven(scheduled.id);
  batch.tasks.add(taskRow(engine, instance, scheduled, FREE));
  if (!engine.fleet.has("activity", scheduled.name)) engine.unoffered.lacked();
}

/** What every attempt of a call has, wherever it runs. */
function callOf({ state }: ActiveInstance, scheduled: TaskScheduled) {
  return {
    input: scheduled.input,
    attempt: scheduled.retry?.attempt ?? 1,
    timeoutMs: scheduled.timeoutMs ?? null,
    seed: state.seed,
    callId: scheduled.retry?.of ?? scheduled.id,
  };
}

/** What the executor is asked to run for a call that history has as scheduled. */
export function activityRequest(instance: ActiveInstance, scheduled: TaskScheduled, generation: number): ActivityRequest {
  return {
    no: instance.no,
    generation,
    eventId: scheduled.id,
    instanceId: instance.state.instanceId,
    name: scheduled.name,
    alone: false,
    ...callOf(instance, scheduled),
    progress: scheduled.progress ?? null,
  };
}

const FREE: TaskRowRules = { claimed: false, crashes: 0 };

export interface TaskRowRules {
  /** By this worker, from the first row on. */
  readonly claimed: boolean;
  /** Of the instance while an attempt may have been what ended its owners; 0 where none was made. */
  readonly crashes: number;
}

export function taskRow(engine: Engine, instance: ActiveInstance, scheduled: TaskScheduled, rules: TaskRowRules): NewTask {
  const { generation } = instance.state;
  const body: TaskBody = callOf(instance, scheduled);
  return {
    no: instance.no,
    generation,
    eventId: scheduled.id,
    instanceId: instance.state.instanceId,
    name: scheduled.name,
    ...rules,
    notBefore: Math.min(scheduled.ts, engine.storeClock.reached),
    body: JSON.stringify(body),
    progress: scheduled.progress ?? null,
  };
}

function gatherChild(engine: Engine, batch: Batch, child: ChildStart, at: number): void {
  const ifExists: ConditionalMessage | null =
    child.ifExists === null ? null : { to: { no: child.ifExists.to }, message: child.ifExists.message };
  // Its parent may have heard of the end of the last run with this id by way of memory: that run then ends in this very batch.
  const takesOver = !child.minted && batch.endsId(child.start.instanceId);
  birth(engine, batch, child.start, { ifExists, onExisting: takesOver ? "replaceEnded" : "replaceTerminal", minted: child.minted, at });
}

function gatherSuccessor(engine: Engine, batch: Batch, start: StartSpec, at: number): void {
  birth(engine, batch, start, { ifExists: null, onExisting: "replaceEnded", minted: false, at });
}

const NOBODY: readonly string[] = [];

interface BirthRules {
  readonly ifExists: ConditionalMessage | null;
  readonly onExisting: NewInstance["onExisting"];
  /** The engine made the id: the first episode may run before the row is durable. */
  readonly minted: boolean;
  readonly at: number;
  /** The client that starts it. */
  readonly op?: StartOp;
}

/** A new instance in this batch: owned and in memory while there is room and no reason to leave it to others, ready for anybody otherwise. */
export function birth(engine: Engine, batch: Batch, start: StartSpec, rules: BirthRules): void {
  const no = engine.mintNo();
  if (no === null) throw new Error("no instance number is at hand");
  const hasRoom = engine.table.size < engine.settings.maxOwnedInstances && engine.phase === "running";
  const scheduled = start.startAt !== null && start.startAt > rules.at;
  const owned = hasRoom && !scheduled && engine.fleet.keepsBirth(start.name);
  const wakeAt = start.startAt ?? Math.min(rules.at, engine.storeClock.reached);
  const { onExisting, ifExists } = rules;
  const row: NewInstance = { no, start, owned, onExisting, ifExists, wakeAt, createdAt: rules.at };
  const op = rules.op ?? null;
  if (!owned) {
    batch.create(row, null, op);
    if (!engine.fleet.has("orchestrator", start.name)) engine.unoffered.lacked();
    return;
  }
  const { instanceId, executionId: execution, name, input, version, tags, parent, startAt } = start;
  const born = { no, instanceId, name, version, parent, tags, startAt, generation: 0, executionId: execution, input, customStatus: null };
  const state = newState({ ...born, createdAt: rules.at });
  const now = engine.parts.clock.monotonicMs();
  const gated = !rules.minted;
  const instance = new ActiveInstance({ state, version: 0, crashes: 0, convictedBy: NOBODY, createdAt: rules.at, now, gated });
  batch.create(row, instance, op);
  if (gated) return;
  engine.table.add(instance);
  engine.enqueue(instance);
}

function gatherMessage(engine: Engine, batch: Batch, outgoing: Outgoing): void {
  const { to, message } = outgoing;
  const target = "no" in to ? engine.table.byNo(to.no) : engine.table.byId(to.instanceId);
  if (target === undefined || target.leaving || target.gated || !engine.mailOrder.mayGoDirect(target)) {
    batch.send(outgoing, null);
    if ("instanceId" in to) engine.mailOrder.sent(to.instanceId);
    return;
  }
  const mail = localMail(message);
  target.mailbox.put(mail);
  batch.addLocalMail(target, mail);
  engine.enqueue(target);
}
