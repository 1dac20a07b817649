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
import type { InstanceRow, LoadedInstance, WorkerRow } from "../store/rows.ts";

type Reads = Pick<Store, "getInstance" | "readInstances" | "readWorkers" | "load" | "readSlotHolders">;

/** Instances of one answer, from the one that is asked about to the one that all wait for. */
const MOST_STEPS = 10;

/**
 * Why it does not move; null: there is none, or it has ended. For each instance on the way its history is read, all of it, so this is for one that
 * a person asks about.
 */
export async function readWaitingFor(store: Reads, instanceId: InstanceId): Promise<WaitingFor | null> {
  const { now, workers } = await store.readWorkers();
  const facts = workers.map((row) => workerFacts(row, now));
  const seen = new Set<InstanceId>();
  const reasons: string[] = [];
  let first: WaitingFor | null = null;
  for (let next: InstanceId | null = instanceId; next !== null && reasons.length < MOST_STEPS; ) {
    if (seen.has(next)) {
      reasons.push("waits for the first of them again");
      break;
    }
    seen.add(next);
    const explained = await explain(store, next, now, facts);
    if (explained === null) {
      if (first === null) return null;
      reasons.push("has ended, and its answer is on the way");
      break;
    }
    first ??= explained.waitingFor;
    reasons.push(explained.waitingFor.because);
    next = explained.next;
  }
  return first === null ? null : { ...first, because: `It ${reasons.join(", which ")}.` };
}

async function explain(store: Reads, id: InstanceId, now: number, workers: readonly WorkerFacts[]): Promise<Explained | null> {
  const row = await store.getInstance(id, "none");
  const [loaded] = row === null ? [] : await store.load([row.no]);
  if (loaded === undefined) return null;
  const { state, history } = recorded(loaded);
  const children = [...state.children.values()].slice(0, LONGEST_LIST);
  const related = children.length === 0 ? [] : await store.readInstances(children, "none");
  const called = entitiesOf(state, history).slice(0, LONGEST_LIST);
  const entities = called.length === 0 ? [] : await store.readInstances(called, "withoutInput");
  const tasks = taskFacts(loaded, state.version);
  return waitingFor({
    now,
    state,
    history,
    row: rowFacts(loaded.row),
    unread: loaded.inbox.map((item) => unreadFacts(item, loaded.row.updatedAt)),
    tasks,
    slots: await readSlots(store, state, tasks),
    workers,
    notes: new Map(
      entities.map(({ instanceId, customStatus }) => [instanceId, parseNotes(customStatus === null ? null : payload(customStatus))]),
    ),
    statuses: new Map<InstanceId, RuntimeStatus>(related.map(({ instanceId, status }) => [instanceId, status])),
  });
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

function recorded({ row, history: chunks }: LoadedInstance): Pick<WaitFacts, "state" | "history"> {
  const history = readable(() => parseHistory(chunks), []);
  const state = stateBefore(row);
  foldAll(state, history);
  return { state, history };
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

function taskFacts({ row, tasks }: LoadedInstance, ofInstance: string | null): WaitFacts["tasks"] {
  const current = tasks.filter(({ generation }) => generation === row.generation);
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

function workerFacts(row: WorkerRow, now: number): WorkerFacts {
  const { worker, host, leaseUntil, functions, load } = row;
  return { worker, host, leaseUntil, functions, load, isLive: isLiveAt(row, now) };
}

export const isLiveAt = ({ fence, leaseUntil, provenDead }: WorkerRow, now: number): boolean =>
  fence !== null && leaseUntil > now && !provenDead;
