import type { CrashRecoveryArgument, InHand, Recovered } from "../children/crash-recovery.ts";
import { Child } from "../lib/child.ts";
import type { Measured } from "../lib/record.ts";
import { measuredOf } from "../lib/record.ts";
import type { ProcessRequest, ProcessScenario, Results, Target } from "../lib/scenario.ts";
import { AGAINST_OURSELVES, atMost } from "../lib/scenario.ts";

const INSTANCES = 2_500;
const ACTIVITY_MS = 300;

export const crashRecovery: ProcessScenario = {
  ...AGAINST_OURSELVES,
  name: "crash-recovery",
  summary: `a worker is killed with ${INSTANCES} instances, an activity of ${ACTIVITY_MS} ms running in each; a fresh process takes over, until all have ended`,
  stores: ["sqlite", "postgres"],
  levels: [INSTANCES],
  levelMeans: "instances in progress",
  defaultRuns: 3,
  durationMeans: null,
  rate: "orchestrationsPerSecond",
  measure,
  targets,
};

/** On a file the takeover is the restart, since the death can be proved; over a network it is the declaration of death, when the lease is over. */
async function measure(request: ProcessRequest): Promise<Measured> {
  const storeUrl = await request.freshStore();
  const count = request.inFlight;
  const spawn = (role: CrashRecoveryArgument["role"]): Child =>
    new Child("children/crash-recovery.ts", { role, storeUrl, count, activityMs: ACTIVITY_MS } satisfies CrashRecoveryArgument);
  const victim = spawn("victim");
  try {
    const { inHand } = await victim.next<InHand>();
    if (inHand < count) throw new Error(`${inHand} of ${count} instances had a running activity`);
  } finally {
    victim.kill();
    await victim.stop();
  }
  const heir = spawn("heir");
  try {
    const { beganAt, deadAt, endedAt, rssMiB } = await heir.next<Recovered>();
    const takenOverAt = request.store === "postgres" ? deadAt : beganAt;
    if (takenOverAt === null) throw new Error("the heir did not declare any worker dead");
    const recoveryMs = endedAt - takenOverAt;
    const extra = { recoveryMs, untilTakeoverMs: takenOverAt - beganAt };
    return measuredOf({ orchestrationsPerSecond: (1_000 * count) / recoveryMs }, { rssMiB }, extra);
  } finally {
    await heir.stop();
  }
}

function targets(results: Results): readonly Target[] {
  const extra = results.ours(INSTANCES)?.median.extra ?? {};
  return [...atMost(`${INSTANCES} instances have ended after the takeover`, extra.recoveryMs ?? null, 6_000, "ms")];
}
