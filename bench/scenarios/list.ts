import { instanceNo } from "../../packages/perdure/src/model/ids.ts";
import { pageToken } from "../../packages/perdure/src/store/page-token.ts";
import type { InstanceQuery } from "../../packages/perdure/src/store/queries.ts";
import { openPostgresStore } from "../../packages/perdure/src/stores/postgres/open-postgres.ts";
import { openSqliteStore } from "../../packages/perdure/src/stores/sqlite/sqlite-store.ts";
import { fillHub } from "../lib/fill.ts";
import { rssMiB } from "../lib/load.ts";
import type { Measured } from "../lib/record.ts";
import { measuredOf } from "../lib/record.ts";
import type { ProcessRequest, ProcessScenario, Results, Target } from "../lib/scenario.ts";
import { atMost } from "../lib/scenario.ts";
import { latenciesOf } from "../lib/stats.ts";

const PAGE = 100;
const REPEATS = 15;
const FIRST_CREATED = 1_700_000_000_000;
/** A million in 28 hours. */
export const APART_MS = 100;

/** Row n of the fill. A thousandth is open, a thousandth of them stopped; 2 in 1,000 have failed, none was terminated; 1 id in 20,000 has a rare prefix. */
export const columnsFrom = (firstCreated: number): Readonly<Record<string, string>> => ({
  no: "n + 1000",
  instance_id: "CASE WHEN n % 20000 = 0 THEN 'rare' ELSE 'order' END || '-' || substr(CAST(10000000 + n AS text), 2)",
  name_key: "CASE WHEN n % 50000 = 3 THEN 'rare' ELSE 'listed' END",
  name: "CASE WHEN n % 50000 = 3 THEN 'Rare' ELSE 'Listed' END",
  orchestration_version: "CASE WHEN n % 10 = 4 THEN '2.0' END",
  tags: `CASE WHEN n % 40000 = 5 THEN '{"team":"rare"}' END`,
  parent_no: "CASE WHEN n % 3 = 0 THEN 1000 + n % 10 END",
  output: `CASE WHEN n % 500 <> 2 THEN '"done"' WHEN n % 100000 = 2 THEN '"Error: card declined"' ELSE '"Error: out of paper"' END`,
  status: "CASE WHEN n % 1000 = 1 THEN 'Running' WHEN n % 500 = 2 THEN 'Failed' ELSE 'Completed' END",
  ended_as: "CASE WHEN n % 1000 = 1 THEN NULL WHEN n % 500 = 2 THEN 2 ELSE 1 END",
  stopped: `CASE WHEN n % 100000 = 1 THEN '{"code":"STUCK","message":"x","at":1,"codeMayCure":true}' END`,
  created_at: `${firstCreated} + CAST(n AS bigint) * ${APART_MS}`,
  updated_at: `${firstCreated} + CAST(n AS bigint) * ${APART_MS} + 50`,
  completed_at: `CASE WHEN n % 1000 <> 1 THEN ${firstCreated} + CAST(n AS bigint) * ${APART_MS} + 50 END`,
  wake_at: "NULL",
  next_wake: "NULL",
  owner: "NULL",
});

const ANY: InstanceQuery = {
  createdFrom: null,
  createdTo: null,
  statuses: [],
  idPrefix: null,
  stopped: null,
  limit: PAGE,
  lookAtMost: 50_000,
  payloads: "withoutInput",
  continuation: null,
};
const QUERIES: Readonly<Record<string, Partial<InstanceQuery>>> = {
  all: {},
  open: { statuses: ["Pending", "Running", "Suspended"] },
  failed: { statuses: ["Failed"] },
  terminated: { statuses: ["Terminated"] },
  created: { createdFrom: FIRST_CREATED, createdTo: FIRST_CREATED + 1_000_000 * APART_MS },
  ended: { endedFrom: FIRST_CREATED, orderBy: "ended" },
  endedLate: { endedFrom: FIRST_CREATED + 999_000 * APART_MS },
  failedByEnd: { statuses: ["Failed"], orderBy: "ended", newestFirst: true },
  prefix: { idPrefix: "rare" },
  parent: { parent: instanceNo(1_003) },
  stopped: { stopped: true },
};
/** No index has these: a page is there within the budget, or says how far it has come. */
const SCANS: Readonly<Record<string, Partial<InstanceQuery>>> = {
  name: { name: "rare" },
  nameAndStatus: { name: "listed", statuses: ["Failed"] },
  version: { version: "2.0" },
  tag: { tags: { team: "rare" } },
  errorText: { errorText: "card declined" },
};
const LOOK_AT_MOST = 50_000;
const CAP = 10_000;

export const list: ProcessScenario = {
  kind: "process",
  name: "list",
  summary: "1,000,000 instances: the first page of 100, and the page in the middle, of each filter (latencies: all pages)",
  stores: ["sqlite", "postgres"],
  levels: [1_000_000],
  levelMeans: "instances",
  defaultRuns: 3,
  durationMeans: null,
  canDelayCommits: false,
  rate: "orchestrationsPerSecond",
  noPeers: "it is about the indexes of a table of ours",
  measure,
  targets,
};

async function measure(request: ProcessRequest): Promise<Measured> {
  const url = await request.freshStore();
  request.say(`${request.inFlight} rows are written …`);
  await fillHub(url, { orchestrator: "Listed", count: request.inFlight, columns: columnsFrom(FIRST_CREATED) });
  const store = await openStore(url);
  try {
    const middle = Math.floor(request.inFlight / 2);
    const inTheMiddle = { at: FIRST_CREATED + middle * APART_MS, no: middle + 1_000 };
    const all: number[] = [];
    const extra: Record<string, number> = {};
    for (const [name, query] of Object.entries({ ...QUERIES, ...SCANS })) {
      for (const [place, from] of [
        ["First", null],
        ["Middle", inTheMiddle],
      ] as const) {
        const times = await timesOf(() =>
          store.query({ ...ANY, ...query, continuation: from === null ? null : pageToken(from, query.orderBy) }),
        );
        all.push(...times);
        extra[`${name}${place}Ms`] = latenciesOf(times).p50Ms ?? Number.NaN;
      }
    }
    for (const [name, query] of Object.entries({ ...QUERIES, ...SCANS })) {
      const times = await timesOf(() => store.count({ filter: { ...ANY, ...query }, cap: CAP, lookAtMost: LOOK_AT_MOST }));
      extra[`${name}CountMs`] = latenciesOf(times).p50Ms ?? Number.NaN;
    }
    return measuredOf({}, { ...latenciesOf(all), rssMiB: rssMiB() }, extra);
  } finally {
    await store.close();
  }
}

/** Of a read, asked several times, ms. */
export async function timesOf(ask: () => Promise<unknown>): Promise<readonly number[]> {
  const times: number[] = [];
  for (let n = 0; n < REPEATS; n++) {
    const began = performance.now();
    await ask();
    times.push(performance.now() - began);
  }
  return times;
}

export const openStore = (url: string) =>
  url.startsWith("file:") ? openSqliteStore({ path: url.slice("file:".length) }) : openPostgresStore({ url });

function targets(results: Results): readonly Target[] {
  const extra = results.ours(results.levels[0] ?? 0)?.median.extra ?? {};
  const pages = (most: number) => (name: string) => [
    ...atMost(`${name}: first page`, extra[`${name}FirstMs`] ?? null, most, "ms"),
    ...atMost(`${name}: page in the middle`, extra[`${name}MiddleMs`] ?? null, most, "ms"),
    ...atMost(`${name}: count up to ${CAP}`, extra[`${name}CountMs`] ?? null, 100, "ms"),
  ];
  return [...Object.keys(QUERIES).flatMap(pages(5)), ...Object.keys(SCANS).flatMap(pages(100))];
}
