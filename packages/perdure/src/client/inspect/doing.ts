import type { WaitFacts, WorkerFacts } from "../../core/waiting/facts.ts";
import { waitingFor } from "../../core/waiting/waiting-for.ts";
import type { Store } from "../../store/contract.ts";
import type { HistoryRange } from "../../store/history-range.ts";
import type { InstanceRow, TaskRow } from "../../store/rows.ts";
import { factsOf, workersFacts } from "../waiting-for.ts";
import { doingText } from "./doing-text.ts";
import { eventsWithin } from "./history.ts";
import { oneLine, textOfOutput } from "./preview.ts";
import { readRows } from "./rows.ts";
import type { Doing } from "./types.ts";
import { waitsOf } from "./waits.ts";
import { verdictOf } from "./why.ts";

type Reads = Pick<Store, "readInstances" | "readHistoryRange" | "readWorkers" | "loadTasks">;

/** Of the history of one instance of a list: what is longer is not folded for a line. */
const MOST_EVENTS = 2_000;
const MOST_BYTES = 256 * 1_024;
/** Open activities of one instance whose rows are looked for. */
const MOST_TASKS = 8;

/** A read for each history, and one each for rows, tasks and workers, however many are asked for. */
export async function doingOf(store: Reads, ids: readonly string[]): Promise<readonly Doing[]> {
  const [rows, { now, workers }] = await Promise.all([readRows(store, ids), store.readWorkers()]);
  const known = workersFacts(workers, now);
  const noted = rows.filter(({ status }) => status === "Failed" || status === "Terminated").map(({ instanceId }) => instanceId);
  const [histories, ended] = await Promise.all([
    Promise.all(rows.map((row) => historyOf(store, row))),
    noted.length === 0 ? [] : store.readInstances(noted, "withoutInput"),
  ]);
  const outputs = new Map(ended.map(({ no, output }) => [no, output]));
  const bare = rows.map((row, index) => factsWith(row, histories[index] ?? null, [], now, known));
  const tasks = await store.loadTasks(bare.flatMap((facts) => (facts === null ? [] : openTasks(facts))));
  return rows.map((row, index) => {
    const output = outputs.get(row.no) ?? null;
    const own = tasks.filter(({ no, generation }) => no === row.no && generation === row.generation);
    return lineOf(row, output, own.length === 0 ? (bare[index] ?? null) : factsWith(row, histories[index] ?? null, own, now, known));
  });
}

/** Null: it is longer than that. */
async function historyOf(store: Reads, { no, generation, stopped }: InstanceRow): Promise<HistoryRange | null> {
  if (stopped !== null) return null;
  const range = await store.readHistoryRange({ no, generation, from: 0, limit: MOST_EVENTS, maxBytes: MOST_BYTES });
  return eventsWithin(range.chunks, 0, MOST_EVENTS).end < range.total ? null : range;
}

const factsWith = (
  row: InstanceRow,
  history: HistoryRange | null,
  tasks: readonly TaskRow[],
  now: number,
  workers: readonly WorkerFacts[],
): WaitFacts | null => (history === null ? null : factsOf({ row, history: history.chunks, inbox: [], tasks }, now, workers));

const openTasks = ({ state }: WaitFacts) =>
  [...state.activities.keys()].slice(0, MOST_TASKS).map((eventId) => ({ no: state.no, generation: state.generation, eventId }));

function lineOf(row: InstanceRow, output: string | null, facts: WaitFacts | null): Doing {
  const { instanceId: id, stopped, status, completedAt, updatedAt } = row;
  const line = { id, since: completedAt ?? updatedAt, dueAt: null, isWhole: true };
  if (stopped !== null)
    return { ...line, kind: "stopped", text: `${stopped.code}: ${oneLine(stopped.message)}`, since: stopped.at, outlook: "stuck" };
  if (completedAt !== null) {
    const note = output === null ? null : oneLine(textOfOutput(output));
    const outlook = status === "Failed" ? "attention" : "fine";
    return {
      ...line,
      kind: "ended",
      text: note ?? (facts === null ? status : workText(facts)),
      outlook,
      isWhole: note !== null || facts !== null,
    };
  }
  const explained = facts === null ? null : waitingFor(facts);
  if (facts === null || explained === null) {
    const text = facts === null ? "its history is too long for a list" : "has ended, and its row is about to say so";
    return { ...line, kind: "unknown", text, isWhole: facts !== null, outlook: status === "Suspended" ? "attention" : "fine" };
  }
  const step = { id, facts, explained };
  const waits = waitsOf(step, null);
  return { ...line, since: explained.waitingFor.since.getTime(), ...doingText(step, waits), outlook: verdictOf(step, waits, null).outlook };
}

/** What it has done: "7 activities, 1 retry, 1 child". */
function workText({ history }: WaitFacts): string {
  const counts = { activities: 0, retries: 0, children: 0, timers: 0, events: 0 };
  for (const event of history) {
    if (event.kind === "TaskScheduled") counts[event.retry === undefined ? "activities" : "retries"] += 1;
    else if (event.kind === "SubOrchestrationInstanceCreated") counts[event.retry === undefined ? "children" : "retries"] += 1;
    else if (event.kind === "TimerCreated" && event.retryOf === undefined) counts.timers += 1;
    else if (event.kind === "EventRaised") counts.events += 1;
  }
  const parts = [
    some(counts.activities, "activity", "activities"),
    some(counts.retries, "retry", "retries"),
    some(counts.children, "child", "children"),
    some(counts.timers, "timer", "timers"),
    some(counts.events, "event", "events"),
  ].filter((part) => part !== null);
  return parts.length === 0 ? "ended" : parts.join(", ");
}

const some = (count: number, one: string, many: string): string | null => (count === 0 ? null : `${count} ${count === 1 ? one : many}`);
