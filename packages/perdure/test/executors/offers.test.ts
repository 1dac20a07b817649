import assert from "node:assert/strict";
import { test } from "node:test";
import { activity, orchestrator } from "perdure";
import { wrapExecutor } from "../../src/executors/wrap-executor.ts";
import type { Executor, KindOffer } from "../../src/model/executor.ts";
import { jsonCodec } from "../../src/model/payload.ts";
import { ChangingExecutor } from "../../src/testing/changing-executor.ts";
import type { Place } from "../fleet/fleet.testsuite.ts";
import { TestFleet } from "../fleet/fleet.testsuite.ts";

const work = (place: Place) => activity("work", () => place.sleep(100).then(() => place.node));
const asks = orchestrator("asks", (ctx) => ctx.callActivity("work"));
const asksMany = orchestrator("asksMany", (ctx, n: number) => Promise.all(Array.from({ length: n }, () => ctx.callActivity("work"))));

const asksOfEach = orchestrator("asksOfEach", (ctx, n: number) =>
  Promise.all(Array.from({ length: n }, (_, i) => ctx.callActivity("each", i))),
);

const NONE: Partial<KindOffer> = { names: [] };

async function open(nodes: number, first: readonly ConstructorParameters<typeof ChangingExecutor>[1][]) {
  const executors: ChangingExecutor[] = [];
  const ran: number[] = [];
  const each = (place: Place) =>
    activity("each", (i: number) => {
      ran.push(i);
      return place.sleep(500 * i);
    });
  const functions = (place: Place) => [asks, asksMany, asksOfEach, work(place), each(place)];
  const executor = (native: Executor) => {
    const changing = new ChangingExecutor(native, first[executors.length]);
    executors.push(changing);
    return changing;
  };
  const fleet = await TestFleet.open(nodes, { store: "memory", functions, executor });
  const at = (node: number) => {
    const found = executors[node];
    assert.ok(found);
    return found;
  };
  return { fleet, at, ran };
}

test("a function that comes is told to the worker's row and to others, and what waited for it continues", async () => {
  const { fleet, at } = await open(2, [{ activity: NONE }, { activity: NONE }]);
  await using _ = fleet;
  await fleet.start(0, "asks", "one");
  await fleet.advance(2_000);
  assert.equal((await fleet.status("one"))?.runtimeStatus, "Running");
  at(1).change({ activity: { names: ["work"] } });
  assert.equal(await fleet.end("one", 5_000), 1);
  const { workers } = await fleet.sim.store.readWorkers();
  assert.deepEqual(
    workers.map(({ functions }) => functions.activity),
    [[], ["work"]],
  );
  at(1).change({ activity: NONE });
  await fleet.advance(3_100);
  assert.deepEqual((await fleet.sim.store.readWorkers()).workers[1]?.functions.activity, []);
});

test("a worker that takes any name serves what no worker names, and others leave it to that", async () => {
  const any: Partial<KindOffer> = { names: [], any: true };
  const { fleet } = await open(2, [
    { orchestrator: NONE, activity: NONE },
    { orchestrator: any, activity: any },
  ]);
  await using _ = fleet;
  await fleet.start(0, "asks", "one");
  assert.equal(await fleet.end("one", 10_000), 1);
});

test("a task whose function its worker has lost since the claim goes to the worker that has it", async () => {
  const { fleet, at } = await open(2, [{ activity: NONE }, { activity: NONE }]);
  await using _ = fleet;
  await fleet.start(0, "asks", "one");
  await fleet.advance(1_000);
  onceTasksAreRead(fleet, () => {
    at(0).change({ activity: NONE });
    at(1).change({ activity: { names: ["work"] } });
  });
  at(0).change({ activity: { names: ["work"] } });
  assert.equal(await fleet.end("one", 20_000), 1);
  assert.equal(fleet.commits.flatMap(({ givenBackTasks }) => givenBackTasks).length, 1);
});

test("a task whose function its worker has lost since the claim fails only when no worker has had the function for long enough", async () => {
  const { fleet, at } = await open(2, [{ activity: NONE }, { activity: NONE }]);
  await using _ = fleet;
  await fleet.start(0, "asks", "one");
  await fleet.advance(1_000);
  onceTasksAreRead(fleet, () => at(0).change({ activity: NONE }));
  at(0).change({ activity: { names: ["work"] } });
  await fleet.advance(5_000);
  assert.equal((await fleet.status("one"))?.runtimeStatus, "Running");
  assert.match(String(await fleet.end("one", 60_000)), /work/);
  assert.equal((await fleet.status("one"))?.runtimeStatus, "Failed");
});

const child = (place: Place) => orchestrator("child", () => place.node);
const parent = orchestrator("parent", (ctx) => ctx.callSubOrchestrator("child"));
const PARENT: Partial<KindOffer> = { names: ["parent"] };
const BOTH: Partial<KindOffer> = { names: ["parent", "child"] };

/** Worker 0 claims the child, and has lost its function when it has read it; `then` is called at that moment. */
async function openChild(then: (at: (node: number) => ChangingExecutor) => void, slowMs = 0) {
  const executors: ChangingExecutor[] = [];
  const at = (node: number) => executors[node] ?? assert.fail();
  const executor = (native: Executor, time: { after(ms: number, act: () => void): unknown }) => {
    const node = executors.length;
    const strict = wrapExecutor(native, {
      runEpisode: async (request) => {
        if (slowMs > 0) await new Promise<void>((resolve) => void time.after(slowMs, resolve));
        if (at(node).offer.orchestrator.names.includes(request.name)) return native.runEpisode(request);
        return { kind: "stopped", code: "FUNCTION_NOT_REGISTERED", message: `no ${request.name}` };
      },
    });
    const changing = new ChangingExecutor(strict, { orchestrator: PARENT });
    executors.push(changing);
    return changing;
  };
  const fleet = await TestFleet.open(2, { store: "memory", functions: (place) => [parent, child(place)], executor });
  await fleet.start(0, "parent", "one");
  await fleet.advance(1_000 + 2 * slowMs);
  const { load } = fleet.sim.store;
  const hooked: typeof load = async (nos) => {
    const loaded = await load(nos);
    if (!loaded.some(({ row }) => row.name === "child")) return loaded;
    Object.assign(fleet.sim.store, { load });
    then(at);
    return loaded;
  };
  Object.assign(fleet.sim.store, { load: hooked });
  at(0).change({ orchestrator: BOTH });
  return fleet;
}

test("a child whose orchestrator its worker has lost since the claim goes to the worker that has it", async () => {
  await using fleet = await openChild((at) => {
    at(0).change({ orchestrator: PARENT });
    at(1).change({ orchestrator: BOTH });
  });
  assert.equal(await fleet.end("one", 20_000), 1);
});

for (const slowMs of [0, 7_000]) {
  test(`a child whose orchestrator its worker has lost fails only when no worker has had it for long enough (episodes of ${slowMs} ms)`, async () => {
    await using fleet = await openChild((at) => at(0).change({ orchestrator: PARENT }), slowMs);
    await fleet.advance(5_000 + slowMs);
    assert.equal((await fleet.status("one"))?.runtimeStatus, "Running");
    assert.match(String(await fleet.end("one", 80_000)), /child/);
    assert.equal((await fleet.status("one"))?.runtimeStatus, "Failed");
  });
}

test("an orchestrator that comes sets going what was stopped for want of it", async () => {
  const { fleet, at } = await open(1, [{ orchestrator: NONE }]);
  await using _ = fleet;
  await fleet.start(0, "asks", "one");
  await fleet.advance(1_000);
  at(0).change({ orchestrator: { names: ["asks"] } });
  assert.equal(await fleet.end("one", 5_000), 0);
});

for (const kind of ["orchestrator", "activity"] as const) {
  test(`while no place is ready (${kind}) nothing runs and nothing fails; it continues when one is`, async () => {
    const { fleet, at } = await open(1, [{}]);
    await using _ = fleet;
    at(0).change({ [kind]: { ready: false } });
    await fleet.start(0, "asks", "one");
    await fleet.advance(60_000);
    const status = await fleet.status("one");
    assert.deepEqual([status?.runtimeStatus, status?.stopped], [kind === "orchestrator" ? "Pending" : "Running", null]);
    at(0).change({ [kind]: { ready: true } });
    assert.equal(await fleet.end("one", 5_100), 0);
  });

  test(`nor does another worker fail what only a worker without a place has (${kind})`, async () => {
    const { fleet, at } = await open(2, [{ [kind]: NONE }, { [kind]: { ready: false } }]);
    await using _ = fleet;
    await fleet.start(0, "asks", "one");
    await fleet.advance(60_000);
    const status = await fleet.status("one");
    assert.deepEqual([status?.runtimeStatus, status?.stopped], [kind === "orchestrator" ? "Pending" : "Running", null]);
    const known = await fleet.client(0).knownFunctions();
    assert.deepEqual(
      [known?.orchestrator, known?.activity],
      [
        ["asks", "asksMany", "asksOfEach"],
        ["each", "work"],
      ],
    );
    at(1).change({ [kind]: { ready: true } });
    await fleet.end("one", 5_100);
  });

  test(`what a worker without a place was working on goes to another that has one (${kind})`, async () => {
    const { fleet, at } = await open(2, [{}, { [kind]: { ready: false } }]);
    await using _ = fleet;
    await fleet.start(0, "asksMany", "one", 4);
    at(0).change({ [kind]: { ready: false } });
    at(1).change({ [kind]: { ready: true } });
    const ran = await fleet.end("one", 20_000);
    assert.ok(Array.isArray(ran) && ran.length === 4);
  });
}

test("so many run at once as the executor has places for, and more as soon as it has", async () => {
  const { fleet, at } = await open(1, [{ activity: { capacity: 2 } }]);
  await using _ = fleet;
  const begun = fleet.sim.world.monotonicMs();
  await fleet.start(0, "asksMany", "one", 8);
  await fleet.end("one");
  assert.ok(fleet.sim.world.monotonicMs() - begun >= 400);
  await fleet.start(0, "asksMany", "two", 8);
  await fleet.advance(50);
  at(0).change({ activity: { capacity: null } });
  const then = fleet.sim.world.monotonicMs();
  await fleet.end("two");
  assert.ok(fleet.sim.world.monotonicMs() - then < 300);
});

test("episodes wait for a place of the executor", async () => {
  const { fleet } = await open(1, [{ orchestrator: { capacity: 1 } }]);
  await using _ = fleet;
  const ids = Array.from({ length: 20 }, (_, n) => `i${n}`);
  await fleet.start(0, "asks", ids);
  for (const id of ids) assert.equal(await fleet.end(id), 0);
});

test("an instance that leaves since no place takes it runs none of its activities again", async () => {
  const { fleet, at, ran } = await open(2, [{}, { orchestrator: { ready: false } }]);
  await using _ = fleet;
  await fleet.start(0, "asksOfEach", "one", 16);
  await fleet.advance(700);
  at(0).change({ orchestrator: { ready: false } });
  at(1).change({ orchestrator: { ready: true } });
  await fleet.end("one", 30_000);
  assert.deepEqual(
    ran.toSorted((a, b) => a - b),
    Array.from({ length: 16 }, (_, i) => i),
  );
});

for (const kind of ["orchestrator", "activity"] as const) {
  const gains: readonly (readonly [string, Partial<KindOffer>, Partial<KindOffer>])[] = [
    ["places are ready again", { ready: false }, { ready: true }],
    ["there are more places", { capacity: 1 }, { capacity: 2 }],
    ["it takes any name", {}, { any: true }],
    [
      "it has other functions",
      { names: kind === "activity" ? ["work"] : ["asks"] },
      { names: [kind === "activity" ? "work" : "asks", "new"] },
    ],
  ];
  for (const [what, first, then] of gains) {
    test(`a call that was declined is made again at once when ${what} (${kind})`, async () => {
      let declines = true;
      const changing: ChangingExecutor[] = [];
      const answer = { kind: "declined", retryAfterMs: 60_000, elsewhere: false } as const;
      const executor = (native: Executor) => {
        const declining = wrapExecutor(native, {
          runEpisode: async (request) => (declines && kind === "orchestrator" ? answer : native.runEpisode(request)),
          runActivity: async (request) => (declines && kind === "activity" ? answer : native.runActivity(request)),
        });
        changing.push(new ChangingExecutor(declining, { [kind]: { ...first, ready: true } }));
        return changing[0] ?? declining;
      };
      await using fleet = await TestFleet.open(1, { store: "memory", functions: (place) => [asks, work(place)], executor });
      await fleet.start(0, "asks", "one");
      await fleet.advance(1_000);
      declines = false;
      if (first.ready === false) changing[0]?.change({ [kind]: { ready: false } });
      changing[0]?.change({ [kind]: then });
      assert.equal(await fleet.end("one", 500), 0);
    });
  }

  test(`a call that met no place at all is made as soon as one is ready (${kind})`, async () => {
    const { fleet, at } = await open(1, [{}]);
    await using _ = fleet;
    at(0).change({ [kind]: { ready: false } });
    await fleet.start(0, "asks", "one");
    await fleet.advance(1_000);
    at(0).change({ [kind]: { ready: true } });
    assert.equal(await fleet.end("one", 500), 0);
  });
}

test("a version that no place of this worker takes is claimed by the worker that has it, and waits while no worker does", async () => {
  const of = (...versions: readonly (string | null)[]): Partial<KindOffer> => ({ versions: { asks: versions } });
  const { fleet, at } = await open(2, [{ orchestrator: of("1.0", null) }, { orchestrator: of("2.0") }]);
  await using _ = fleet;
  const versions = [null, "1.0", "2.0", "3.0"];
  for (const version of versions) {
    const started = fleet.client(0).start({ name: "asks", instanceId: `${version}`, version, input: null });
    await fleet.advance(10);
    await started;
  }
  for (const version of [null, "1.0", "2.0"]) await fleet.end(`${version}`, 4_000);
  const before = fleet.commits.length;
  await fleet.advance(60_000);
  assert.equal((await fleet.status("3.0"))?.runtimeStatus, "Pending");
  assert.ok(fleet.commits.length - before < 100, `${fleet.commits.length - before} commits while it waits`);
  at(1).change({ orchestrator: of("2.0", "3.0") });
  await fleet.end("3.0", 4_000);
  const { workers } = await fleet.sim.store.readWorkers();
  assert.ok(workers[1]?.functions.orchestrator.some((name) => name.includes('["asks",["2.0","3.0"]]')));
  assert.deepEqual((await fleet.client(0).knownFunctions())?.orchestrator, ["asks", "asksMany", "asksOfEach"]);
});

test("an instance whose version loses its places goes to another worker that takes it", async () => {
  const of = (...versions: readonly (string | null)[]): Partial<KindOffer> => ({ versions: { asksOfEach: versions } });
  const { fleet, at, ran } = await open(2, [{ orchestrator: of("1.0") }, { orchestrator: of("2.0") }]);
  await using _ = fleet;
  const started = fleet.client(0).start({ name: "asksOfEach", instanceId: "one", version: "1.0", input: jsonCodec.encode(4) });
  await fleet.advance(200);
  await started;
  at(0).change({ orchestrator: of("3.0") });
  at(1).change({ orchestrator: of("1.0", "2.0") });
  await fleet.end("one", 20_000);
  assert.deepEqual(
    ran.toSorted((a, b) => a - b),
    [0, 1, 2, 3],
  );
});

test("an instance that continues as another version goes to the worker that takes it", async () => {
  const moves = (place: Place) =>
    orchestrator("moves", async (ctx, seen: readonly unknown[]): Promise<unknown> => {
      const all = [...seen, [ctx.version, place.node]];
      return all.length === 1 ? ctx.continueAsNew(all, { version: "2" }) : all;
    });
  const taken = [["1"], ["2"]];
  const executor = (native: Executor) => new ChangingExecutor(native, { orchestrator: { versions: { moves: taken.shift() ?? [] } } });
  await using fleet = await TestFleet.open(2, { store: "memory", functions: (place) => [moves(place)], executor });
  const starting = fleet.client(0).start({ name: "moves", instanceId: "one", input: jsonCodec.encode([]), version: "1" });
  await fleet.advance(10);
  await starting;
  assert.deepEqual(await fleet.end("one", 20_000), [
    ["1", 0],
    ["2", 1],
  ]);
});

function onceTasksAreRead({ sim: { store } }: TestFleet, then: () => void): void {
  const { loadTasks } = store;
  const hooked: typeof loadTasks = async (keys) => {
    const rows = await loadTasks(keys);
    Object.assign(store, { loadTasks });
    then();
    return rows;
  };
  Object.assign(store, { loadTasks: hooked });
}
