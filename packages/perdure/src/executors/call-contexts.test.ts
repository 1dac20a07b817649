import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { test } from "node:test";
import { activity } from "../functions/activity.ts";
import { entity } from "../functions/entity.ts";
import { FunctionRegistry } from "../functions/registry.ts";
import type { ActivityRequest } from "../model/executor.ts";
import { eventId, instanceId, instanceNo, seed } from "../model/ids.ts";
import { createNativeExecutor } from "./native-executor.ts";

test("what a call of an activity or a batch of operations leaves behind is known to be its own", async () => {
  const whose = new AsyncLocalStorage<string>();
  const seen: (string | undefined)[] = [];
  const { promise: left, resolve } = Promise.withResolvers<void>();
  const functions = new FunctionRegistry([
    activity("Leaves", async () => {
      setTimeout(() => {
        seen.push(whose.getStore());
        if (seen.length === 3) resolve();
      }, 5);
    }),
    entity("Looks", { initialState: () => 0, operations: { look: () => void seen.push(whose.getStore()) } }),
  ]);
  const executor = createNativeExecutor({
    functions,
    contextOfCall:
      ({ instanceId: id }) =>
      (fn, ...args) =>
        whose.run(id, fn, ...args),
  });
  const request = (id: string): ActivityRequest => ({
    ...{ no: instanceNo(1), generation: 1, eventId: eventId(0), instanceId: instanceId(id), name: "Leaves", alone: false, input: null },
    ...{ attempt: 1, seed: seed("s"), callId: eventId(0), timeoutMs: null, progress: null, version: null, tags: null, trace: null },
  });
  await Promise.all([executor.runActivity(request("one")), executor.runActivity(request("two"))]);
  await executor.runEntityBatch({
    ...{ no: instanceNo(2), instanceId: instanceId("@looks@a"), name: "looks", alone: false, state: null, now: 0, stopAfterMs: 60_000 },
    operations: [{ operation: "look", input: null, isSignal: false, isDurable: true }],
  });
  await left;
  assert.deepEqual(seen.toSorted(), ["@looks@a", "one", "two"]);
  assert.equal(whose.getStore(), undefined);
  await executor.close();
});
