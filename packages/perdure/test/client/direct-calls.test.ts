import assert from "node:assert/strict";
import { test } from "node:test";
import { activity } from "../../src/functions/activity.ts";
import type { DurableClient } from "../../src/functions/client-types.ts";
import type { OrchestratorContext } from "../../src/functions/context-types.ts";
import { outsideOrchestration } from "../../src/functions/errors.ts";
import { orchestrator } from "../../src/functions/orchestrator.ts";
import { TaskHub } from "../../src/task-hub/task-hub.ts";
import { createTestHub } from "../../src/testing/test-hub.ts";

let inserted: string[] = [];
const insert = activity("Insert row", (row: string) => {
  inserted.push(row);
  return row;
});
const twice = activity("Twice", async (row: string) => [await insert(row), await insert(row)]);

const DIRECT: { readonly [how: string]: (ctx: OrchestratorContext<void>) => unknown } = {
  awaited: async () => await insert("a"),
  "not awaited": async (ctx) => {
    void insert("a");
    await ctx.createTimer("1d");
  },
  "after a timer": async (ctx) => {
    await ctx.createTimer("1d");
    await insert("a");
  },
  "in a list": async () => await Promise.all(["a", "b"].map((row) => insert(row))),
  caught: async (ctx) => {
    try {
      await insert("a");
    } catch {
      await ctx.createTimer("1d");
    }
  },
};

for (const [how, body] of Object.entries(DIRECT)) {
  test(`an activity that an orchestrator calls directly does not run, and the words name the right call: ${how}`, async () => {
    inserted = [];
    const flow = orchestrator("Flow", async (ctx): Promise<unknown> => body(ctx));
    await using hub = await createTestHub({ functions: [flow, insert] });
    const run = await hub.client.startNew(flow, { instanceId: "i" });
    await hub.advance("3d");
    const { stopped } = await run.status();
    assert.equal(stopped?.code, "DIRECT_CALL");
    assert.match(
      stopped?.message ?? "",
      /^"Flow" \(i\): Activity "Insert row" was called directly in an orchestrator: .* ctx\.callActivity\(insertrow, input\)\. At .*direct-calls\.test\.ts:\d+:\d+\.$/,
    );
    assert.deepEqual(inserted, []);
  });
}

test("elsewhere an activity may be called directly: in a unit test, in another activity, outside the orchestration", async () => {
  inserted = [];
  assert.equal(await insert("unit"), "unit");
  const flow = orchestrator("Flow", async (ctx) => {
    void outsideOrchestration(() => insert("outside"));
    return await ctx.callActivity(twice, "other");
  });
  await using hub = await TaskHub.open("memory:", { functions: [flow, twice] });
  await hub.start();
  assert.deepEqual(await (await hub.client.startNew(flow)).result(), ["other", "other"]);
  assert.deepEqual(inserted, ["unit", "outside", "other", "other"]);
});

const CLIENT_CALLS: { readonly [call: string]: (client: DurableClient) => unknown } = {
  startNew: (client) => client.startNew("Other", { instanceId: "other" }),
  raiseEvent: (client) => client.raiseEvent("known", "Go"),
  getStatus: (client) => client.getStatus("known"),
  query: async (client) => {
    for await (const _ of client.query());
  },
  waitForStart: (client) => client.waitForStart("known"),
  waitForCompletion: (client) => client.waitForCompletion("known"),
  "handle.result": (client) => client.handle("Other", "known").result(),
  suspend: (client) => client.suspend("known"),
  resume: (client) => client.resume("known"),
  terminate: (client) => client.terminate("known"),
  purge: (client) => client.purge("known"),
  purgeBy: (client) => client.purgeBy({ createdFrom: new Date(0) }),
};

for (const [name, call] of Object.entries(CLIENT_CALLS)) {
  test(`a client's ${name} in an orchestrator is refused in words, awaited or not`, async () => {
    for (const isAwaited of [true, false]) {
      let client: DurableClient | undefined;
      const flow = orchestrator("Flow", async (ctx) => {
        const called = client === undefined ? undefined : call(client);
        if (isAwaited) await called;
        // The test runner would take an unhandled rejection for a failure of the test.
        else Promise.resolve(called).catch(() => {});
        await ctx.createTimer("1d");
      });
      const waits = orchestrator("Other", async (ctx) => await ctx.waitForExternalEvent("Go"));
      await using hub = await createTestHub({ functions: [flow, waits] });
      client = hub.client;
      await hub.client.startNew(waits, { instanceId: "known" });
      const run = await hub.client.startNew(flow);
      await hub.flush();
      const { stopped } = await run.status();
      assert.equal(stopped?.code, "DIRECT_CALL");
      assert.match(stopped.message, /ctx\.startOrchestration, to send an event ctx\.raiseEvent; for anything else call an activity/);
      assert.equal((await hub.client.getStatus("known"))?.runtimeStatus, "Running");
      assert.equal(await hub.client.getStatus("other"), null);
    }
  });
}
