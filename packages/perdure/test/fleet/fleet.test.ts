import assert from "node:assert/strict";
import { test } from "node:test";
import { activity, orchestrator } from "perdure";
import type { Place } from "./fleet.testsuite.ts";
import { assertShared, countsOf, TestFleet } from "./fleet.testsuite.ts";
import { app, fanOutCase, placementCases, takeoverCase } from "./workers.testsuite.ts";

// On a file, and takeovers at more times: fleet.full.test.ts.
fanOutCase("memory");
fanOutCase("sqlite");
placementCases("memory");
takeoverCase([0, 1_500], [0, 2_900]);

test("a worker alone leaves nothing to others and reads nothing more than before", async () => {
  await using fleet = await TestFleet.open(1, { store: "memory", functions: app });
  fleet.calls.clear();
  await fleet.start(0, "fans", "i", { count: 300, of: "rest" });
  await fleet.end("i");
  await fleet.advance(30_000);
  assert.deepEqual(
    fleet.commits.flatMap(({ newTasks }) => newTasks),
    [],
  );
  assert.ok(fleet.commits.every(({ creates }) => creates.every(({ owned }) => owned)));
  const looks = fleet.calls.get("readWaiting") ?? 0;
  assert.ok(looks <= 4, `${looks} looks for functions that no worker has in 30 s`);
});

test("activities beyond a worker's limit go to others, those in line too once others come", async () => {
  const settings = { maxConcurrentActivities: 2 };
  await using fleet = await TestFleet.open(1, { store: "memory", functions: app, settings });
  await fleet.start(0, "fans", "i", { count: 40, of: "rest", ms: 2_000 });
  await fleet.advance(100);
  assert.equal(fleet.processes[0]?.worker.isQuiet, false);
  await fleet.join();
  await fleet.join();
  const began = fleet.sim.world.monotonicMs();
  assertShared((await fleet.end("i")) as number[], 3, 0.25);
  const took = fleet.sim.world.monotonicMs() - began;
  assert.ok(took < 20_000, `38 of 2 s each, 6 at once, took ${took} ms`);
});

test("the limit of one function holds in each worker, and others are not held up by it", async () => {
  const running = [0, 0, 0];
  let most = 0;
  const functions = (place: Place) => {
    const resize = activity("Resize", async () => {
      running[place.node] = (running[place.node] ?? 0) + 1;
      most = Math.max(most, running[place.node] ?? 0);
      await place.sleep(100);
      running[place.node] = (running[place.node] ?? 0) - 1;
      return place.node;
    });
    const album = orchestrator("album", (ctx, count: number) => Promise.all(Array.from({ length: count }, () => ctx.callActivity(resize))));
    return [resize, album, ...app(place)];
  };
  const settings = { activityLimits: { resize: 2 } };
  for (const nodes of [1, 3]) {
    most = 0;
    await using fleet = await TestFleet.open(nodes, { store: "memory", functions, settings });
    const began = fleet.sim.world.monotonicMs();
    await fleet.start(0, "album", "album", 60);
    await fleet.start(0, "fans", "others", { count: 5, of: "rest" });
    await fleet.end("others");
    assert.ok(fleet.sim.world.monotonicMs() - began < 200, "the others did not wait");
    const places = (await fleet.end("album")) as number[];
    assert.equal(most, 2);
    if (nodes > 1) assertShared(places, nodes, 0.25);
    const took = fleet.sim.world.monotonicMs() - began;
    assert.ok(took <= (60 / 2 / nodes) * 100 * 1.5 + 200, `${nodes} workers took ${took} ms`);
  }
});

test("mixed fleet: work goes to a worker that has the function, wherever it was made", async () => {
  const functions = (place: Place) => {
    const [crunch, rest, fans, part, ...others] = app(place);
    return place.node === 0 ? [fans, rest, ...others] : [crunch, part].flatMap((one) => one ?? []);
  };
  await using fleet = await TestFleet.open(2, { store: "memory", functions: functions as never });
  await fleet.start(0, "fans", "fan", { count: 5 });
  assert.deepEqual(await fleet.end("fan"), [1, 1, 1, 1, 1]);
  await fleet.start(0, "PART", "elsewhere");
  assert.deepEqual(await fleet.end("elsewhere"), [1, 1]);
  await fleet.start(1, "crowd", "parent", 3);
  assert.deepEqual(await fleet.end("parent"), [
    [1, 1],
    [1, 1],
    [1, 1],
  ]);
});

const asks = orchestrator("asks", async (ctx) => {
  const failure = (error: { readonly failure?: { readonly errorType: string; readonly message: string } }) => error.failure;
  const calls = [ctx.callActivity("nowhere", 1), ctx.callSubOrchestrator("nowhere either", 2)];
  return Promise.all(calls.map((call) => call.then(() => "?", failure)));
});

test("a function that no worker has: at once for a worker alone, after 30 s beside others, with the names of all", async () => {
  const functions = (place: Place) => [asks, ...app(place).slice(0, place.node === 0 ? 1 : 2)];
  for (const nodes of [1, 2]) {
    await using fleet = await TestFleet.open(nodes, { store: "memory", functions });
    await fleet.start(0, "asks", "i");
    if (nodes === 2) {
      await fleet.advance(28_000);
      assert.equal((await fleet.status("i"))?.runtimeStatus, "Running");
    }
    const failures = (await fleet.end("i", 4_000)) as { errorType: string; message: string; isNonRetriable: boolean }[];
    for (const { errorType, isNonRetriable } of failures) assert.deepEqual([errorType, isNonRetriable], ["FunctionNotFoundError", true]);
    assert.match(failures[0]?.message ?? "", nodes === 1 ? /"nowhere".*"crunch"\./ : /"nowhere".*"crunch", "rest"\./);
    assert.match(failures[1]?.message ?? "", /"nowhere either".*"asks"\./);
  }
});

test("a function that comes in time is waited for; a stopped instance continues when its function comes", async () => {
  const late = activity("nowhere", () => "found");
  const later = orchestrator("nowhere either", () => Promise.resolve("found too"));
  const calls = orchestrator("asks", (ctx) => Promise.all([ctx.callActivity("nowhere", 1), ctx.callSubOrchestrator("nowhere either")]));
  const functions = (place: Place) => (place.node < 2 ? [calls] : [calls, late, later]);
  await using fleet = await TestFleet.open(2, { store: "memory", functions });
  await fleet.start(0, "asks", "i");
  await fleet.start(0, "nowhere either", "top");
  await fleet.advance(20_000);
  await fleet.join();
  assert.deepEqual(await fleet.end("i", 5_000), ["found", "found too"]);
  assert.equal(await fleet.end("top"), "found too");

  await using alone = await TestFleet.open(1, { store: "memory", functions: (place) => (place.node === 0 ? [calls] : [late, later]) });
  await alone.start(0, "nowhere either", "top");
  await alone.advance(1_000);
  assert.equal((await alone.status("top"))?.stopped?.code, "FUNCTION_NOT_REGISTERED");
  await alone.join();
  assert.equal(await alone.end("top", 5_000), "found too");
});

test("what a dead worker had claimed from the queue is run by others", async () => {
  await using fleet = await TestFleet.open(3, { store: "memory", functions: app });
  await fleet.start(0, "fans", "i", { count: 60, ms: 500 });
  await fleet.advance(1_500);
  fleet.kill(2);
  const places = (await fleet.end("i")) as number[];
  assert.equal(places.length, 60);
  assert.ok((countsOf(places, 3)[2] ?? 0) < 10);
});

test("a worker that joins an overloaded one gets instances that only wait", async () => {
  await using fleet = await TestFleet.open(1, { store: "memory", functions: app });
  await fleet.start(
    0,
    "waits",
    Array.from({ length: 100 }, (_, n) => `w${n}`),
  );
  await fleet.start(0, "fans", "busy", { count: 400, ms: 100 });
  await fleet.advance(3_000);
  await fleet.join();
  await fleet.advance(5_000);
  const owners = (await fleet.sim.store.dump()).instances.filter(({ name, owner }) => name === "waits" && owner !== null);
  assert.equal(owners.length, 0);
  for (let n = 0; n < 100; n++) void fleet.client(0).raiseEvent({ instanceId: `w${n}`, name: "Go", input: null });
  const places: number[] = [];
  for (let n = 0; n < 100; n++) places.push((await fleet.end(`w${n}`)) as number);
  assert.ok((countsOf(places, 2)[1] ?? 0) >= 50, "most of them, as long as the first has its hands full");
});

test("a hundred activities that a dead worker was working on are run one at a time, without pauses in between", async () => {
  await using fleet = await TestFleet.open(1, { store: "memory", functions: app });
  const ids = Array.from({ length: 100 }, (_, n) => `i${n}`);
  await fleet.start(0, "fans", ids, { count: 1, ms: 50 });
  fleet.kill(0);
  await fleet.join();
  while ((await fleet.sim.store.readWorkers()).workers.length > 1) await fleet.advance(100);
  const began = fleet.sim.world.monotonicMs();
  for (const id of ids) await fleet.end(id);
  const taken = fleet.sim.world.monotonicMs() - began;
  assert.ok(taken < 100 * (50 + 20), `${taken} ms`);
});
