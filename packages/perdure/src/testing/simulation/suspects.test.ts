import assert from "node:assert/strict";
import test from "node:test";
import { MAX_CRASHES } from "../../engine/crashes/suspicion.ts";
import { activity } from "../../functions/activity.ts";
import { orchestrator } from "../../functions/orchestrator.ts";
import { FunctionRegistry } from "../../functions/registry.ts";
import { Random } from "../random.ts";
import { spec } from "../store-conformance/hub.ts";
import type { SimApp } from "./app.ts";
import { Cluster } from "./cluster.ts";
import type { Mishaps } from "./mishaps.ts";
import { NO_MISHAPS } from "./mishaps.ts";
import { runRecovery } from "./recovery-run.ts";
import type { StoreKind } from "./world.ts";
import { checkWorld, createSimWorld, SIM_SETTINGS } from "./world.ts";

const NEIGHBOURS = 40;
const LIMIT_MS = 120_000;

/** One orchestrator that ends its process whenever its code runs; the others do a little and end. */
const app: SimApp = (env) => {
  const mark = activity("mark", () => "marked");
  const deadly = orchestrator("deadly", () => {
    env.crash();
    return "survived";
  });
  const bystander = orchestrator("bystander", (ctx) => ctx.callActivity(mark));
  return new FunctionRegistry([mark, deadly, bystander]);
};

async function runDeadly(kind: StoreKind, nodes: number) {
  const sim = await createSimWorld(kind);
  const { world, calendar, store } = sim;
  let deaths = 0;
  const mishaps: Mishaps = {
    ...NO_MISHAPS,
    mayMisbehave: () => true,
    poisoned: () => {
      deaths += 1;
    },
  };
  const cluster = new Cluster({ world, calendar, store, random: new Random(1), app, settings: SIM_SETTINGS, mishaps });
  await store.start({ start: spec("poison", { name: "deadly", input: null }), onExisting: "error" });
  for (let n = 0; n < NEIGHBOURS; n++) {
    await store.start({ start: spec(`bystander-${n}`, { name: "bystander", input: null }), onExisting: "error" });
  }
  for (let node = 0; node < nodes; node++) cluster.boot(node);
  let isOver = false;
  const look = () => {
    void store.dump().then(({ instances }) => {
      isOver = instances.every(({ completedAt, stopped }) => completedAt !== null || stopped !== null);
    });
    if (!isOver) world.after(100, look);
  };
  look();
  await world.runUntil(() => isOver, LIMIT_MS);
  await world.advance(10_000);
  const problems = await checkWorld(cluster, sim, true);
  const { instances } = await store.dump();
  cluster.shutDown();
  await sim.dispose();
  return { deaths, problems, instances };
}

for (const [kind, nodes] of [
  ["memory", 3],
  ["sqlite", 2],
] as const) {
  test(`an orchestrator that ends its process is stopped as poison alone: ${kind}, ${nodes} processes`, async () => {
    const { deaths, problems, instances } = await runDeadly(kind, nodes);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      instances.filter(({ stopped }) => stopped !== null).map(({ instanceId, stopped }) => [instanceId, stopped?.code]),
      [["poison", "INSTANCE_POISON"]],
    );
    assert.equal(instances.filter(({ status }) => status === "Completed").length, NEIGHBOURS);
    assert.equal(deaths, MAX_CRASHES);
  });
}

// 256 and more of them: suspects.full.test.ts.
for (const [store, bystanders, poison] of [
  ["memory", 64, "killsBeside"],
  ["sqlite", 64, "killsByActivity"],
] as const) {
  test(`among ${bystanders} instances with a running activity one that ${poison} is stopped as poison after ${MAX_CRASHES} deaths, and no other: ${store}`, async () => {
    const { problems, deaths, tookMs } = await runRecovery(1, { store, bystanders, poison: [poison], nodes: 1, recycled: false });
    assert.deepEqual(problems, []);
    assert.equal(deaths, MAX_CRASHES);
    // Of which each death takes up to 6.5 s: a lease, and the time until the process is there again.
    assert.ok(tookMs < 100_000, `${tookMs} ms`);
  });
}
