import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { createNativeExecutor } from "../../src/executors/native-executor.ts";
import { orchestrator } from "../../src/functions/orchestrator.ts";
import { activityRef, orchestratorRef } from "../../src/functions/references.ts";
import { FunctionRegistry } from "../../src/functions/registry.ts";
import type { HistoryEvent } from "../../src/model/history.ts";
import { eventId, executionId, instanceId, instanceNo } from "../../src/model/ids.ts";
import { newSeed, seedOf } from "../../src/model/seed.ts";
import { installDeterministicGlobals } from "../../src/replay/globals/deterministic-globals.ts";
import { HISTORY_WITHOUT_SEED } from "../../src/replay/testing/history-without-seed.ts";
import { idempotencyKeyOf } from "../../src/replay/values/execution-values.ts";

const charge = activityRef<unknown, string>("Charge");
const parcel = orchestratorRef<void, string>("Parcel");

/** The function that made the recorded history. */
const order = orchestrator("Order", async (ctx, round: number): Promise<unknown> => {
  const guid = ctx.newGuid();
  const lucky = Math.random();
  const uuid = randomUUID();
  const retry = { maxAttempts: 3, firstInterval: "10s", jitter: 0.5 } as const;
  const paid = await ctx.callActivity(charge, { guid, lucky, uuid }, { retry });
  const first = await ctx.callSubOrchestrator(parcel);
  const other = ctx.startOrchestration(parcel);
  if (round === 0) return ctx.continueAsNew(1);
  await ctx.createTimer("1h");
  return { guid, lucky, uuid, paid, parcel: first, other, again: ctx.newGuid() };
});

const history: readonly HistoryEvent[] = JSON.parse(HISTORY_WITHOUT_SEED);

/** What a new cursor makes of the history up to each episode, and of that episode's own events. */
async function replays(events: readonly HistoryEvent[]): Promise<readonly unknown[]> {
  using _ = { [Symbol.dispose]: installDeterministicGlobals() };
  const executor = createNativeExecutor({ functions: new FunctionRegistry([order]) });
  const found: unknown[] = [];
  let from = 0;
  for (const [at, event] of events.entries()) {
    if (event.kind !== "OrchestratorCompleted") continue;
    const opens = events.findIndex((one, index) => index >= from && one.kind === "OrchestratorStarted");
    const fresh = events.slice(from, events[opens + 1]?.kind === "ExecutionStarted" ? opens + 2 : opens + 1);
    const where = { no: instanceNo(1), instanceId: instanceId("order-7"), generation: 1, name: "Order", version: null };
    const result = await executor.runEpisode({
      ...where,
      attempt: at,
      alone: false,
      episode: found.length,
      history: events.slice(0, from),
      fresh,
    });
    executor.forget(instanceNo(1));
    assert.equal(result.kind, "ran", JSON.stringify(result));
    found.push(result);
    from = at + 1;
  }
  return found;
}

test("a history without a seed replays to the guids, random numbers, ids and pauses that it was recorded with", async () => {
  const episodes = await replays(history);
  const end = history.at(-1);
  assert.ok(end?.kind === "ExecutionCompleted");
  assert.equal(episodes.length, 6);
  assert.partialDeepStrictEqual(episodes[0], { actions: [{ input: history.find((one) => one.kind === "TaskScheduled")?.input }] });
  const pause = history.find((one) => one.kind === "TimerCreated" && one.retryOf !== undefined);
  assert.ok(pause?.kind === "TimerCreated");
  assert.partialDeepStrictEqual(episodes[1], { actions: [{ kind: "createTimer", fireAt: pause.fireAt }] });
  assert.partialDeepStrictEqual(episodes.at(-1), { outcome: { kind: "completed", output: end.result } });
});

test("with a seed nothing that is derived is as it was without", async () => {
  const [first] = history.filter((one) => one.kind === "TaskScheduled");
  const seeded = history.map((one) => (one.kind === "ExecutionStarted" ? { ...one, seed: newSeed(one.executionId) } : one));
  const [begin] = await replays(seeded.slice(0, 4));
  const { actions } = begin as { actions: readonly { input: string }[] };
  const [now, then] = [actions[0]?.input, first?.input].map((input) => JSON.parse(input ?? "") as { [key: string]: unknown });
  for (const value of ["guid", "lucky", "uuid"]) assert.notEqual(now?.[value], then?.[value]);
});

test("an idempotency key comes from the recorded seed, and without one from the ids of the execution", () => {
  const started = { executionId: executionId("e"), generation: 2 };
  const key = (seeded: Parameters<typeof seedOf>[1], instance = "i", call = 0) =>
    idempotencyKeyOf(seedOf(instanceId(instance), seeded), eventId(call));
  const keys = [
    key({ ...started, seed: newSeed(executionId("e")) }),
    key({ ...started, seed: newSeed(executionId("f")) }),
    key({ ...started, seed: newSeed(executionId("e")) }, "i", 1),
    key(started),
    key({ ...started, generation: 3 }),
    key({ ...started, executionId: executionId("f") }),
    key(started, "other"),
    key(started, "i", 1),
  ];
  assert.equal(new Set(keys).size, keys.length);
  assert.equal(keys[0], "1ded4c6f-b405-5552-9890-2bc20e3fa2bd");
  // Who the instance is may change around a recorded seed.
  assert.equal(key({ executionId: executionId("g"), generation: 9, seed: newSeed(executionId("e")) }, "copy"), keys[0]);
});
