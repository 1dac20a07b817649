import { createInspector } from "../../packages/perdure/src/client/inspect/inspector.ts";
import type { Inspector } from "../../packages/perdure/src/client/inspect/types.ts";
import { realClock } from "../../packages/perdure/src/process/real-time.ts";
import type { Store } from "../../packages/perdure/src/store/contract.ts";
import { fillHub } from "../lib/fill.ts";
import { rssMiB } from "../lib/load.ts";
import type { Measured } from "../lib/record.ts";
import { measuredOf } from "../lib/record.ts";
import type { ProcessRequest, ProcessScenario, Results, Target } from "../lib/scenario.ts";
import { atMost } from "../lib/scenario.ts";
import { latenciesOf } from "../lib/stats.ts";
import { APART_MS, columnsFrom, openStore, timesOf } from "./list.ts";

/** Events of the one long history, in rows of ten. */
const LONG = 20_000;
/** Rows 1,001 and 2,001 of the fill are open: the first has the long history, the second waits for an event, as all the others that are open. */
const LONG_ID = "order-0001001";
const WAITING_ID = "order-0002001";

const EVENT_AT = 1_700_000_000_000;
const called = (id: number) => [
  { kind: "TaskScheduled", ts: EVENT_AT, id, name: "Ship", input: '{"order":1}' },
  { kind: "TaskCompleted", ts: EVENT_AT, taskId: id, result: '"shipped"', ran: 3, by: 1 },
];
const TEN = JSON.stringify([0, 1, 2, 3, 4].flatMap(called));
const STARTED = {
  ...{ kind: "ExecutionStarted", ts: EVENT_AT, name: "Listed", executionId: "e", generation: 0, input: null, version: null },
  ...{ parent: null, tags: null },
};
const WAITS = JSON.stringify([
  { kind: "OrchestratorStarted", ts: EVENT_AT },
  STARTED,
  ...called(0),
  { kind: "OrchestratorCompleted", ts: EVENT_AT, openEvents: ["Approved"] },
]);

const histories = (numbers: string): readonly string[] => [
  `INSERT INTO history (no, generation, first_seq, count, events, at)
    SELECT 2001, 0, (n - 1) * 10, 10, '${TEN}', ${EVENT_AT} FROM ${numbers} WHERE n <= ${LONG / 10}`,
  `INSERT INTO history (no, generation, first_seq, count, events, at)
    SELECT n + 1000, 0, 0, 5, '${WAITS}', ${EVENT_AT} FROM ${numbers} WHERE n % 1000 = 1 AND n <> 1001`,
];

interface Question {
  readonly most: number;
  readonly ask: (inspector: Inspector, ids: readonly string[]) => Promise<unknown>;
}

export const QUESTIONS: Readonly<Record<string, Question>> = {
  list: { most: 10, ask: (inspector) => inspector.list({}) },
  open: { most: 10, ask: (inspector) => inspector.list({ open: true }) },
  failed: { most: 10, ask: (inspector) => inspector.list({ status: ["Failed"], orderBy: "ended" }) },
  lookup: { most: 10, ask: (inspector, ids) => inspector.lookup(ids) },
  instance: { most: 10, ask: (inspector) => inspector.instance(LONG_ID) },
  historyTail: { most: 10, ask: (inspector) => inspector.history(LONG_ID, { tail: 200 }) },
  historyMiddle: { most: 10, ask: (inspector) => inspector.history(LONG_ID, { from: LONG / 2 }) },
  payload: { most: 10, ask: (inspector) => inspector.payload(LONG_ID, `event.${LONG / 2}.input`) },
  why: { most: 10, ask: (inspector) => inspector.why(WAITING_ID) },
  doing: { most: 100, ask: (inspector, ids) => inspector.doing(ids.slice(0, 50)) },
  counts: { most: 100, ask: (inspector) => inspector.counts() },
  queue: { most: 10, ask: (inspector) => inspector.fleet() },
  failures: { most: 100, ask: (inspector) => inspector.failures({ endedFrom: 1 }) },
};

export const inspect: ProcessScenario = {
  kind: "process",
  name: "inspect",
  summary: "1,000,000 instances: what the console asks, each question by itself (latencies: all of them)",
  stores: ["sqlite", "postgres"],
  levels: [1_000_000],
  levelMeans: "instances",
  defaultRuns: 3,
  durationMeans: null,
  canDelayCommits: false,
  rate: "orchestrationsPerSecond",
  noPeers: "it is about reads of tables of ours",
  measure,
  targets,
};

async function measure(request: ProcessRequest): Promise<Measured> {
  const url = await request.freshStore();
  request.say(`${request.inFlight} rows are written …`);
  await fill(url, request.inFlight);
  const store = await openStore(url);
  try {
    const { all, extra } = await askAll(store);
    return measuredOf({}, { ...latenciesOf(all), rssMiB: rssMiB() }, extra);
  } finally {
    await store.close();
  }
}

/** The newest was created a moment ago: most of a million have ended in the last 24 hours, of which there are counts. */
export const fill = (url: string, count: number): Promise<void> =>
  fillHub(url, { orchestrator: "Listed", count, columns: columnsFrom(Date.now() - count * APART_MS), more: histories });

/** Each question of a store that was filled for this; also for one that was filled before. */
export async function askAll(store: Store): Promise<{ readonly all: readonly number[]; readonly extra: Measured["extra"] }> {
  const ids = (await inspectorOf(store).list({ open: true, limit: 100 })).rows.map(({ id }) => id);
  const all: number[] = [];
  const extra: Record<string, number> = {};
  for (const [name, { ask }] of Object.entries(QUESTIONS)) {
    const times = await timesOf(() => ask(inspectorOf(store), ids)); // each time one that has no answer yet
    all.push(...times);
    extra[`${name}Ms`] = latenciesOf(times).p50Ms ?? Number.NaN;
  }
  return { all, extra };
}

const inspectorOf = (store: Store): Inspector => createInspector({ store, clock: realClock, guarded: (call) => call() });

function targets(results: Results): readonly Target[] {
  const extra = results.ours(results.levels[0] ?? 0)?.median.extra ?? {};
  return Object.entries(QUESTIONS).flatMap(([name, { most }]) => atMost(name, extra[`${name}Ms`] ?? null, most, "ms"));
}
