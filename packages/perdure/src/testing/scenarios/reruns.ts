import { activity } from "../../functions/activity.ts";
import { orchestrator } from "../../functions/orchestrator.ts";
import { payload } from "../../model/payload.ts";
import type { Scenario, ScenarioRun } from "./scenario.ts";
import { expectEnd, expectSame } from "./scenario.ts";

/** Rewinds it as often as it fails. */
async function rewindUntilDone(run: ScenarioRun, id: string): Promise<number> {
  for (let rewinds = 0; ; rewinds += 1) {
    const { runtimeStatus } = await run.client.result(id);
    if (runtimeStatus !== "Failed") return rewinds;
    if (rewinds > 20) throw new Error(`${id} was rewound ${rewinds} times`);
    await run.client.rewind(id);
  }
}

export const rerunScenarios: readonly Scenario[] = [
  {
    name: "rewind",
    features: ["rewind", "activity", "sub-orchestration", "failure", "event"],
    instances: 3,
    functions: (env) => {
      const count = activity("rewind.count", (what: string) => env.note(what));
      const flaky = activity("rewind.flaky", (what: string) => {
        if (env.note(what) < 2) throw new Error("not yet");
        return what;
      });
      const child = orchestrator("rewind.child", async (ctx, name: string) => {
        await ctx.callActivity(count, `${ctx.instanceId} begins`);
        const word = await ctx.callActivity(flaky, `${ctx.instanceId} is flaky`);
        return `${name} ${word.length > 0}`;
      });
      const main = orchestrator("rewind", async (ctx) => {
        const guid = ctx.newGuid();
        const sleeper = ctx.callSubOrchestrator(child, "beside", { instanceId: `${ctx.instanceId}-beside` }).catch(() => "beside failed");
        try {
          await ctx.callActivity(flaky, `${ctx.instanceId} first`);
        } catch (error) {
          await ctx.callActivity(count, `${ctx.instanceId} cleans up`);
          throw error;
        }
        const word = await ctx.waitForExternalEvent<string>("Word");
        const under = await ctx.callSubOrchestrator(child, "under", { instanceId: `${ctx.instanceId}-under` });
        return { word, under, guid: guid.length, beside: typeof (await sleeper) };
      });
      return [count, flaky, child, main];
    },
    async drive(run) {
      await run.client.start({ name: "rewind", instanceId: run.id });
      // While it has failed it takes no events. An event whose answer was lost may have let it complete.
      const isCompleted = async () => (await run.client.status(run.id))?.runtimeStatus === "Completed";
      const word = async () => {
        while ((await run.client.raise(run.id, "Word", "kept")) === "done" && !(await isCompleted())) await run.client.world.sleep(100);
      };
      const [rewinds] = await Promise.all([rewindUntilDone(run, run.id), word()]);
      if (run.calm) expectSame("rewinds", rewinds, 2);
      if ((await run.client.status(run.id))?.runtimeStatus !== "Completed") throw new Error("it has not completed");
      const { output } = await run.client.result(run.id);
      expectSame("its output", JSON.parse(output ?? "null"), { word: "kept", under: "under true", guid: 36, beside: "string" });
    },
  },
  {
    name: "fork",
    features: ["fork", "activity", "sub-orchestration", "event"],
    instances: 4,
    functions: (env) => {
      const price = activity("fork.price", (what: string) => env.note(what) * 0 + 5);
      const bill = activity("fork.bill", (amount: number) => `billed ${amount}`);
      const thank = activity("fork.thank", (text: string) => `thanks, ${text}`);
      const child = orchestrator("fork.child", async (ctx, name: string) => `${name} ${await ctx.callActivity(bill, 1)}`);
      const main = orchestrator("fork", async (ctx) => {
        const amount = await ctx.callActivity(price, "a hat");
        const word = await ctx.waitForExternalEvent<string>("Word");
        const said = await ctx.callSubOrchestrator(child, word);
        const billed = await ctx.callActivity(bill, amount);
        await ctx.callActivity(thank, billed);
        return [billed, said];
      });
      return [price, bill, thank, child, main];
    },
    async drive(run) {
      const { client, id } = run;
      await client.start({ name: "fork", instanceId: id });
      await client.raise(id, "Word", "hello");
      await expectEnd(run, id, "Completed", ["billed 5", "hello billed 1"]);
      const fork = await client.fork(id, {
        at: { before: "fork.thank" },
        newInstanceId: `${id}-fork`,
        results: new Map([[0 as never, payload("3")]]),
      });
      await expectEnd(run, fork, "Completed", ["billed 3", "hello billed 1"]);
      await expectEnd(run, id, "Completed", ["billed 5", "hello billed 1"]);
    },
  },
];
