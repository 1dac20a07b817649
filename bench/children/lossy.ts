import { activity, orchestrator } from "perdure";
import { createNativeExecutor } from "../../packages/perdure/src/executors/native-executor.ts";
import { FunctionRegistry } from "../../packages/perdure/src/functions/registry.ts";
import type { NotRun } from "../../packages/perdure/src/model/executor.ts";
import type { Fate } from "../../packages/perdure/src/testing/lossy-executor.ts";
import { createLossyExecutor, PASS } from "../../packages/perdure/src/testing/lossy-executor.ts";
import { ExecutorHub } from "../../packages/perdure/src/testing/threads/executor-hub.ts";
import { childArgument, runChild, tellParent } from "../lib/child.ts";
import { rssMiB, runClosedLoop } from "../lib/load.ts";
import type { Latencies } from "../lib/stats.ts";
import { latenciesOf } from "../lib/stats.ts";
import { notCompleted } from "../lib/systems/perdure.ts";

/** The same load by turns: nothing is lost · one call in so many is, and every call of one instance beside. */
export interface LossyArgument {
  readonly storeUrl: string;
  readonly inFlight: number;
  readonly lostOneIn: number;
  readonly turns: number;
  readonly secondsOfTurn: number;
}

export interface LossyDone extends Latencies {
  /** Of all turns together. */
  readonly completedWithout: number;
  readonly completedWith: number;
  readonly lostCalls: number;
  readonly rssMiB: number;
  /** Instances that failed, were stopped or are still open, but for the one whose every call is lost. */
  readonly others: number;
  readonly poison: string;
}

const POISON_ID = "poison";
const POISON_MS = 60_000;
const LOOK_EVERY_MS = 100;
const WARM_UP_MS = 2_000;
const STEPS = 5;

const increment = activity("increment", (n: number) => n + 1);
const steps = orchestrator("steps", async (ctx) => {
  let sum = 0;
  for (let i = 0; i < STEPS; i++) sum = await ctx.callActivity(increment, sum);
  return sum;
});

await runChild(async () => {
  const { storeUrl, inFlight, lostOneIn, turns, secondsOfTurn } = childArgument<LossyArgument>();
  const loss = { isOn: false, calls: 0, lost: 0 };
  const answer: NotRun = { kind: "lost", atFault: null, reason: "the place is gone" };
  const fate = ({ instanceId }: { readonly instanceId: string }): Fate => {
    if (instanceId === POISON_ID) return { kind: "dropped", answer };
    loss.calls += 1;
    if (!loss.isOn || loss.calls % lostOneIn > 0) return PASS;
    loss.lost += 1;
    return { kind: loss.lost % 2 === 0 ? "dropped" : "answerLost", answer };
  };
  const after = (ms: number, task: () => void) => void setTimeout(task, ms);
  const native = createNativeExecutor({ functions: new FunctionRegistry([steps, increment]) });
  const executor = createLossyExecutor(native, { episode: fate, activity: fate, entityBatch: fate, after });
  await using hub = await ExecutorHub.open({ storeUrl, executor });
  const once = async () => {
    const run = await hub.client.startNew(steps);
    const output = await run.result();
    if (output !== STEPS) throw new Error(`steps gave ${String(output)}`);
  };
  const turn = (isOn: boolean, warmUpMs: number) => {
    loss.isOn = isOn;
    return runClosedLoop({ inFlight, warmUpMs, measureMs: secondsOfTurn * 1_000, once });
  };
  let [completedWithout, completedWith] = [0, 0];
  const milliseconds: number[] = [];
  for (let n = 0; n < turns; n++) {
    completedWithout += (await turn(false, n === 0 ? WARM_UP_MS : 0)).completed;
    if (n === 0) await hub.client.startNew(steps, { instanceId: POISON_ID });
    const beside = await turn(true, 0);
    completedWith += beside.completed;
    milliseconds.push(...beside.milliseconds);
  }
  await tellParent({
    completedWithout,
    completedWith,
    ...latenciesOf(milliseconds),
    lostCalls: loss.lost,
    rssMiB: rssMiB(),
    poison: await poisonIsStopped(hub),
    others: await notCompleted(hub.client, POISON_ID),
  } satisfies LossyDone);
});

async function poisonIsStopped(hub: ExecutorHub): Promise<string> {
  for (const until = performance.now() + POISON_MS; performance.now() < until; ) {
    const stopped = (await hub.client.getStatus(POISON_ID))?.stopped;
    if (stopped !== null && stopped !== undefined) return stopped.code;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return "not stopped";
}
