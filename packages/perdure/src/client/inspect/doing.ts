import type { WaitFacts } from "../../core/waiting/facts.ts";
import { waitingFor } from "../../core/waiting/waiting-for.ts";
import type { InstanceId, InstanceNo } from "../../model/ids.ts";
import type { Store } from "../../store/contract.ts";
import type { InstanceRow } from "../../store/rows.ts";
import { factsOf, taskFacts, workersFacts } from "../waiting-for.ts";
import { countText } from "./count.ts";
import { doingText, stopText } from "./doing-text.ts";
import { eventsWithin } from "./history.ts";
import { oneLine, textOfOutput } from "./preview.ts";
import { outputsOf, readRows } from "./rows.ts";
import type { Doing, Wait } from "./types.ts";
import { waitsOf } from "./waits.ts";
import { verdictOf } from "./why.ts";

type Reads = Pick<Store, "readInstances" | "readHistoryRange" | "readWorkers" | "loadTasks">;

/** Of the history of one instance of a list: what is longer is not folded for a line. */
const MOST_EVENTS = 2_000;
const MOST_BYTES = 256 * 1_024;
/** Open activities, and children, of one instance whose rows are looked for. */
const MOST_TASKS = 8;
const MOST_CHILDREN = 8;

/** A read for each history that a line needs, and one each for rows, tasks, children and workers, however many are asked for. */
export async function doingOf(store: Reads, ids: readonly string[]): Promise<readonly Doing[]> {
  const rows = await readRows(store, ids);
  const outputs = await outputsOf(store, rows);
  const found = await Promise.all(
    rows.map(async (row) => {
      const note = noteOf(row, outputs.get(row.no) ?? null);
      return { row, note, history: note === null ? await historyOf(store, row) : null };
    }),
  );
  const factsOfOpen = await openFacts(store, found);
  return found.map(({ row, note, history }) => lineOf(row, { note, history, facts: factsOfOpen.get(row.no) ?? null }));
}

interface Found {
  readonly row: InstanceRow;
  /** How it has ended, if that says it all: its history is not read for it. */
  readonly note: string | null;
  readonly history: WaitFacts["history"] | null;
}

const noteOf = ({ completedAt }: InstanceRow, output: string | null): string | null =>
  completedAt === null || output === null ? null : oneLine(textOfOutput(output));

/** Of those that have ended nothing is folded: most of a list of the newest has. */
async function openFacts(store: Reads, found: readonly Found[]): Promise<ReadonlyMap<InstanceNo, WaitFacts>> {
  const open = found.flatMap(({ row, history }) => (row.completedAt !== null || history === null ? [] : [{ row, history }]));
  if (open.length === 0) return new Map();
  const { now, workers } = await store.readWorkers();
  const known = workersFacts(workers, now);
  const all = open.map(({ row, history }) => factsOf(row, history, now, known));
  const [tasks, statuses] = await Promise.all([store.loadTasks(all.flatMap(openTasks)), statusesOf(store, all.flatMap(openChildren))]);
  return new Map(
    all.map((facts) => {
      const own = tasks.filter(({ no }) => no === facts.state.no);
      return [facts.state.no, { ...facts, tasks: taskFacts(own, facts.state), statuses }];
    }),
  );
}

/** Null: it is longer than that. */
async function historyOf(store: Reads, { no, generation, stopped }: InstanceRow): Promise<WaitFacts["history"] | null> {
  if (stopped !== null) return null;
  const range = await store.readHistoryRange({ no, generation, from: 0, limit: MOST_EVENTS, maxBytes: MOST_BYTES });
  const { events, end } = eventsWithin(range.chunks, 0, MOST_EVENTS);
  return end < range.total ? null : events.map(({ event }) => event);
}

const openTasks = ({ state }: WaitFacts) =>
  [...state.activities.keys()].slice(0, MOST_TASKS).map((eventId) => ({ no: state.no, generation: state.generation, eventId }));

const openChildren = ({ state }: WaitFacts): readonly InstanceId[] => [...state.children.values()].slice(0, MOST_CHILDREN);

async function statusesOf(store: Reads, ids: readonly InstanceId[]): Promise<WaitFacts["statuses"]> {
  const rows = ids.length === 0 ? [] : await store.readInstances(ids, "none");
  return new Map(rows.map(({ instanceId, status }) => [instanceId, status]));
}

/** The rows of children behind the first ones were not read: that they are not known says nothing. */
function knownWaits(waits: readonly Wait[], facts: WaitFacts): readonly Wait[] {
  const asked = new Set<string>(openChildren(facts));
  return waits.filter(({ kind, instanceId }) => kind !== "child" || (instanceId !== null && asked.has(instanceId)));
}

function lineOf(row: InstanceRow, { note, history, facts }: Omit<Found, "row"> & { readonly facts: WaitFacts | null }): Doing {
  const { instanceId: id, stopped, status, completedAt, updatedAt } = row;
  const line = { id, since: completedAt ?? updatedAt, dueAt: null, isWhole: true };
  if (stopped !== null) return { ...line, kind: "stopped", text: stopText(stopped), since: stopped.at, outlook: "stuck" };
  if (completedAt !== null) {
    const outlook = status === "Failed" ? "attention" : "fine";
    const text = note ?? (history === null ? status : workText(history));
    return { ...line, kind: "ended", text, outlook, isWhole: note !== null || history !== null };
  }
  const explained = facts === null ? null : waitingFor(facts);
  if (facts === null || explained === null) {
    const text = facts === null ? "its history is too long for a list" : "has ended, and its row is about to say so";
    return { ...line, kind: "unknown", text, isWhole: facts !== null, outlook: status === "Suspended" ? "attention" : "fine" };
  }
  const step = { id, facts, explained };
  const waits = waitsOf(step, null);
  return {
    ...line,
    since: explained.waitingFor.since.getTime(),
    ...doingText(step, waits),
    outlook: verdictOf(step, knownWaits(waits, facts), null).outlook,
  };
}

/** What it has done: "7 activities, 1 retry, 1 child". */
function workText(history: WaitFacts["history"]): string {
  const counts = { activities: 0, retries: 0, children: 0, timers: 0, events: 0 };
  for (const event of history) {
    if (event.kind === "TaskScheduled") counts[event.retry === undefined ? "activities" : "retries"] += 1;
    else if (event.kind === "SubOrchestrationInstanceCreated") counts[event.retry === undefined ? "children" : "retries"] += 1;
    else if (event.kind === "TimerCreated" && event.retryOf === undefined) counts.timers += 1;
    else if (event.kind === "EventRaised") counts.events += 1;
  }
  const parts = [
    countText(counts.activities, "activity", "activities"),
    countText(counts.retries, "retry", "retries"),
    countText(counts.children, "child", "children"),
    countText(counts.timers, "timer", "timers"),
    countText(counts.events, "event", "events"),
  ].filter((part) => part !== null);
  return parts.length === 0 ? "ended" : parts.join(", ");
}
