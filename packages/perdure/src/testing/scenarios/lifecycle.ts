import { activity } from "../../functions/activity.ts";
import { orchestrator } from "../../functions/orchestrator.ts";
import type { Scenario, ScenarioRun } from "./scenario.ts";
import { expectEnd, expectSame } from "./scenario.ts";

export const lifecycleScenarios: readonly Scenario[] = [
  {
    name: "suspend",
    features: ["suspend and resume", "timer"],
    instances: 1,
    functions: () => {
      const mark = activity("suspend.mark", (text: string) => text);
      const main = orchestrator("suspend", async (ctx) => {
        const first = await ctx.waitForExternalEvent<string>("Go");
        const marked = await ctx.callActivity(mark, first);
        await ctx.createTimer("30ms");
        return marked;
      });
      return [mark, main];
    },
    async drive(run) {
      await run.client.start({ name: "suspend", instanceId: run.id });
      await run.client.suspend(run.id);
      await run.client.until(run.id, (shadow) => shadow.status === "Suspended");
      await run.client.raise(run.id, "Go", "slowly");
      await run.client.world.sleep(200);
      const held = await run.client.status(run.id);
      expectSame("status while suspended", held?.runtimeStatus, "Suspended");
      await run.client.resume(run.id);
      await expectEnd(run, run.id, "Completed", "slowly");
    },
  },
  {
    name: "scheduled",
    features: ["scheduled start"],
    instances: 1,
    functions: () => [orchestrator("scheduled", (ctx) => ctx.currentUtcDateTime.getTime())],
    async drive(run) {
      const startAt = run.now() + 400;
      await run.client.start({ name: "scheduled", instanceId: run.id, startAt });
      const { output } = await run.client.result(run.id);
      if (!(Number(output) >= startAt)) throw new Error(`it began at ${output}, ${startAt - Number(output)} ms early`);
    },
  },
  {
    name: "reuse",
    features: ["id reuse: error", "id reuse: replace", "id reuse: attach", "purge"],
    instances: 3,
    functions: () => {
      const main = orchestrator(
        "reuse",
        async (ctx, label: string) => `${label}:${await ctx.waitForExternalEvent<string>(`End-${label}`)}`,
      );
      return [main];
    },
    async drive(run) {
      const { client, id } = run;
      await client.start({ name: "reuse", instanceId: id, input: "one" });
      const conflict = await client.start({ name: "reuse", instanceId: id, input: "two" });
      if (run.calm) expectSame("a second start", conflict.kind, "conflict");
      const attached = await client.start({ name: "reuse", instanceId: id, input: "three", onExisting: "attach" });
      expectSame("an attaching start", attached.kind, "existing");
      await client.start({ name: "reuse", instanceId: id, input: "four", onExisting: "replace" });
      // A replace that was asked for twice, for want of an answer, may end the first "four" together with its event.
      while ((await client.status(id))?.output !== '"four:a"') {
        await client.raise(id, "End-four", "a");
        await client.world.sleep(3_000);
      }
      await expectEnd(run, id, "Completed", "four:a");
      await client.start({ name: "reuse", instanceId: id, input: "five" }, true);
      await client.raise(id, "End-five", "b");
      await client.until(id, (shadow) => shadow.output === '"five:b"');
      await expectEnd(run, id, "Completed", "five:b");
      const gone = await client.purge(id);
      if (run.calm) expectSame("purge", gone, "deleted");
      expectSame("status after a purge", await client.status(id), null);
    },
  },
  {
    name: "race",
    features: ["terminate", "event", "id reuse: replace", "id reuse: error", "purge"],
    instances: 6,
    functions: () => [
      orchestrator("race", (ctx) => ctx.waitForExternalEvent<string>("Go")),
      orchestrator("race.relay", async (ctx, run: string) => `${run}:${await ctx.waitForExternalEvent<string>(`End-${run}`)}`),
    ],
    async drive(run) {
      const relays = [0, 3].map((pause) => relay(run, `${run.id}-relay-${pause}`, pause));
      // Completed or terminated: whichever comes first, and never the other one as well.
      const ends = [0, 1, 2, 4].map(async (pause) => {
        const id = `${run.id}-${pause}`;
        await run.client.start({ name: "race", instanceId: id });
        const raised = run.client.raise(id, "Go", "gone");
        await run.client.world.sleep(pause);
        await Promise.all([raised, run.client.terminate(id, false)]);
        const ended = await run.client.result(id);
        const expected = ended.runtimeStatus === "Completed" ? ["Completed", '"gone"'] : ["Terminated", '"enough"'];
        expectSame(`end of ${id}`, [ended.runtimeStatus, ended.output], expected);
        await run.client.world.sleep(2_000);
        expectSame(`end of ${id}, later`, (await run.client.status(id))?.runtimeStatus, ended.runtimeStatus);
      });
      await Promise.all([...ends, ...relays]);
    },
  },
  {
    name: "wait",
    features: ["activity"],
    instances: 1,
    functions: (env) => {
      const nap = activity("wait.nap", async (ms: number) => {
        await env.sleep(ms);
        return ms;
      });
      const main = orchestrator("wait", (ctx) => ctx.callActivity(nap, 100));
      return [nap, main];
    },
    async drive(run) {
      await run.client.start({ name: "wait", instanceId: run.id });
      const ended = await run.client.waitFor(run.id);
      expectSame("what the wait brought", [ended.runtimeStatus, ended.output], ["Completed", "100"]);
    },
  },
];

/** The first run ends by itself, or for the second: whichever comes first, the second was accepted, and nothing takes its place. */
async function relay({ client }: ScenarioRun, id: string, pause: number): Promise<void> {
  await client.start({ name: "race.relay", instanceId: id, input: "one" });
  const raised = client.raise(id, "End-one", "a");
  await client.world.sleep(pause);
  await client.start({ name: "race.relay", instanceId: id, input: "two", onExisting: "replace" });
  expectSame(`a purge of ${id}`, await client.purge(id), "notTerminal");
  const third = await client.start({ name: "race.relay", instanceId: id, input: "three" });
  if (third.kind !== "conflict") expectSame(`a third start of ${id}`, third.kind, "existing");
  await raised;
  while ((await client.status(id))?.output !== '"two:b"') {
    await client.raise(id, "End-two", "b");
    await client.world.sleep(3_000);
  }
}
