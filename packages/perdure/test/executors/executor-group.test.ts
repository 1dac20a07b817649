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
import type {
  ActivityRequest,
  ActivityResult,
  EpisodeRequest,
  EpisodeResult,
  Executor,
  KindOffer,
  NotRun,
} from "../../src/model/executor.ts";
import type { ByKind } from "../../src/model/function-kind.ts";
import { eventId, seed } from "../../src/model/ids.ts";
import { ChangingExecutor } from "../../src/testing/changing-executor.ts";

executorSuite("a group of two executors", (functions) => {
  const empty = createNativeExecutor({ functions: new FunctionRegistry([]) });
  return createExecutorGroup([createNativeExecutor({ functions, maxPayloadBytes: 1_000 }), empty]);
});

const DECLINED: NotRun = { kind: "declined", retryAfterMs: 5, elsewhere: true };

async function firstRequest(): Promise<EpisodeRequest> {
  const driver = new EpisodeDriver(member("other"), { name: "Where" });
  await driver.start();
  const [request] = driver.requests;
  assert.ok(request);
  return request;
}

const activityRequest = ({ no, generation, instanceId }: EpisodeRequest): ActivityRequest => ({
  ...{ no, generation, instanceId, eventId: eventId(0), callId: eventId(0), name: "Any", alone: false, input: null, attempt: 1 },
  ...{ seed: seed("0"), timeoutMs: null, progress: null, version: null, tags: null, trace: null },
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

test("ranges of versions: the group takes what any member takes", async () => {
  const old = member("old", { orchestrator: { versions: { where: [{ upTo: "1.9" }] } } });
  const group = createExecutorGroup([old, member("new", { orchestrator: { versions: { Where: ["1.10", { upTo: null }] } } })]);
  assert.deepEqual([await ranBy(group, "Where", "1.2"), await ranBy(group, "Where", "1.10"), await ranBy(group)], ["old", "new", "old"]);
  assert.deepEqual(group.offer.orchestrator.versions?.where, [{ upTo: "1.9" }, "1.10", { upTo: null }]);
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
  const busy = wrapExecutor(member("busy"), { runEpisode: async () => DECLINED, runActivity: async () => DECLINED });
  assert.equal(await ranBy(createExecutorGroup([busy, member("free")])), "free");
  assert.deepEqual(await createExecutorGroup([busy, busy]).runEpisode(await firstRequest()), DECLINED);
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
  for (const { kind } of [await group.runEpisode(request), await group.runActivity(activityRequest(request))])
    assert.equal(kind, "declined");
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
  const request = await firstRequest();
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

test("what was aborted while one member had it never begins at the next", async () => {
  for (const end of ["abort", "close"] as const) {
    const begun: string[] = [];
    let declineEpisode: (result: EpisodeResult) => void = () => {};
    let declineActivity: (result: ActivityResult) => void = () => {};
    const slow = wrapExecutor(member("slow"), {
      runEpisode: () => new Promise((resolve) => (declineEpisode = resolve)),
      runActivity: () => new Promise((resolve) => (declineActivity = resolve)),
    });
    const next = wrapExecutor(member("next"), {
      runEpisode: async () => ({ kind: "lost", atFault: null, reason: `${begun.push("episode")}` }),
      runActivity: async () => ({ kind: "lost", atFault: null, reason: `${begun.push("activity")}` }),
    });
    const group = createExecutorGroup([slow, next]);
    const request = await firstRequest();
    const task = activityRequest(request);
    const running = [group.runEpisode(request), group.runActivity(task)] as const;
    if (end === "close") await group.close();
    else {
      group.abortEpisode(request, "terminated");
      group.forget(request.no);
      group.abortActivity(task, "terminated");
    }
    declineEpisode(DECLINED);
    declineActivity(DECLINED);
    assert.deepEqual(await Promise.all(running), [DECLINED, DECLINED]);
    assert.deepEqual(begun, [], end);
  }
});

test("an abort reaches the member that runs that attempt, and no other", async () => {
  const told: string[] = [];
  const listens = (who: string, takes: boolean) =>
    wrapExecutor(member(who), {
      runEpisode: (): Promise<EpisodeResult> => (takes ? new Promise(() => {}) : Promise.resolve(DECLINED)),
      abortEpisode: ({ attempt }) => void told.push(`${who}: ${attempt}`),
      runActivity: (): Promise<ActivityResult> => (takes ? new Promise(() => {}) : Promise.resolve(DECLINED)),
      abortActivity: (key) => void told.push(`${who}: activity ${key.eventId}`),
    });
  const group = createExecutorGroup([listens("full", false), listens("free", true)]);
  const request = await firstRequest();
  const task = activityRequest(request);
  void group.runEpisode({ ...request, attempt: 7 });
  void group.runActivity(task);
  await new Promise(setImmediate);
  group.abortEpisode({ no: request.no, attempt: 6 }, "lost");
  group.abortEpisode({ no: request.no, attempt: 7 }, "lost");
  group.abortActivity(task, "lost");
  assert.deepEqual(told, ["free: 7", "free: activity 0"]);
});

test("the cursor that a member keeps is dropped by forget, whatever it answered since", async () => {
  const answers: readonly EpisodeResult[] = [
    { ...DECLINED, elsewhere: false },
    DECLINED,
    { kind: "lost", atFault: null },
    { kind: "historyNeeded" },
    { kind: "stopped", code: "X", message: "x" },
  ];
  for (const answer of answers) {
    let isOver = false;
    const forgotten: number[] = [];
    const inner = member("holder");
    const holder = wrapExecutor(inner, {
      runEpisode: async (request) => (isOver ? answer : inner.runEpisode(request)),
      forget: (no) => void forgotten.push(no),
    });
    const group = createExecutorGroup([holder]);
    const driver = new EpisodeDriver(group, { name: "Where" });
    await driver.start();
    isOver = true;
    const [request] = driver.requests;
    assert.ok(request);
    await group.runEpisode({ ...request, attempt: 100, episode: 1 });
    group.forget(request.no);
    assert.deepEqual(forgotten, [request.no], answer.kind);
  }
});
