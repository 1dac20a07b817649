import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { isBuiltIn } from "../../errors/built-in-names.ts";
import { FunctionRegistry } from "../../functions/registry.ts";
import type { EntityBatchRequest } from "../../model/entity-batch.ts";
import type { ActivityRequest, Executor } from "../../model/executor.ts";
import { namesOffered } from "../../model/executor.ts";
import type { FunctionNames } from "../../model/function-kind.ts";
import { byKind } from "../../model/function-kind.ts";
import { eventId, instanceId, instanceNo, seed } from "../../model/ids.ts";
import { payload } from "../../model/payload.ts";
import { delivered, EpisodeDriver, failure, failureIn, idsOf, kindsOf, outputOf } from "./episode-driver.testsuite.ts";
import { executorFunctions } from "./executor-functions.testsuite.ts";

const functions = new FunctionRegistry(executorFunctions);

const request = (name: string, input: unknown, more: Partial<ActivityRequest> = {}): ActivityRequest => ({
  no: instanceNo(1),
  generation: 2,
  eventId: eventId(3),
  instanceId: instanceId("one"),
  name,
  alone: false,
  input: input === undefined ? null : payload(JSON.stringify(input)),
  attempt: 1,
  seed: seed("seed-of-one"),
  callId: eventId(3),
  timeoutMs: null,
  progress: null,
  version: null,
  tags: null,
  trace: null,
  ...more,
});

const batch = (
  name: string,
  operations: readonly (readonly [operation: string, input: unknown])[],
  isDurable = true,
): EntityBatchRequest => ({
  ...{ no: instanceNo(1), instanceId: instanceId(`@${name}@a`), name, alone: false, state: payload("1"), now: 0, stopAfterMs: 60_000 },
  operations: operations.map(([operation, input]) => ({ operation, input: payload(JSON.stringify(input)), isSignal: false, isDurable })),
});

const runActivity = (executor: Executor, what: ActivityRequest) => delivered(() => executor.runActivity(what));

/** What every implementation of the executor port must do. */
export function executorSuite(
  label: string,
  create: (functions: FunctionRegistry) => Executor | Promise<Executor>,
  { losesCursors = false } = {},
): void {
  const withExecutor = (name: string, body: (executor: Executor) => Promise<void>): void => {
    test(`${label}: ${name}`, async () => {
      const executor = await create(functions);
      try {
        await body(executor);
      } finally {
        await executor.close();
      }
    });
  };

  withExecutor("names its functions", async (executor) => {
    const sorted = (names: FunctionNames) => byKind((kind) => names[kind].filter((name) => !isBuiltIn(name)).toSorted());
    assert.deepEqual(sorted(namesOffered(executor.offer)), sorted(functions.names));
  });

  withExecutor("runs episodes from live cursors and gives the same after eviction", async (executor) => {
    for (const evict of [false, true]) {
      const driver = new EpisodeDriver(executor, { name: "Sum", input: 3, no: evict ? 2 : 1 });
      const first = await driver.start();
      assert.deepEqual(kindsOf(first.actions), ["callActivity", "callActivity", "callActivity"]);
      assert.equal(first.outcome, null);
      assert.deepEqual((await driver.completed(2, 4).completed(0, 0).episode()).actions, []);
      if (evict) driver.evict();
      const { result, askedForHistory } = await driver.completed(1, 1).tryEpisode();
      assert.ok(losesCursors ? askedForHistory || !evict : askedForHistory === evict);
      assert.ok(result.kind === "ran");
      assert.equal(result.customStatus, '{"squares":3}');
      assert.equal(outputOf(result.outcome), 5);
    }
  });

  withExecutor("runs operations of an entity in order, each rolled back by itself", async (executor) => {
    const asked = batch("tally", [
      ["add", 2],
      ["ADD", 200],
      ["add", 3],
      ["later", null],
    ]);
    const ran = await delivered(() => executor.runEntityBatch(asked));
    assert.ok(ran.kind === "ran");
    assert.deepEqual([ran.state, ran.cut], ["7", null]);
    const ends = ran.results.map((end) => (end.kind === "completed" ? end.result : end.failure.errorType));
    assert.deepEqual(ends, ["3", "RangeError", "6", null]);
    const signal = { kind: "signalEntity", instanceId: "@tally@all", operation: "add", due: null };
    assert.deepEqual(ran.actions, [
      { ...signal, by: 0, input: "2" },
      { ...signal, by: 2, input: "3" },
    ]);
  });

  withExecutor("does not begin an async operation while its cause is not durable", async (executor) => {
    const ran = await delivered(() =>
      executor.runEntityBatch(
        batch(
          "tally",
          [
            ["add", 2],
            ["later", null],
          ],
          false,
        ),
      ),
    );
    assert.ok(ran.kind === "ran");
    assert.equal(ran.cut, "durability");
    assert.ok(ran.results.length <= 1); // in another place none of them may begin
  });

  withExecutor("stops an entity whose function it does not have, and names those that it has", async (executor) => {
    const answer = await delivered(() => executor.runEntityBatch(batch("nope", [["add", 2]])));
    assert.ok(answer.kind === "stopped");
    assert.equal(answer.code, "FUNCTION_NOT_REGISTERED");
    assert.match(answer.message, /"nope".*"Tally"/);
  });

  withExecutor("numbers of actions rise within an execution, over retries and replays", async (executor) => {
    const driver = new EpisodeDriver(executor, { name: "Sequence" });
    const ids = [...idsOf((await driver.start()).actions)];
    for (const square of [0, 1]) {
      driver.evict();
      ids.push(...idsOf((await driver.completed(ids.at(-1) ?? -1, square).episode()).actions));
    }
    assert.equal(ids.length, 3);
    for (const [at, id] of ids.entries()) assert.ok(id > (ids[at - 1] ?? -1), `${ids}`);
  });

  withExecutor("names the events that are waited for, live and after a replay", async (executor) => {
    for (const evict of [false, true]) {
      const driver = new EpisodeDriver(executor, { name: "Gathers", no: evict ? 4 : 3 });
      assert.deepEqual((await driver.start()).openEvents, ["First", "second"]);
      if (evict) driver.evict();
      assert.deepEqual((await driver.raised("FIRST").episode()).openEvents, ["second"]);
      if (evict) driver.evict();
      assert.deepEqual((await driver.raised("Second").episode()).openEvents, []);
    }
  });

  withExecutor("gives the next execution the version and the tags that the code names, and none else", async (executor) => {
    const driver = new EpisodeDriver(executor, { name: "Moves", input: 1 });
    const { outcome } = await driver.start();
    assert.deepEqual(outcome, { kind: "continuedAsNew", input: "2", carryOver: [], version: "2", tags: { team: "b" } });
    const plain = await new EpisodeDriver(executor, { name: "Moves", input: 2, no: 5 }).start();
    assert.deepEqual(plain.outcome, { kind: "continuedAsNew", input: "3", carryOver: [] });
  });

  withExecutor("asks for the history when its cursor stands elsewhere", async (executor) => {
    const driver = new EpisodeDriver(executor, { name: "Sequence" });
    await driver.start();
    await driver.completed(0, 0).episode();
    const [first] = driver.requests;
    assert.ok(first);
    const earlier = await delivered(() => executor.runEpisode({ ...first, episode: 1, fresh: [{ kind: "OrchestratorStarted", ts: 1 }] }));
    assert.equal(earlier.kind, "historyNeeded");
    const otherGeneration = await delivered(() =>
      executor.runEpisode({ ...first, episode: 2, generation: 1, fresh: [{ kind: "OrchestratorStarted", ts: 1 }] }),
    );
    assert.equal(otherGeneration.kind, "historyNeeded");
  });

  withExecutor("stops the episode of a function that it lacks", async (executor) => {
    const message = await new EpisodeDriver(executor, { name: "Missing" }).stops("FUNCTION_NOT_REGISTERED");
    assert.match(message, /no orchestrator function "Missing".*Known ones: .*"Sequence"/);
  });

  withExecutor("carries failures of activities into the orchestrator", async (executor) => {
    const driver = new EpisodeDriver(executor, { name: "Recovers" });
    await driver.start();
    const ended = await driver.failed(0, failure("wrong type", { errorType: "TypeError" })).episode();
    assert.equal(outputOf(ended.outcome), 'Activity "Throws" failed: wrong type');
  });

  withExecutor("runs activities and reports what they give and throw", async (executor) => {
    assert.deepEqual(await runActivity(executor, request("square", 7)), { kind: "completed", result: "49" });
    assert.deepEqual(await runActivity(executor, request("Echo", undefined)), { kind: "completed", result: null });
    const thrown = await runActivity(executor, request("Throws", "type"));
    assert.ok(thrown.kind === "failed");
    const { stack, cause, ...rest } = thrown.failure;
    assert.deepEqual(rest, { errorType: "TypeError", message: "wrong type" });
    assert.match(stack ?? "", /TypeError: wrong type\n {4}at /);
    assert.equal(cause?.message, "the cause");
    const text = await runActivity(executor, request("Throws", "just text"));
    assert.deepEqual(text, { kind: "failed", failure: { errorType: "non-error", message: "just text", value: "just text" } });
    const final = await runActivity(executor, request("Throws", "final"));
    assert.equal(final.kind === "failed" && final.failure.isNonRetriable, true);
  });

  withExecutor("fails a call to an activity that it lacks, for good", async (executor) => {
    const result = await runActivity(executor, request("Missing", 1));
    assert.ok(result.kind === "failed");
    assert.equal(result.failure.errorType, "FunctionNotFoundError");
    assert.equal(result.failure.isNonRetriable, true);
    assert.match(result.failure.message, /no activity function "Missing".*"Square"/);
  });

  withExecutor("validates input and output of activities", async (executor) => {
    assert.deepEqual(await runActivity(executor, request("Checked", 11)), { kind: "completed", result: "100" });
    const badInput = await runActivity(executor, request("Checked", -1));
    assert.ok(badInput.kind === "failed" && badInput.failure.isNonRetriable === true);
    assert.match(badInput.failure.message, /The input of activity "Checked" does not fit its schema: n: not positive/);
    const badOutput = await runActivity(executor, request("Checked", 10));
    assert.ok(badOutput.kind === "failed");
    assert.match(badOutput.failure.message, /The result of activity "Checked" does not fit/);
  });

  withExecutor("refuses results that are no JSON or too large", async (executor) => {
    const noJson = await runActivity(executor, request("NoJson", undefined));
    assert.ok(noJson.kind === "failed" && noJson.failure.isNonRetriable === true);
    assert.match(noJson.failure.message, /result of activity "NoJson" cannot be written as JSON: it is a bigint/);
    assert.equal((await runActivity(executor, request("Large", 998))).kind, "completed");
    const large = await runActivity(executor, request("Large", 999));
    assert.ok(large.kind === "failed" && large.failure.isNonRetriable === true);
    assert.match(large.failure.message, /result of activity "Large" has 1001 bytes of JSON, more than the limit of 1000/);
  });

  withExecutor("fires the signal of an aborted activity", async (executor) => {
    const running = runActivity(executor, request("WaitsForSignal", undefined));
    await sleep(1);
    executor.abortActivity({ no: instanceNo(1), generation: 9, eventId: eventId(3) }, "terminated");
    executor.abortActivity(request("", undefined), "terminated");
    assert.deepEqual(await running, { kind: "aborted", reason: "terminated" });
  });

  withExecutor("ends an activity that takes too long, even if it ignores its signal", async (executor) => {
    const result = await runActivity(executor, request("Hangs", undefined));
    assert.ok(result.kind === "failed");
    assert.equal(result.failure.errorType, "TimeoutError");
    assert.equal(result.failure.isNonRetriable, undefined);
    const called = await runActivity(executor, request("WaitsForSignal", undefined, { timeoutMs: 5 }));
    assert.equal(called.kind === "failed" && called.failure.message, 'Activity "WaitsForSignal" did not finish within 5 ms');
  });

  withExecutor("passes heartbeats on and the last one in", async (executor) => {
    const beats: unknown[] = [];
    executor.onHeartbeat((task, progress) => beats.push([task.eventId, progress]));
    const result = await runActivity(executor, request("Beats", undefined, { attempt: 2, progress: payload('"half"') }));
    assert.deepEqual(result, { kind: "completed", result: '{"taskId":"one:2:3","attempt":2,"instanceId":"one"}' });
    assert.deepEqual(beats.at(-1), [3, '{"at":"half"}']); // a run whose answer is lost has beaten as well
  });

  withExecutor("tells heartbeats to all who listen, until they stop", async (executor) => {
    const heard = [0, 0];
    const stops = heard.map((_, index) =>
      executor.onHeartbeat(() => {
        heard[index] = (heard[index] ?? 0) + 1;
      }),
    );
    await runActivity(executor, request("Beats", undefined));
    const [first = 0, second] = heard;
    assert.ok(first > 0);
    assert.equal(second, first);
    stops[0]?.();
    await runActivity(executor, request("Beats", undefined));
    assert.equal(heard[0], first);
    assert.ok((heard[1] ?? 0) > first);
  });

  withExecutor("forgets before it runs the next episode", async (executor) => {
    const driver = new EpisodeDriver(executor, { name: "Sequence" });
    await driver.start();
    driver.evict();
    assert.equal((await driver.completed(0, 0).tryEpisode()).askedForHistory, true);
  });

  withExecutor("an aborted attempt disturbs neither the next one nor its history", async (executor) => {
    const driver = new EpisodeDriver(executor, { name: "Sequence" });
    await driver.start();
    const [first] = driver.requests;
    assert.ok(first);
    const again = { ...first, attempt: first.attempt + 1, history: [] };
    const late = executor.runEpisode(again).catch(() => null);
    executor.abortEpisode({ no: again.no, attempt: again.attempt }, "terminated");
    assert.deepEqual(kindsOf((await driver.completed(0, 0).episode()).actions), ["callActivity"]);
    await late;
    driver.evict();
    assert.deepEqual(kindsOf((await driver.completed(1, 1).episode()).actions), ["callActivity"]);
    assert.deepEqual(outputOf((await driver.completed(2, 4).episode()).outcome), [0, 1, 4]);
  });

  withExecutor("ignores aborts of what it does not know", async (executor) => {
    executor.abortEpisode({ no: instanceNo(77), attempt: 5 }, "lost");
    executor.abortActivity({ no: instanceNo(77), generation: 0, eventId: eventId(1) }, "lost");
    assert.deepEqual(await runActivity(executor, request("square", 3)), { kind: "completed", result: "9" });
  });

  test(`${label}: after close nothing waits for it, and aborts are ignored`, async () => {
    const executor = await create(functions);
    const open = executor.runActivity(request("WaitsForSignal", undefined)).catch(() => null);
    await sleep(1);
    await executor.close();
    assert.notEqual((await open)?.kind, "completed");
    executor.abortActivity(request("WaitsForSignal", undefined), "lost");
    executor.abortEpisode({ no: instanceNo(1), attempt: 1 }, "lost");
    executor.forget(instanceNo(1));
    await executor.close();
  });

  withExecutor("fails an orchestration that throws", async (executor) => {
    const driver = new EpisodeDriver(executor, { name: "Sequence" });
    await driver.start();
    const ended = await driver.failed(0, failure("no squares today")).episode();
    const found = failureIn(ended.outcome);
    assert.equal(found.errorType, "ActivityFailedError");
    assert.equal(found.message, 'Activity "Square" failed: no squares today');
    assert.deepEqual(found.cause, failure("no squares today"));
  });
}
