import { foldAll, isDone } from "../../core/fold.ts";
import { nextWake } from "../../core/next-wake.ts";
import { newState } from "../../core/state.ts";
import { messageOf } from "../../errors/perdure-error.ts";
import { functionNotFound } from "../../model/function-not-found.ts";
import type { TaskScheduled } from "../../model/history.ts";
import type { InstanceNo } from "../../model/ids.ts";
import { payload } from "../../model/payload.ts";
import { seedOfTaskRow } from "../../model/seed.ts";
import { parseHistory, parseMessage, parseTaskBody } from "../../store/parse.ts";
import type { InstanceRow, LoadedInstance, TaskRow } from "../../store/rows.ts";
import { isAlone, isSuspect, MAX_CRASHES } from "../claims/suspicion.ts";
import { activityRequest, taskRow } from "../commits/gather.ts";
import type { Engine } from "../engine.ts";
import { ActiveInstance } from "./instance.ts";
import { convict, release, stopUnreadable } from "./leaving.ts";
import type { Mail } from "./mailbox.ts";
import { resultMail, rowMail } from "./mailbox.ts";

/** Takes claimed instances into memory: the state is the fold of the history, and what was open is open again. */
export function adopt(engine: Engine, loaded: LoadedInstance): void {
  const { row } = loaded;
  const known = engine.table.byNo(row.no);
  if (known !== undefined || row.owner !== engine.identity.worker) return;
  const state = newState(birthOf(row));
  const now = engine.parts.clock.monotonicMs();
  const { version, crashes, convictedBy, createdAt } = row;
  const instance = new ActiveInstance({ state, version, crashes, convictedBy, createdAt, now, gated: false });
  let history: ReturnType<typeof parseHistory>;
  let mail: Mail[];
  try {
    history = parseHistory(loaded.history);
    mail = loaded.inbox.map((item) => rowMail(parseMessage(item), item.seq));
  } catch (error) {
    engine.table.add(instance);
    engine.committer.gathering.consume(instance, resumesOf(loaded)); // this was their try
    stopUnreadable(engine, instance, error, []);
    return;
  }
  foldAll(state, history);
  if (isDone(state)) return;
  for (const item of mail) instance.mailbox.put(item);
  engine.mailOrder.readAfresh(instance);
  engine.table.add(instance);
  if (row.crashes >= MAX_CRASHES) {
    const message = messageOf("INSTANCE_POISON", { deaths: row.crashes });
    convict(engine, instance, { code: "INSTANCE_POISON", message }, instance.mailbox.empty());
    return;
  }
  reopenActivities(engine, instance, loaded);
  if (isSuspectAtRest(engine, instance)) {
    release(engine, instance);
    return;
  }
  engine.table.histories.keep(instance.no, { events: history, chars: charsOf(loaded) });
  engine.armTimer(instance);
  engine.enqueue(instance);
}

const charsOf = ({ history }: LoadedInstance): number => history.reduce((sum, { events }) => sum + events.length, 0);

/**
 * A suspect that has nothing to do (all that it has open is in the task queue now) leaves at once, and the next one comes: when one of its
 * tasks ends the process, that does not count against an instance which only waited beside it.
 */
export function isSuspectAtRest(engine: Engine, instance: ActiveInstance): boolean {
  const { state, rowTasks, mailbox, crashes } = instance;
  if (!isSuspect(crashes) || !mailbox.isEmpty) return false;
  const wake = nextWake(state, rowTasks);
  return wake === null || (wake !== "now" && wake > engine.storeClock.now());
}

/** As rows to be consumed: what they say is not looked at. */
const resumesOf = ({ inbox }: LoadedInstance): readonly Mail[] =>
  inbox.filter(({ kind }) => kind === "resume").map(({ seq }) => rowMail({ kind: "resume", ts: 0, reason: null }, seq));

function birthOf(row: InstanceRow) {
  const { no, instanceId, name, orchestrationVersion: version, parent, tags, startAt, generation, executionId, createdAt } = row;
  const input = row.input === null ? null : payload(row.input);
  const customStatus = row.customStatus === null ? null : payload(row.customStatus);
  return { no, instanceId, name, version, parent, tags, startAt, generation, executionId, input, customStatus, createdAt };
}

/** Open on load = scheduled − completed in history − completion in the inbox − row in the task queue (docs/design/ownership.md 7). */
function reopenActivities(engine: Engine, instance: ActiveInstance, loaded: LoadedInstance): void {
  const { state } = instance;
  const kept = engine.keptResults.take(instance.no, state.generation);
  if (state.activities.size === 0) return;
  const answered = new Set<number>();
  for (const { message } of instance.mailbox.waiting) {
    if ((message.kind === "taskCompleted" || message.kind === "taskFailed") && message.generation === state.generation)
      answered.add(message.taskId);
  }
  for (const task of loaded.tasks) if (task.generation === state.generation) instance.rowGiven(task.eventId);
  for (const scheduled of state.activities.values()) {
    if (answered.has(scheduled.id) || instance.rowTasks.has(scheduled.id)) continue;
    const message = kept.get(scheduled.id);
    if (message === undefined) reopen(engine, instance, scheduled);
    else instance.mailbox.put(resultMail(message));
  }
}

function reopen(engine: Engine, instance: ActiveInstance, scheduled: TaskScheduled): void {
  const { generation } = instance.state;
  const { crashes } = instance;
  // An attempt that was begun before everything was read again continues here; a row beside it would be run as well.
  const isHere = engine.dispatcher.get({ no: instance.no, generation, eventId: scheduled.id }) !== undefined;
  if (!isSuspect(crashes) && (isHere || engine.fleet.keepsActivity(instance, scheduled.name))) {
    engine.dispatcher.submit(activityRequest(instance, scheduled, generation));
    return;
  }
  const batch = engine.committer.gathering;
  instance.rowGiven(scheduled.id);
  batch.tasks.add(taskRow(engine, instance, scheduled, { claimed: false, crashes }));
  if (isSuspect(crashes)) batch.touch(instance);
  else batch.update(instance, engine.storeClock.now()); // its row says "at once" since it was claimed
  if (!engine.fleet.has("activity", scheduled.name)) engine.unoffered.lacked();
  engine.committer.requestSeal();
}

/** Runs a task that this worker has claimed from the shared queue, or stops it for crashes. */
export function runClaimedTask(engine: Engine, row: TaskRow): void {
  const { no, generation, eventId, instanceId, name, attempts, crashes } = row;
  if (crashes >= MAX_CRASHES) {
    const poison = messageOf("ACTIVITY_POISON", name, eventId, { deaths: crashes });
    const ts = engine.storeClock.now();
    const message = { kind: "taskFailed", ts, generation, taskId: eventId, result: null, poison } as const;
    engine.committer.gathering.tasks.finish({ no, generation, eventId, attempts, message: { to: { no }, message } });
    engine.committer.requestSeal();
    return;
  }
  if (!engine.fleet.knows("activity", name)) {
    const failure = functionNotFound("FUNCTION_NOT_OFFERED", "activity", name, engine.fleet.known("activity"));
    const message = { kind: "taskFailed", ts: engine.storeClock.now(), generation, taskId: eventId, result: null, failure } as const;
    engine.committer.gathering.tasks.finish({ no, generation, eventId, attempts, message: { to: { no }, message } });
    engine.committer.requestSeal();
    return;
  }
  const body = parseTaskBody(row.body);
  const input = body.input === null ? null : payload(body.input);
  const progress = row.progress === null ? null : payload(row.progress);
  const { attempt, timeoutMs, seed = seedOfTaskRow(instanceId, no, generation), callId = eventId } = body;
  const request = { no, generation, eventId, instanceId, name, alone: isAlone(crashes), input, attempt, seed, callId, timeoutMs, progress };
  engine.dispatcher.submit(request, { attempts, crashes });
}

/** Loads in slices, so that the loop turns in between. */
export const LOAD_SLICE = 100;

/**
 * An instance is read once at a time, not while it is in memory (a claim whose first load failed may have been found by the sweep since), and not
 * taken from before all was forgotten: one that has ended or left meanwhile would rise again as it was.
 */
export async function loadOwned(engine: Engine, nos: readonly InstanceNo[]): Promise<void> {
  const { table } = engine;
  const { epoch } = table;
  const unread = nos.filter((no) => !table.loading.has(no) && table.byNo(no) === undefined);
  for (const no of unread) table.loading.add(no);
  try {
    await loadSlices(engine, unread);
  } finally {
    if (table.epoch === epoch) for (const no of unread) table.loading.delete(no);
  }
  engine.lookAround(); // what came between the load and now
}

async function loadSlices(engine: Engine, nos: readonly InstanceNo[]): Promise<void> {
  const { table, parts } = engine;
  const { epoch } = table;
  for (let from = 0; from < nos.length; from += LOAD_SLICE) {
    if (from > 0) await new Promise<void>((resolve) => parts.scheduler.soon(resolve));
    for (const loaded of await parts.store.load(nos.slice(from, from + LOAD_SLICE))) {
      if (table.epoch !== epoch || (engine.phase !== "running" && engine.phase !== "draining")) return;
      adopt(engine, loaded);
    }
  }
}
