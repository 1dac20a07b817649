import { activity } from "../../functions/activity.ts";
import { orchestrator } from "../../functions/orchestrator.ts";
import type { Scenario } from "./scenario.ts";
import { expectEnd } from "./scenario.ts";

interface Failed {
  readonly failure?: { readonly errorType: string };
}

/** What needs several workers, or the lack of one, to be interesting. */
export const fleetScenarios: readonly Scenario[] = [
  {
    name: "nobody-has-it",
    features: ["function no worker has"],
    instances: 2,
    functions: () => {
      const main = orchestrator("nobody-has-it", async (ctx) => {
        const errorType = (error: Failed) => error.failure?.errorType;
        const calls = [ctx.callActivity("misspelled", 1), ctx.callSubOrchestrator("misspelled too", 2)];
        return Promise.all(calls.map((call) => call.then(() => "?", errorType)));
      });
      return [main];
    },
    async drive(run) {
      await run.client.start({ name: "nobody-has-it", instanceId: run.id });
      await expectEnd(run, run.id, "Completed", ["FunctionNotFoundError", "FunctionNotFoundError"]);
    },
  },
  {
    name: "spread",
    features: ["fan-out", "sub-orchestration"],
    instances: 5,
    functions: (env) => {
      const crunch = activity("spread.crunch", async (n: number) => {
        await env.sleep(20);
        return n * n;
      });
      const part = orchestrator("spread.part", async (ctx, from: number) => {
        const squares = await Promise.all([0, 1, 2, 3].map((n) => ctx.callActivity(crunch, from + n)));
        return squares.reduce((sum, square) => sum + square, 0);
      });
      const main = orchestrator("spread", async (ctx) => {
        const parts = await Promise.all([0, 4, 8, 12].map((from) => ctx.callSubOrchestrator(part, from)));
        return parts.reduce((sum, one) => sum + one, 0);
      });
      return [crunch, part, main];
    },
    async drive(run) {
      await run.client.start({ name: "spread", instanceId: run.id });
      await expectEnd(run, run.id, "Completed", 1_240);
    },
  },
];
