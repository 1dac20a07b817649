import type { HostCommand, Ready, Usage } from "../children/sleepers.ts";
import { CostMeter } from "../lib/postgres/cost.ts";
import type { Measured } from "../lib/record.ts";
import type { ProcessRequest, Results, Target } from "../lib/scenario.ts";
import { atMost } from "../lib/scenario.ts";
import { askSleepers, fillWithSleepers, pause, spawnSleepers } from "../lib/sleepers.ts";
import { NO_LATENCIES } from "../lib/stats.ts";

export const IDLE_ON_SERVER_SECONDS = 300;
/** Before the first look: what a start leaves behind is over, and counted (an idle connection tells its numbers after 10 s). */
const SETTLE_MS = 15_000;
const FAR_AWAY_MS = 24 * 3_600_000;
const MB = 1_000_000;

/** What one idle worker takes from a server that holds the sleepers: transactions, bytes and, on its own side, memory. */
export async function measureIdleOnServer(request: ProcessRequest): Promise<Measured> {
  const idleMs = 1_000 * (request.durationSeconds ?? IDLE_ON_SERVER_SECONDS);
  const storeUrl = await request.freshStore();
  await fillWithSleepers({ storeUrl, count: request.inFlight, dueAt: Date.now() + FAR_AWAY_MS, spreadMs: 0 }, request.say);
  const meter = new CostMeter(storeUrl);
  // Otherwise autovacuum would do it some time within the measured minutes, and add bytes (maps of visible pages) and transactions.
  await meter.vacuum();
  const host = spawnSleepers({ role: "host", storeUrl });
  try {
    const { fsync } = await host.next<Ready>();
    await pause(SETTLE_MS);
    request.say(`Idle for ${idleMs / 1_000} s …`);
    // In this order, so that our own look at the bytes is not among the transactions.
    const bytesBefore = await meter.tableBytes();
    const before = { transactions: await meter.transactions(), ...(await askSleepers<Usage>(host, { kind: "usage" })) };
    await pause(idleMs);
    const after = { transactions: await meter.transactions(), ...(await askSleepers<Usage>(host, { kind: "usage" })) };
    const bytesAfter = await meter.tableBytes();
    host.send({ kind: "stop" } satisfies HostCommand);
    const seconds = (after.atMs - before.atMs) / 1_000;
    return {
      orchestrationsPerSecond: null,
      activitiesPerSecond: null,
      eventsPerSecond: null,
      ...NO_LATENCIES,
      rssMiB: after.rssBytes / 1_048_576,
      fsync,
      extra: {
        rssGrowthMB: (after.rssBytes - before.rssBytes) / MB,
        transactionsPerSecond: (after.transactions - before.transactions) / seconds,
        tableGrowthBytes: bytesAfter - bytesBefore,
        idleCpuPercent: (after.cpuMs - before.cpuMs) / (10 * seconds),
      },
    };
  } finally {
    await host.stop();
  }
}

export function targetsOnServer(results: Results): readonly Target[] {
  const extra = results.ours(results.levels[0] ?? 0)?.median.extra ?? {};
  return [
    ...atMost("idle worker: RSS grows by", extra.rssGrowthMB ?? null, 5, "MB"),
    ...atMost("idle worker: transactions", extra.transactionsPerSecond ?? null, 2, "per second"),
    ...atMost("idle worker: tables and indexes grow by", extra.tableGrowthBytes ?? null, 0, "bytes"),
  ];
}
