import assert from "node:assert/strict";
import { test } from "node:test";
import { createNativeExecutor } from "../../src/executors/native-executor.ts";
import { wrapExecutor } from "../../src/executors/wrap-executor.ts";
import { FunctionRegistry } from "../../src/functions/registry.ts";
import { activity, orchestrator, TaskHub } from "../../src/index.ts";

test("a hub runs its functions where it was told, and closes that place after its worker", async () => {
  const double = activity("double", (n: number) => 2 * n);
  const twice = orchestrator("twice", (ctx, n: number) => ctx.callActivity(double, n));
  const native = createNativeExecutor({ functions: new FunctionRegistry([double, twice]) });
  const places: string[] = [];
  const executor = wrapExecutor(native, {
    runActivity: (request) => {
      places.push("there");
      return native.runActivity(request);
    },
    close: () => {
      places.push("closed");
      return native.close();
    },
  });
  const here = activity("double", () => assert.fail("it ran here"));
  const hub = await TaskHub.open("memory:", { functions: [here, twice], executor });
  await hub.start();
  const run = await hub.client.startNew(twice, { input: 21 });
  assert.equal(await run.result(), 42);
  assert.ok(Math.abs(hub.now - Date.now()) < 60_000, "it tells the time of its store to clients elsewhere");
  await hub.close();
  assert.deepEqual(places, ["there", "closed"]);
});
