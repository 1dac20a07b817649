import type { HostCommand, Ready, Storm, Usage } from "../children/sleepers.ts";
import { buildPackage } from "../lib/packed.ts";
import type { Measured } from "../lib/record.ts";
import type { ProcessRequest, ProcessScenario, Results, Target } from "../lib/scenario.ts";
import { atMost } from "../lib/scenario.ts";
import { askSleepers, fillWithSleepers, pause, spawnSleepers } from "../lib/sleepers.ts";
import { latenciesOf } from "../lib/stats.ts";
import { IDLE_ON_SERVER_SECONDS, measureIdleOnServer, targetsOnServer } from "./sleepers-on-server.ts";

/** All timers come due within this time. */
const SPREAD_MS = 1_000;
/** The storm is watched from this long before the first timer. */
const LEAD_MS = 1_000;
const IDLE_SECONDS = 60;
/** Slowest loading that leaves the idle window untouched. */
const SLOWEST_STARTS_PER_SECOND = 1_500;
const MB = 1_000_000;

export const sleepers: ProcessScenario = {
  kind: "process",
  name: "sleepers",
  summary:
    "100,000 instances sleep; a fresh process on their file, then all come due within one second (latencies: starts answered meanwhile). On PostgreSQL: what an idle worker costs while they sleep",
  stores: ["sqlite", "postgres"],
  levels: [100_000],
  levelMeans: "sleeping instances",
  // Four minutes each, and nothing in it is a short interval that noise could double.
  defaultRuns: 1,
  durationMeans: `idle seconds (default ${IDLE_SECONDS}, on PostgreSQL ${IDLE_ON_SERVER_SECONDS})`,
  canDelayCommits: false,
  rate: "orchestrationsPerSecond",
  noPeers: "it is about the size and the start of a process, and durabletask-js in memory keeps nothing between processes",
  measure,
  targets,
};

async function measure(request: ProcessRequest): Promise<Measured> {
  await buildPackage(request.say);
  return request.store === "postgres" ? await measureIdleOnServer(request) : await measureOnFile(request);
}

async function measureOnFile(request: ProcessRequest): Promise<Measured> {
  const idle = request.durationSeconds ?? IDLE_SECONDS;
  const calm = idle / 2;
  const count = request.inFlight;
  const loadSeconds = 10 + count / SLOWEST_STARTS_PER_SECOND;
  const dueAt = Date.now() + (loadSeconds + calm + idle + 5) * 1_000;
  const latestStart = dueAt - (calm + idle + 3) * 1_000;

  const storeUrl = await request.freshStore();
  const seconds = await fillWithSleepers({ storeUrl, count, dueAt, spreadMs: SPREAD_MS }, request.say);
  if (Date.now() > latestStart) {
    throw new Error(
      `loading took ${seconds.toFixed(0)} s, more than the ${loadSeconds} s allowed: the timers would come due during the idle window`,
    );
  }
  return await measureHost(request, { storeUrl, idle, calm, count, dueAt });
}

interface Plan {
  readonly storeUrl: string;
  readonly idle: number;
  readonly calm: number;
  readonly count: number;
  readonly dueAt: number;
}

async function measureHost(request: ProcessRequest, plan: Plan): Promise<Measured> {
  const began = performance.now();
  const host = spawnSleepers({ role: "host", storeUrl: plan.storeUrl });
  const { fsync } = await host.next<Ready>();
  const firstResultMs = performance.now() - began;
  // The process to compare with starts when the other one is idle, and reads its size at the same age.
  const empty = spawnSleepers({ role: "host", storeUrl: await request.freshStore() });
  await empty.next<Ready>();
  try {
    request.say(`First new result after ${firstResultMs.toFixed(0)} ms; idle for ${plan.calm + plan.idle} s …`);
    await pause(plan.calm * 1_000);
    const atRest = await askSleepers<Usage>(host, { kind: "usage" });
    const emptyAtRest = await askSleepers<Usage>(empty, { kind: "usage" });
    empty.send({ kind: "stop" } satisfies HostCommand);
    await pause(plan.idle * 1_000);
    const later = await askSleepers<Usage>(host, { kind: "usage" });

    await pause(plan.dueAt - LEAD_MS - Date.now());
    request.say(`${plan.count} timers come due …`);
    const storm = await askSleepers<Storm>(host, { kind: "storm", count: plan.count, giveUpMs: 300_000 });
    host.send({ kind: "stop" } satisfies HostCommand);
    return {
      orchestrationsPerSecond: plan.count / Math.max(storm.seconds - LEAD_MS / 1_000, 0.001),
      activitiesPerSecond: null,
      eventsPerSecond: null,
      ...latenciesOf(storm.answerMs),
      rssMiB: storm.rssPeak / 1_048_576,
      fsync,
      extra: {
        firstResultMs,
        extraRssMB: (atRest.rssBytes - emptyAtRest.rssBytes) / MB,
        idleCpuPercent: (100 * (later.cpuMs - atRest.cpuMs)) / (later.atMs - atRest.atMs),
        stormRssMB: (storm.rssPeak - storm.rssBefore) / MB,
        slowestAnswerMs: Math.max(...storm.answerMs),
        slowestResultMs: Math.max(...storm.resultMs),
        stormSeconds: storm.seconds - LEAD_MS / 1_000,
      },
    };
  } finally {
    await empty.stop();
    await host.stop();
  }
}

function targets(results: Results): readonly Target[] {
  if (results.store === "postgres") return targetsOnServer(results);
  const extra = results.ours(results.levels[0] ?? 0)?.median.extra ?? {};
  return [
    ...atMost("fresh process: first new result", extra.firstResultMs ?? null, 300, "ms"),
    ...atMost("fresh process: RSS above that on an empty file", extra.extraRssMB ?? null, 20, "MB"),
    ...atMost("idle: CPU", extra.idleCpuPercent ?? null, 0.5, "% of a core"),
    ...atMost("all due in one second: RSS grows by", extra.stormRssMB ?? null, 200, "MB"),
    ...atMost("all due in one second: slowest answer to a new start", extra.slowestAnswerMs ?? null, 100, "ms"),
  ];
}
