import { DatabaseSync } from "node:sqlite";
import { withClient } from "../../packages/perdure/src/testing/postgres/databases.ts";
import { fillHub } from "../lib/fill.ts";
import type { ClosedLoopResult } from "../lib/load.ts";
import { rssMiB, runClosedLoop } from "../lib/load.ts";
import { useHubSchema } from "../lib/postgres/hub-schema.ts";
import type { Measured } from "../lib/record.ts";
import { measuredOf } from "../lib/record.ts";
import type { ProcessRequest, ProcessScenario, Results, Target } from "../lib/scenario.ts";
import { atLeast, atMost } from "../lib/scenario.ts";
import { latenciesOf } from "../lib/stats.ts";
import { helloOnce, openHub } from "../lib/systems/perdure.ts";

const IN_FLIGHT = 256;
const SECONDS = 15;
const HISTORY_ROWS = 6;
const FIRST_ENDED = 1_700_000_000_000;
const FIRST_NO = 100_000_000;
/** A worker looks eight times within it, so a second after its start. What the load itself has ended goes as well, after that time. */
const RETENTION_MS = 8_000;
const EVENTS = JSON.stringify([{ kind: "TaskCompleted", ts: FIRST_ENDED, id: 7, taskId: 3, result: '"Hello Tokyo!"' }]);

export const purge: ProcessScenario = {
  kind: "process",
  name: "purge",
  summary: `retention among finished instances with ${HISTORY_ROWS} history rows each, beside hello-sequence-5 with ${IN_FLIGHT} in flight`,
  stores: ["sqlite", "postgres"],
  levels: [1_000_000],
  levelMeans: "finished instances",
  defaultRuns: 1,
  durationMeans: `measured seconds, without retention and with it (default ${SECONDS})`,
  canDelayCommits: false,
  rate: "orchestrationsPerSecond",
  noPeers: "the peers have no retention",
  measure,
  targets,
};

async function measure(request: ProcessRequest): Promise<Measured> {
  const storeUrl = await request.freshStore();
  request.say(`${request.inFlight} instances are written …`);
  await fillHub(storeUrl, { orchestrator: "Old", count: request.inFlight, columns: COLUMNS, more: histories });
  const seconds = request.durationSeconds ?? SECONDS;
  request.say("without retention …");
  const before = await load(storeUrl, seconds, {});
  request.say("with retention …");
  const counts: number[] = [];
  const beside = await load(storeUrl, seconds, { retentionMs: RETENTION_MS }, async () => {
    counts.push(await left(storeUrl));
  });
  const [first = 0, last = 0] = counts;
  const [ratio, own] = [beside.completed / before.completed, latenciesOf(beside.milliseconds)];
  const extra = {
    withoutRetentionPerSecond: before.completed / before.seconds,
    withoutRetentionP95Ms: latenciesOf(before.milliseconds).p95Ms ?? Number.NaN,
    keptPercent: 100 * ratio,
    purgedPerSecond: (first - last) / beside.seconds,
    leftAtTheEnd: last,
  };
  return measuredOf({ orchestrationsPerSecond: beside.completed / beside.seconds }, { ...own, rssMiB: rssMiB() }, extra);
}

async function load(
  storeUrl: string,
  seconds: number,
  options: { readonly retentionMs?: number },
  atBothEnds: () => Promise<void> = async () => {},
): Promise<ClosedLoopResult> {
  const { hub } = await openHub({ storeUrl, ...options });
  const once = (n: number) => helloOnce(hub, n);
  // By then the purge runs.
  await runClosedLoop({ inFlight: IN_FLIGHT, warmUpMs: 0, measureMs: 3_000, once });
  await atBothEnds();
  const result = await runClosedLoop({ inFlight: IN_FLIGHT, warmUpMs: 0, measureMs: seconds * 1_000, once });
  await atBothEnds();
  await hub.close();
  return result;
}

const COLUMNS: Readonly<Record<string, string>> = {
  no: `${FIRST_NO} + n`,
  instance_id: "'old-' || n",
  status: "'Completed'",
  ended_as: "1",
  created_at: `${FIRST_ENDED} + n`,
  updated_at: `${FIRST_ENDED} + n + 50`,
  completed_at: `${FIRST_ENDED} + n + 50`,
  output: `'"done"'`,
  wake_at: "NULL",
  next_wake: "NULL",
  owner: "NULL",
};

const histories = (numbers: string): readonly string[] => [
  `INSERT INTO history (no, generation, first_seq, count, at, events)
    SELECT ${FIRST_NO} + numbers.n, 0, part.seq, 1, ${FIRST_ENDED}, '${EVENTS}' FROM ${numbers},
      (${Array.from({ length: HISTORY_ROWS }, (_, n) => `SELECT ${n} AS seq`).join(" UNION ALL ")}) part`,
];

async function left(url: string): Promise<number> {
  const sql = `SELECT count(*) AS rest FROM instances WHERE no > ${FIRST_NO}`;
  if (!url.startsWith("file:")) {
    return withClient(url, async (client) => {
      await useHubSchema(client);
      return Number((await client.query<{ readonly rest: string }>(sql)).rows[0]?.rest);
    });
  }
  const db = new DatabaseSync(url.slice("file:".length), { readOnly: true });
  try {
    return Number(db.prepare(sql).get()?.rest);
  } finally {
    db.close();
  }
}

function targets(results: Results): readonly Target[] {
  const median = results.ours(results.levels[0] ?? 0)?.median;
  return [
    ...atLeast("purged beside the load", median?.extra.purgedPerSecond ?? null, 5_000, "instances/s"),
    ...atLeast("the load keeps", median?.extra.keptPercent ?? null, 70, "%"),
    ...atMost("its p95", median?.p95Ms ?? null, 50, "ms"),
  ];
}
