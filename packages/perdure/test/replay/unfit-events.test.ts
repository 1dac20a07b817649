import assert from "node:assert/strict";
import { test } from "node:test";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { createNativeExecutor } from "../../src/executors/native-executor.ts";
import { EpisodeDriver, failureIn, outputOf } from "../../src/executors/testing/episode-driver.testsuite.ts";
import { externalEvent } from "../../src/functions/external-event.ts";
import { orchestrator } from "../../src/functions/orchestrator.ts";
import { FunctionRegistry } from "../../src/functions/registry.ts";
import type { HistoryEvent } from "../../src/model/history.ts";
import type { FunctionLogEntry } from "../../src/replay/functions/function-log.ts";
import { begin, NUMBER } from "./probe.testsuite.ts";

const counted = externalEvent("Counted", NUMBER);

const schema = (validate: (value: unknown) => StandardSchemaV1.Result<number>): StandardSchemaV1<number, number> => ({
  "~standard": { version: 1, vendor: "test", validate },
});

const droppedIn = (history: readonly HistoryEvent[]) =>
  history.flatMap((event) => (event.kind === "OrchestratorCompleted" ? [event.droppedEvents] : []));

test("an event that does not fit is dropped, the wait continues, and every replay drops the same", async () => {
  const { driver, functions } = begin(async (ctx) => {
    const first = await ctx.waitForExternalEvent(counted);
    await ctx.callActivity("Between");
    return [first, await ctx.waitForExternalEvent(counted), await ctx.waitForExternalEvent("counted")];
  });
  await driver.start();
  await driver.raised("other", 1).raised("counted", "three").episode();
  await driver.assertReplays(functions);
  await driver
    .evict()
    .raised("COUNTED", { three: 3 })
    .raised("counted", 3)
    .raised("counted", "kept, and does not fit")
    .raised("counted", 4)
    .episode();
  await driver.assertReplays(functions);
  await driver.evict().completed(0).raised("counted", "for the wait without a schema").episode();
  assert.deepEqual(outputOf(driver.outcome), [4, 5, "for the wait without a schema"]);
  assert.deepEqual(droppedIn(driver.history), [undefined, [1], [2], [4]]);
  await driver.assertReplays(functions);
});

test("the timeout of a wait continues while it drops what does not fit", async () => {
  const { driver, functions } = begin((ctx) => ctx.waitForExternalEvent(counted, { timeout: "10s", default: -1 }));
  await driver.start();
  const { actions } = await driver.raised("counted", "three").episode();
  assert.deepEqual(actions, []);
  await driver.evict().fired(0).episode();
  assert.equal(outputOf(driver.outcome), -1);
  await driver.assertReplays(functions);
});

test("a schema that throws has refused; the warning says what, once", async () => {
  const log: FunctionLogEntry[] = [];
  const picky = externalEvent(
    "Picky",
    schema((value) => ({ value: (value as { deep: { n: number } }).deep.n })),
  );
  const functions = new FunctionRegistry([orchestrator("Probe", async (ctx) => ctx.waitForExternalEvent(picky))]);
  const driver = new EpisodeDriver(createNativeExecutor({ functions, log: (entry) => log.push(entry) }), { name: "Probe" });
  await driver.start();
  await driver.raised("Picky", null).episode();
  await driver
    .evict()
    .raised("Picky", { deep: { n: 7 } })
    .episode();
  assert.equal(outputOf(driver.outcome), 7);
  assert.deepEqual(
    log.map(({ level, event, instanceId }) => [level, event, instanceId]),
    [["warn", "orchestrator.event-dropped", "instance-1"]],
  );
  assert.match(
    log[0]?.message ?? "",
    /^An event "Picky" does not fit and was dropped; the wait for it continues: Cannot read properties of null/,
  );
});

test("the recorded decision holds when the schema has changed: what was dropped stays so, what was taken and is refused now stops", async () => {
  let least = 10;
  const rising = externalEvent(
    "Rising",
    schema((value) => (typeof value === "number" && value >= least ? { value } : { issues: [{ message: "too low" }] })),
  );
  const { driver } = begin(async (ctx) => {
    const seen = await ctx.waitForExternalEvent(rising);
    await ctx.callActivity("Next");
    return [seen, await ctx.waitForExternalEvent(rising)];
  });
  await driver.start();
  await driver.raised("Rising", 5).raised("Rising", 10).episode();
  least = 1;
  await driver.evict().completed(0).episode();
  least = 20;
  const words = await driver.evict().raised("Rising", 30).stops("NON_DETERMINISM");
  assert.match(
    words,
    /^"Probe" \(instance-1\) took event "Rising" when it was recorded, and refuses it now: .*too low.* schema has changed/,
  );
  least = 10;
  await driver.evict().episode();
  assert.deepEqual(outputOf(driver.outcome), [10, 30]);
});

test("an execution that an older release began replays as that had it: the wait failed", async () => {
  const { driver, functions } = begin(async (ctx) => {
    const first = await ctx.waitForExternalEvent(counted).catch((error: unknown) => String(error));
    await ctx.callActivity("Next");
    return first;
  });
  await driver.start();
  await driver.raised("counted", "three").raised("counted", 3).episode();
  const older = driver.history.map((event): HistoryEvent => {
    if (event.kind === "ExecutionStarted") {
      const { seed: _, ...started } = event;
      return started;
    }
    return event.kind === "OrchestratorCompleted" ? { kind: event.kind, ts: event.ts } : event;
  });
  const completed: HistoryEvent = { kind: "TaskCompleted", ts: driver.now, taskId: 0 as never, result: null };
  const last = driver.requests.at(-1);
  assert.ok(last !== undefined);
  const fresh: readonly HistoryEvent[] = [completed, { kind: "OrchestratorStarted", ts: driver.now }];
  const result = await createNativeExecutor({ functions }).runEpisode({ ...last, episode: 2, history: older, fresh });
  assert.equal(result.kind, "ran", JSON.stringify(result));
  assert.equal(
    outputOf(result.kind === "ran" ? result.outcome : null),
    'PerdureError: The payload of event "Counted" does not fit its schema: no number.',
  );
});

test("an asynchronous schema stops the instance: it is the author's mistake", async () => {
  const later: StandardSchemaV1<number, number> = {
    "~standard": { version: 1, vendor: "test", validate: (value) => Promise.resolve({ value: value as number }) },
  };
  const { driver } = begin((ctx) => ctx.waitForExternalEvent(externalEvent("Later", later)));
  await driver.start();
  assert.match(await driver.raised("Later", 1).stops("SCHEMA_ASYNC"), /payload of event "Later"/);
});

test("an orchestrator that sends what does not fit is told at the call, by what the receiver will read", async () => {
  const dated = externalEvent(
    "Dated",
    schema((value) => (typeof value === "string" ? { value: 1 } : { issues: [{ message: "no text" }] })),
  );
  const { driver } = begin((ctx) => {
    ctx.raiseEvent("other", dated, new Date(0) as never);
    ctx.raiseEvent("other", counted, "three" as never);
  });
  const { actions, outcome } = await driver.start();
  assert.equal(actions.length, 1);
  assert.match(failureIn(outcome).message, /payload of event "Counted" does not fit its schema: no number/);
});
