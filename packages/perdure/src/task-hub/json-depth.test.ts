import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { activity } from "../functions/activity.ts";
import { orchestrator } from "../functions/orchestrator.ts";
import { jsonProblem } from "../model/json-scan.ts";
import { createMemoryStore } from "../stores/memory/memory-store.ts";
import { TaskHub } from "./task-hub.ts";

/** As many lists in each other. Made without recursion, and far deeper than `JSON.stringify` can go if need be. */
function nested(depth: number): unknown {
  let value: unknown[] = [];
  for (let i = 1; i < depth; i++) value = [value];
  return value;
}

const depthOf = (value: unknown): number => {
  let depth = 0;
  for (let at = value; Array.isArray(at); at = at[0]) depth++;
  return depth;
};

const make = activity("Make", (depth: number) => nested(depth));
const take = activity("Take", (_: unknown) => "taken");
const doors = {
  result: orchestrator("Result", async (_, depth: number) => nested(depth)),
  activityResult: orchestrator("ActivityResult", async (ctx, depth: number) => depthOf(await ctx.callActivity(make, depth))),
  activityInput: orchestrator("ActivityInput", async (ctx, depth: number) => ctx.callActivity(take, nested(depth))),
  childInput: orchestrator("ChildInput", async (ctx, depth: number) => ctx.callSubOrchestrator("Swallow", nested(depth))),
  customStatus: orchestrator("CustomStatus", async (ctx, depth: number) => ctx.setCustomStatus(nested(depth) as never)),
  eventData: orchestrator("EventData", async (ctx, depth: number) => ctx.raiseEvent("nobody", "go", nested(depth))),
  nextInput: orchestrator("NextInput", async (ctx, depth: number | unknown) =>
    typeof depth === "number" ? ctx.continueAsNew(nested(depth)) : "done",
  ),
};
const swallow = orchestrator("Swallow", async (ctx, _: unknown) => void (await ctx.waitForExternalEvent("go")));
const functions = [make, take, swallow, orchestrator("Size", async (_, input: unknown) => depthOf(input)), ...Object.values(doors)];

describe("values nested too deep", () => {
  for (const [door, flow] of Object.entries(doors)) {
    it(`fail in words: ${door}`, async () => {
      await using hub = await TaskHub.open("memory:", { functions });
      await hub.start();
      for (const depth of [1_001, 100_000]) {
        const run = await hub.client.startNew(flow.name, { input: depth });
        await assert.rejects(run.result({ timeout: "20s" }), /more than 1000 levels/, `${door} ${depth}`);
      }
      if (door === "childInput") return; // that one waits for an event
      const fits = door === "customStatus" ? 10 : 1_000;
      await (await hub.client.startNew(flow.name, { input: fits })).result({ timeout: "20s" });
    });
  }

  it("are refused by the client, for inputs and events", async () => {
    await using hub = await TaskHub.open("memory:", { functions });
    await hub.start();
    const run = await hub.client.startNew("Swallow", { input: nested(1_000) });
    for (const depth of [1_001, 100_000]) {
      const refused = { code: "PAYLOAD_TOO_DEEP", message: /more than 1000 levels/ };
      await assert.rejects(hub.client.startNew("Swallow", { input: nested(depth) }), refused);
      await assert.rejects(run.raiseEvent("go", nested(depth)), refused);
    }
    await run.raiseEvent("go", nested(1_000));
    await run.result({ timeout: "20s" });
  });

  it("may be as deep as the hub says", async () => {
    await using hub = await TaskHub.open("memory:", { functions, maxJsonDepth: 3_000 });
    await hub.start();
    const run = await hub.client.startNew("Size", { input: nested(3_000) });
    assert.equal(await run.result({ timeout: "20s" }), 3_000);
  });

  it("that other limits let in break no list, and fail in words where a function would get them", async () => {
    const store = createMemoryStore({ now: Date.now });
    await using generous = await TaskHub.open("", { store, maxJsonDepth: 5_000 });
    await generous.client.startNew("Size", { input: nested(4_000), instanceId: "deep" });
    await generous.client.startNew("Size", { input: [[]], instanceId: "flat" });
    await using hub = await TaskHub.open("", { store, functions });
    await hub.start();
    await assert.rejects(hub.client.handle("Size", "deep").result({ timeout: "20s" }), /stored value has more than 1000 levels/);
    assert.equal(await hub.client.handle("Size", "flat").result({ timeout: "20s" }), 2);
    const inputs = new Map<string, unknown>();
    for await (const status of hub.client.query()) inputs.set(status.instanceId, status.input);
    assert.deepEqual(
      [...inputs],
      [
        ["deep", undefined],
        ["flat", [[]]],
      ],
    );
  });
});

it("the limit of a body is that of a value", () => {
  const text = JSON.stringify(nested(1_000));
  assert.equal(jsonProblem(text, 1_000), null);
  assert.deepEqual(jsonProblem(text, 999), { kind: "deep" });
});
