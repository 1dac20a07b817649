import { activity } from "../../functions/activity.ts";
import { orchestrator } from "../../functions/orchestrator.ts";
import type { Scenario } from "./scenario.ts";
import { expectEnd, expectSame } from "./scenario.ts";

interface Job {
  readonly run: string;
  readonly no: number;
}

const SLOTS = 2;

/** Attempts of a run that are under way, and how many were at once, on whatever worker. */
const running = new Map<string, { now: number; most: number }>();

/** Limits that hold over all workers. */
export const keyScenarios: readonly Scenario[] = [
  {
    name: "keys",
    features: ["limit by key", "fan-out", "terminate"],
    instances: 2,
    functions: (env) => {
      const send = activity("keys.send", { perKey: { concurrency: SLOTS }, key: ({ run }: Job) => run }, async ({ run, no }: Job, ctx) => {
        const count = running.get(run) ?? { now: 0, most: 0 };
        running.set(run, count);
        count.now += 1;
        count.most = Math.max(count.most, count.now);
        await env.sleep(20, ctx.signal).catch(() => {});
        count.now -= 1;
        return no;
      });
      const main = orchestrator("keys", (ctx, run: string) => ctx.all([0, 1, 2].map((no) => ctx.callActivity(send, { run, no }))));
      return [send, main];
    },
    async drive(run) {
      running.delete(run.id);
      const [first, second] = [`${run.id}-a`, `${run.id}-b`];
      for (const instanceId of [second, first]) await run.client.start({ name: "keys", instanceId, input: run.id });
      await run.client.terminate(second, false);
      await expectEnd(run, first, "Completed", [0, 1, 2]);
      await run.client.result(second);
      if (run.calm) expectSame("calls of a key at once", running.get(run.id)?.most, SLOTS);
    },
  },
];
