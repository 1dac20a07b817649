import { foldAll } from "../core/fold.ts";
import type { WaitFacts, WorkerFacts } from "../core/waiting/facts.ts";
import type { Explained } from "../core/waiting/waiting-for.ts";
import { waitingFor } from "../core/waiting/waiting-for.ts";
import { isSuspect } from "../engine/crashes/suspicion.ts";
import { stateBefore } from "../engine/ownership/state-before.ts";
import { parseNotes } from "../model/entity-notes.ts";
import type { InstanceId } from "../model/ids.ts";
import { payload } from "../model/payload.ts";
import { NO_SLOT_YET, slotId } from "../model/slot.ts";
import type { RuntimeStatus } from "../model/status.ts";
import type { WaitingFor } from "../model/waiting-for.ts";
import { LONGEST_LIST, NAMED_HOLDERS } from "../model/waiting-for.ts";
import type { Store } from "../store/contract.ts";
import { parseHistory, parseMessage, parseTaskBody } from "../store/parse.ts";
import type { InstanceRow, LoadedInstance, TaskRow, WorkerRow } from "../store/rows.ts";

type Reads = Pick<Store, "getInstance" | "readInstances" | "readWorkers" | "load" | "readSlotHolders">;

/** Instances of one answer, from the one that is asked about to the one that all wait for. */
const MOST_STEPS = 10;

/** One instance on the way to what all of them wait for. */
export interface Step {
  readonly id: InstanceId;
  readonly facts: WaitFacts;
  readonly explained: Explained;
}

export interface WaySteps {
  readonly first: Step;
  /** What it waits for, what that waits for … */
  readonly rest: readonly Step[];
  /** All of it as one sentence. */
  readonly because: string;
}

export async function readWaitingFor(store: Reads, instanceId: InstanceId): Promise<WaitingFor | null> {
  const found = await readSteps(store, instanceId);
  return found === null ? null : { ...found.first.explained.waitingFor, because: found.because };
}

/**
 * Why it does not move; null: there is none, or it has ended. For each instance on the way its history is read, all of it, so this is for one that
 * a person asks about.
 */
export async function readSteps(store: Reads, instanceId: InstanceId): Promise<WaySteps | null> {
  const { now, workers } = await store.readWorkers();
  const known = workersFacts(workers, now);
  const seen = new Set<InstanceId>();
  const reasons: string[] = [];
  const steps: Step[] = [];
  for (let next: InstanceId | null = instanceId; next !== null && reasons.length < MOST_STEPS; ) {
    if (seen.has(next)) {
      reasons.push("waits for the first of them again");
      break;
    }
    seen.add(next);
    const facts = await readFacts(store, next, now, known);
    const explained = facts === null ? null : waitingFor(facts);
    if (facts === null || explained === null) {
      if (steps.length > 0) reasons.push("has ended, and its answer is on the way");
      break;
    }
    steps.push({ id: next, facts, explained });
    reasons.push(explained.waitingFor.because);
    next = explained.next;
  }
  const [first, ...rest] = steps;
  return first === undefined ? null : { first, rest, because: `It ${reasons.join(", which ")}.` };
}

async function readFacts(store: Reads, id: InstanceId, now: number, workers: readonly WorkerFacts[]): Promise<WaitFacts | null> {
  const row = await store.getInstance(id, "none");
  const [loaded] = row === null ? [] : await store.load([row.no]);
  if (loaded === undefined) return null;
  const history = readable(() => parseHistory(loaded.history), []);
  const facts = factsOf(loaded.row, history, now, workers);
  const { state } = facts;
  const tasks = taskFacts(loaded.tasks, state);
  const children = [...state.children.values()].slice(0, LONGEST_LIST);
  const related = children.length === 0 ? [] : await store.readInstances(children, "none");
  const called = entitiesOf(state, history).slice(0, LONGEST_LIST);
  const entities = called.length === 0 ? [] : await store.readInstances(called, "withoutInput");
  return {
    ...facts,
    unread: loaded.inbox.map((item) => unreadFacts(item, loaded.row.updatedAt)),
    tasks,
    slots: await readSlots(store, state, tasks),
    notes: new Map(
      entities.map(({ instanceId, customStatus }) => [instanceId, parseNotes(customStatus === null ? null : payload(customStatus))]),
    ),
    statuses: new Map<InstanceId, RuntimeStatus>(related.map(({ instanceId, status }) => [instanceId, status])),
  };
}

/** Of one instance alone, by its row and what it has recorded: without its queues, and what is known of those that it waits for. */
export function factsOf(row: InstanceRow, history: WaitFacts["history"], now: number, workers: readonly WorkerFacts[]): WaitFacts {
  const state = stateBefore(row);
  foldAll(state, history);
  return {
    ...{ now, state, history, workers },
    row: rowFacts(row),
    unread: [],
    tasks: new Map(),
    slots: new Map(),
    notes: new Map(),
    statuses: new Map(),
  };
}

function unreadFacts(item: LoadedInstance["inbox"][number], updatedAt: number): WaitFacts["unread"][number] {
  const message = readable(() => parseMessage(item), null);
  return { kind: item.kind, name: message?.kind === "event" ? message.name : null, since: message?.ts ?? updatedAt };
}

/** A read for each key that an activity of the list waits for. */
async function readSlots(store: Reads, { activities }: WaitFacts["state"], tasks: WaitFacts["tasks"]): Promise<WaitFacts["slots"]> {
  const ids = [...activities.values()].slice(0, LONGEST_LIST).flatMap(({ id, name }) => {
    const slot = tasks.get(id)?.slot ?? null;
    return slot === null ? [] : [slotId(name, slot.key)];
  });
  const read = async (id: string) => [id, await store.readSlotHolders({ slotId: id, atMost: NAMED_HOLDERS })] as const;
  return new Map(await Promise.all([...new Set(ids)].map(read)));
}

/** Rows that cannot be read are those of an instance that is stopped, or will be, and its reason says so. */
function readable<Value>(read: () => Value, otherwise: Value): Value {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

/** Those of an open lock, and those of open calls. */
function entitiesOf({ lock, entityCalls }: WaitFacts["state"], history: WaitFacts["history"]): readonly InstanceId[] {
  const asked = lock === null || lock.granted ? [] : lock.entities;
  const called = history.flatMap((event) =>
    event.kind === "EntityOperationCalled" && entityCalls.has(event.id) ? [event.instanceId] : [],
  );
  return [...new Set([...asked, ...called])];
}

function rowFacts({ owner, wakeAt, createdAt, updatedAt, stopped, crashes }: InstanceRow): WaitFacts["row"] {
  return { owner, wakeAt, createdAt, updatedAt, stopped, deaths: { count: crashes, isSuspect: isSuspect(crashes) } };
}

export function taskFacts(tasks: readonly TaskRow[], { generation, version: ofInstance }: WaitFacts["state"]): WaitFacts["tasks"] {
  const current = tasks.filter((task) => task.generation === generation);
  return new Map(
    current.map((task) => {
      const { eventId, worker, crashes, createdAt, progress: heartbeat, notBefore } = task;
      const slot = notBefore === NO_SLOT_YET ? (task.slot ?? null) : null;
      const deaths = { count: crashes, isSuspect: isSuspect(crashes) };
      const version = readable(() => parseTaskBody(task).version, undefined) ?? ofInstance;
      return [eventId, { worker, slot, deaths, createdAt, version, heartbeat }];
    }),
  );
}

export const workersFacts = (rows: readonly WorkerRow[], now: number): readonly WorkerFacts[] =>
  rows.map((row) => {
    const { worker, host, leaseUntil, functions, load } = row;
    return { worker, host, leaseUntil, functions, load, isLive: isLiveAt(row, now) };
  });

export const isLiveAt = ({ fence, leaseUntil, provenDead }: WorkerRow, now: number): boolean =>
  fence !== null && leaseUntil > now && !provenDead;
