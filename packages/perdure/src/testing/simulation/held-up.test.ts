import assert from "node:assert/strict";
import test from "node:test";
import { activity } from "../../functions/activity.ts";
import { orchestrator } from "../../functions/orchestrator.ts";
import { FunctionRegistry } from "../../functions/registry.ts";
import { Random } from "../random.ts";
import { spec } from "../store-conformance/hub.ts";
import type { SimApp } from "./app.ts";
import { Cluster } from "./cluster.ts";
import { NO_MISHAPS } from "./mishaps.ts";
import { checkWorld, createSimWorld, SIM_SETTINGS } from "./world.ts";

const AN_HOUR = 3_600_000;

/** An activity that takes an hour and was running in two processes that died, and an instance that was in three: both are crash suspects. */
test("an activity that runs for long holds up other crash suspects for seconds, not until it ends", async () => {
  const sim = await createSimWorld("memory");
  const { world, calendar, store } = sim;
  let deaths = 0;
  const app: SimApp = (env) => {
    const hour = activity("hour", (_: null, ctx) => env.sleep(AN_HOUR, ctx.signal));
    const takesLong = orchestrator("takesLong", (ctx) => ctx.callActivity(hour, null));
    const deadly = orchestrator("deadly", () => {
      if (deaths < 3) env.crash();
      return "survived";
    });
    return new FunctionRegistry([hour, takesLong, deadly]);
  };
  const poisoned = () => {
    deaths += 1;
    if (deaths === 1) void store.start({ start: spec("long", { name: "takesLong", input: null }), onExisting: "error" });
  };
  const mishaps = { ...NO_MISHAPS, mayMisbehave: () => true, poisoned };
  const cluster = new Cluster({ world, calendar, store, random: new Random(1), app, settings: SIM_SETTINGS, mishaps });
  await store.start({ start: spec("suspect", { name: "deadly", input: null }), onExisting: "error" });
  cluster.boot(0);
  const isRunning = async () => (await store.dump()).tasks.some(({ crashes, worker }) => crashes === 2 && worker !== null);
  const has = async (id: string, status: string) =>
    (await store.dump()).instances.some((row) => row.instanceId === id && row.status === status);
  const until = async (reached: () => Promise<boolean>, ms: number) => {
    for (let waited = 0; waited < ms; waited += 100) {
      if (await reached()) return;
      await world.advance(100);
    }
    assert.fail(`not within ${ms} ms`);
  };

  await until(async () => deaths === 3 && (await isRunning()), 60_000);
  const [suspect] = (await store.dump()).instances.filter(({ instanceId }) => instanceId === "suspect");
  assert.equal(suspect?.crashes, 3);
  await until(() => has("suspect", "Completed"), 30_000);

  assert.equal(await isRunning(), true);
  void cluster.client().terminate("long", false);
  await until(() => has("long", "Terminated"), 30_000);
  await world.advance(12_000);
  assert.deepEqual(await checkWorld(cluster, sim, true), []);
  cluster.shutDown();
  await sim.dispose();
});
