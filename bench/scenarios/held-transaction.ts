import { withClient } from "../../packages/perdure/src/testing/postgres/databases.ts";
import type { SteadyArgument, SteadyDone, SteadyReady } from "../children/steady.ts";
import { Child } from "../lib/child.ts";
import { measurePeak } from "../lib/peak.ts";
import type { ClaimPlan } from "../lib/postgres/claim-plan.ts";
import { explainClaim } from "../lib/postgres/claim-plan.ts";
import { whileTransactionIsHeld } from "../lib/postgres/held-transaction.ts";
import type { Measured } from "../lib/record.ts";
import type { ProcessRequest, ProcessScenario, Results, Target } from "../lib/scenario.ts";
import { AGAINST_OURSELVES, atLeast, atMost } from "../lib/scenario.ts";

const SECONDS = 180;
const WARM_UP_SECONDS = 5;
const PEAK_SECONDS = 10;

export const heldTransaction: ProcessScenario = {
  ...AGAINST_OURSELVES,
  name: "held-transaction",
  summary: "hello-sequence-5 at half the peak rate, without and then with a transaction held open beside it (the line: with)",
  stores: ["postgres"],
  levels: [256],
  levelMeans: "orchestrations at once when the peak rate is measured",
  defaultRuns: 1,
  durationMeans: `seconds of each half (default ${SECONDS})`,
  rate: "orchestrationsPerSecond",
  measure,
  targets,
};

interface Half extends SteadyDone {
  readonly fsync: boolean | null;
  readonly claim: ClaimPlan;
}

async function measure(request: ProcessRequest): Promise<Measured> {
  const seconds = request.durationSeconds ?? SECONDS;
  const startsPerSecond = (await measurePeak(request, Math.min(PEAK_SECONDS, seconds))) / 2;
  const half = async (hold: boolean): Promise<Half> => {
    request.say(
      `${startsPerSecond.toFixed(0)} starts/s for ${seconds} s ${hold ? "beside a held transaction" : "with nothing beside it"} …`,
    );
    return await measureHalf(
      {
        storeUrl: await request.freshStore(),
        startsPerSecond,
        warmUpSeconds: Math.min(WARM_UP_SECONDS, seconds),
        seconds,
      },
      hold,
    );
  };
  const without = await half(false);
  const held = await half(true);
  return {
    orchestrationsPerSecond: held.completed / seconds,
    activitiesPerSecond: null,
    eventsPerSecond: null,
    p50Ms: held.p50Ms,
    p95Ms: held.p95Ms,
    p99Ms: held.p99Ms,
    rssMiB: held.rssMiB,
    fsync: held.fsync,
    extra: {
      keptPercent: (100 * held.completed) / without.completed,
      p99Ratio: (held.p99Ms ?? Number.NaN) / (without.p99Ms ?? Number.NaN),
      claimIndexScans: held.claim.readyIndexScans,
      claimSequentialScans: held.claim.sequentialScans,
    },
  };
}

/** The claim is explained while the transaction is still held, with all that the load has left behind. */
async function measureHalf(argument: SteadyArgument, hold: boolean): Promise<Half> {
  const child = new Child("children/steady.ts", argument);
  try {
    const { fsync } = await child.next<SteadyReady>();
    const run = async (): Promise<Half> => {
      const done = await child.call<SteadyDone>({ kind: "go" });
      const claim = await withClient(argument.storeUrl, (client) => explainClaim(client, ["hello"]));
      return { ...done, fsync, claim };
    };
    return hold ? await whileTransactionIsHeld(argument.storeUrl, run) : await run();
  } finally {
    await child.stop();
  }
}

function targets(results: Results): readonly Target[] {
  const extra = results.ours(results.levels[0] ?? 0)?.median.extra ?? {};
  return [
    ...atLeast("with a transaction held open: throughput keeps", extra.keptPercent ?? null, 70, "%"),
    ...atMost("with a transaction held open: p99 grows", extra.p99Ratio ?? null, 3, "x"),
    ...atLeast("the claim reads the index of what is ready", extra.claimIndexScans ?? null, 1, "scan"),
    ...atMost("the claim reads whole tables", extra.claimSequentialScans ?? null, 0, "times"),
  ];
}
