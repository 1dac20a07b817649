import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { TaskHub } from "perdure";
import { activity, orchestrator } from "perdure";
import { rssMiB, timed } from "../lib/load.ts";
import type { Measured } from "../lib/record.ts";
import { measuredOf, ratio } from "../lib/record.ts";
import type { ProcessRequest, ProcessScenario, Results, Target } from "../lib/scenario.ts";
import { AGAINST_OURSELVES, atMost } from "../lib/scenario.ts";
import { latenciesOf } from "../lib/stats.ts";
import { hello, helloOnce, openHub, sayHello } from "../lib/systems/perdure.ts";

const WIDTH = 100_000;
const WARM_UP_MS = 2_000;
const SECONDS = 3;

const same = activity("same", (n: number) => n);
const wide = orchestrator("wide", async (ctx, width: number) => {
  const numbers = await ctx.all(Array.from({ length: width }, (_, n) => ctx.callActivity(same, n)));
  return numbers.length;
});

export const fanOutBeside: ProcessScenario = {
  ...AGAINST_OURSELVES,
  name: "fan-out-beside",
  summary: `hello-sequence-5, alone and beside one orchestration with ${WIDTH} activities at once (the line: beside it)`,
  stores: ["sqlite", "memory", "postgres"],
  levels: [256, 64],
  levelMeans: "orchestrations at once",
  defaultRuns: 3,
  durationMeans: `seconds of the load alone (default ${SECONDS}); beside the wide one it runs as long as that`,
  rate: "orchestrationsPerSecond",
  measure,
  targets,
};

async function measure({ freshStore, inFlight, durationSeconds, say }: ProcessRequest): Promise<Measured> {
  const { hub } = await openHub({ storeUrl: await freshStore(), functions: [hello, sayHello, wide, same] });
  try {
    const soloMs = await timed(() => fanOut(hub));
    await load(hub, inFlight, pause(WARM_UP_MS));
    const alone = await load(hub, inFlight, pause((durationSeconds ?? SECONDS) * 1_000));
    const beside = await load(hub, inFlight, fanOut(hub));
    const [before, during] = [latenciesOf(alone.milliseconds), latenciesOf(beside.milliseconds)];
    const [rateAlone, rateBeside] = [alone, beside].map(({ milliseconds, tookMs }) => (1_000 * milliseconds.length) / tookMs);
    say(`alone p50 ${before.p50Ms?.toFixed(0)}, p95 ${before.p95Ms?.toFixed(0)}, p99 ${before.p99Ms?.toFixed(0)} ms`);
    say(`beside p50 ${during.p50Ms?.toFixed(0)}, p95 ${during.p95Ms?.toFixed(0)}, p99 ${during.p99Ms?.toFixed(0)} ms`);
    const extra = {
      p95Ratio: ratio(during.p95Ms, before.p95Ms) ?? Number.NaN,
      p99Ratio: ratio(during.p99Ms, before.p99Ms) ?? Number.NaN,
      keptPercent: 100 * (ratio(rateBeside ?? null, rateAlone ?? null) ?? Number.NaN),
      wideAloneMs: soloMs,
      wideBesideMs: beside.tookMs,
    };
    return measuredOf({ orchestrationsPerSecond: rateBeside ?? null }, { ...during, rssMiB: rssMiB() }, extra);
  } finally {
    await hub.close();
  }
}

async function fanOut(hub: TaskHub): Promise<void> {
  const run = await hub.client.startNew(wide, { input: WIDTH });
  assert.equal(await run.result(), WIDTH);
}

interface Load {
  readonly milliseconds: readonly number[];
  readonly tookMs: number;
}

/** A load that is always at its level, as long as `over` lasts. What is under way at the end counts as well: it may be what waited longest. */
async function load(hub: TaskHub, inFlight: number, over: Promise<unknown>): Promise<Load> {
  const milliseconds: number[] = [];
  let next = 0;
  let isOver = false;
  const began = performance.now();
  const end = over.finally(() => {
    isOver = true;
  });
  const lane = async (): Promise<void> => {
    while (!isOver) {
      const n = next++;
      milliseconds.push(await timed(() => helloOnce(hub, n)));
    }
  };
  await Promise.all([end, ...Array.from({ length: inFlight }, lane)]);
  return { milliseconds, tookMs: performance.now() - began };
}

function targets(results: Results): readonly Target[] {
  return results.levels.flatMap((level) => {
    const extra = results.ours(level)?.median.extra ?? {};
    return [
      ...atMost(`${level} in flight: p95 grows`, extra.p95Ratio ?? null, 2, "x"),
      ...atMost(`${level} in flight: p99 grows`, extra.p99Ratio ?? null, 2, "x"),
    ];
  });
}
