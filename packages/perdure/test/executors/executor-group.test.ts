import assert from "node:assert/strict";
import { test } from "node:test";
import { createExecutorGroup } from "../../src/executors/executor-group.ts";
import { createNativeExecutor } from "../../src/executors/native-executor.ts";
import { EpisodeDriver, outputOf } from "../../src/executors/testing/episode-driver.testsuite.ts";
import { executorSuite } from "../../src/executors/testing/executor.testsuite.ts";
import { wrapExecutor } from "../../src/executors/wrap-executor.ts";
import { activity } from "../../src/functions/activity.ts";
import { orchestrator } from "../../src/functions/orchestrator.ts";
import { FunctionRegistry } from "../../src/functions/registry.ts";
import type { ActivityRequest, EpisodeResult, Executor, KindOffer, NotRun } from "../../src/model/executor.ts";
import type { ByKind } from "../../src/model/function-kind.ts";
import { eventId, seed } from "../../src/model/ids.ts";
import { ChangingExecutor } from "../../src/testing/changing-executor.ts";

executorSuite("a group of two executors", (functions) => {
  const empty = createNativeExecutor({ functions: new FunctionRegistry([]) });
  return createExecutorGroup([createNativeExecutor({ functions, maxPayloadBytes: 1_000 }), empty]);
});

/** Its functions say who ran them. */
function member(who: string, change: Partial<ByKind<Partial<KindOffer>>> = {}, names: readonly string[] = ["Where"]) {
  const runs = names.map((name) =>
    orchestrator(name, async (ctx) => {
      await ctx.callActivity("Any");
      return who;
    }),
  );
  return new ChangingExecutor(createNativeExecutor({ functions: new FunctionRegistry([...runs, activity("Any", () => who)]) }), change);
}

const ranBy = async (executor: Executor, name = "Where", version?: string) => {
  const driver = new EpisodeDriver(executor, { name, ...(version === undefined ? {} : { version }) });
  await driver.start();
  return outputOf((await driver.completed(0).episode()).outcome);
};

test("exact names come first, then who takes any", async () => {
  const open = member("open", { orchestrator: { names: [], any: true } }, ["Where", "Other"]);
  const group = createExecutorGroup([open, member("named")]);
  assert.equal(await ranBy(group), "named");
  assert.equal(await ranBy(group, "Other"), "open");
  assert.deepEqual([group.offer.orchestrator.names, group.offer.orchestrator.any], [["Where"], true]);
});

test("a version goes to who takes it", async () => {
  const old = member("old", { orchestrator: { versions: { where: ["1"] } } });
  const group = createExecutorGroup([old, member("new", { orchestrator: { versions: { Where: ["2"] } } })]);
  assert.deepEqual([await ranBy(group, "Where", "1"), await ranBy(group, "Where", "2")], ["old", "new"]);
});

test("an instance stays where its cursor is, and moves with its history when that place is not ready", async () => {
  const first = member("first");
  const group = createExecutorGroup([first, member("second")]);
  const driver = new EpisodeDriver(group, { name: "Where" });
  await driver.start();
  first.change({ orchestrator: { ready: false } });
  const { result, askedForHistory } = await driver.completed(0).tryEpisode();
  assert.ok(result.kind === "ran" && askedForHistory);
  assert.equal(outputOf(result.outcome), "second");
});

test("what one declines for others to have is offered to the next", async () => {
  const declined: NotRun = { kind: "declined", retryAfterMs: 5, elsewhere: true };
  const busy = wrapExecutor(member("busy"), { runEpisode: async () => declined, runActivity: async () => declined });
  assert.equal(await ranBy(createExecutorGroup([busy, member("free")])), "free");
  const driver = new EpisodeDriver(member("free"), { name: "Where" });
  await driver.start();
  const [request] = driver.requests;
  assert.ok(request);
  assert.deepEqual(await createExecutorGroup([busy, busy]).runEpisode(request), declined);
});

test("the offer of a group is that of its members, and changes with them", () => {
  const one = member("one", { activity: { capacity: 2 } });
  const two = member("two", { activity: { capacity: 3, ready: false } });
  const group = createExecutorGroup([one, two]);
  let told = 0;
  const stop = group.onOffer(() => {
    told += 1;
  });
  assert.deepEqual([group.offer.activity.capacity, group.offer.activity.ready], [2, true]);
  two.change({ activity: { ready: true } });
  assert.equal(group.offer.activity.capacity, 5);
  two.change({ activity: { ready: false } });
  told = 0;
  one.change({ activity: { capacity: null, ready: false } });
  assert.deepEqual([told, group.offer.activity.capacity, group.offer.activity.ready], [1, null, false]);
  stop();
  one.change({});
  assert.equal(told, 1);
});

test("a member without a place adds no capacity and takes no other name; what it has is away", () => {
  const open = member("open", { activity: { names: ["Far"], any: true, capacity: null, ready: false } });
  const group = createExecutorGroup([open, member("named", { activity: { capacity: 2 } })]);
  const { names, away, any, capacity, ready } = group.offer.activity;
  assert.deepEqual({ names, away, any, capacity, ready }, { names: ["Any"], away: ["Far", "*"], any: false, capacity: 2, ready: true });
});

test("what only members without a place have is declined, and no member is asked", async () => {
  const asked: string[] = [];
  const gone = wrapExecutor(member("gone", { orchestrator: { ready: false }, activity: { ready: false } }, ["Far"]), {
    runEpisode: async () => ({ kind: "lost", atFault: null, reason: `${asked.push("episode")}` }),
    runActivity: async () => ({ kind: "lost", atFault: null, reason: `${asked.push("activity")}` }),
  });
  const here = new ChangingExecutor(createNativeExecutor({ functions: new FunctionRegistry([orchestrator("Near", () => 1)]) }));
  const group = createExecutorGroup([gone, here]);
  const driver = new EpisodeDriver(member("other", {}, ["Far"]), { name: "Far" });
  await driver.start();
  const [request] = driver.requests;
  assert.ok(request);
  const { no, generation, instanceId } = request;
  const activityRequest: ActivityRequest = {
    ...{ no, generation, instanceId, eventId: eventId(0), callId: eventId(0), name: "Any", alone: false, input: null, attempt: 1 },
    ...{ seed: seed("0"), timeoutMs: null, progress: null, version: null, tags: null, trace: null },
  };
  for (const { kind } of [await group.runEpisode(request), await group.runActivity(activityRequest)]) assert.equal(kind, "declined");
  assert.deepEqual(asked, []);
});

test("the late answer of an aborted attempt does not take the cursor from the attempt that came after it", async () => {
  const answers: ((result: EpisodeResult) => void)[] = [];
  const told: string[] = [];
  const slow = wrapExecutor(member("slow"), {
    runEpisode: () => new Promise<EpisodeResult>((resolve) => answers.push(resolve)),
    abortEpisode: ({ attempt }) => void told.push(`abort ${attempt}`),
    forget: (no) => void told.push(`forget ${no}`),
  });
  const group = createExecutorGroup([slow]);
  const driver = new EpisodeDriver(member("other"), { name: "Where" });
  await driver.start();
  const [request] = driver.requests;
  assert.ok(request);
  const first = group.runEpisode({ ...request, attempt: 1 });
  const second = group.runEpisode({ ...request, attempt: 2 });
  answers[0]?.({ kind: "lost", atFault: false });
  await first;
  group.abortEpisode({ no: request.no, attempt: 2 }, "lost");
  answers[1]?.({ kind: "ran", actions: [], outcome: null });
  await second;
  group.forget(request.no);
  assert.deepEqual(told, ["abort 2", `forget ${request.no}`]);
});
