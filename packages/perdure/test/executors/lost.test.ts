import assert from "node:assert/strict";
import { test } from "node:test";
import { activity, entity, orchestrator } from "perdure";
import { limitAnswers } from "../../src/executors/limit-answers.ts";
import { wrapExecutor } from "../../src/executors/wrap-executor.ts";
import type { EntityBatchRequest } from "../../src/model/entity-batch.ts";
import type { ActivityRequest, EpisodeRequest, Executor, NotRun } from "../../src/model/executor.ts";
import { instanceId } from "../../src/model/ids.ts";
import type { Fate, Lossy } from "../../src/testing/lossy-executor.ts";
import { createLossyExecutor, PASS } from "../../src/testing/lossy-executor.ts";
import { Random } from "../../src/testing/random.ts";
import type { NodeTime } from "../../src/testing/virtual-time.ts";
import type { FleetOptions } from "../fleet/fleet.testsuite.ts";
import { TestFleet } from "../fleet/fleet.testsuite.ts";

const square = activity("square", (n: number) => n * n);
const sum = orchestrator("sum", async (ctx, n: number) => {
  let total = 0;
  for (let i = 1; i <= n; i++) total += await ctx.callActivity(square, i);
  return total;
});

const lost = (atFault: boolean | null): NotRun => ({ kind: "lost", atFault, reason: "the thread has ended" });

interface Calls {
  readonly episodes: EpisodeRequest[];
  readonly activities: ActivityRequest[];
  readonly batches: EntityBatchRequest[];
}

/** A fleet of one whose executor decides the fate of each call; the calls that it has seen. */
async function open(
  lossy: Partial<Lossy>,
  functions: FleetOptions["functions"] = () => [sum, square],
  settings: FleetOptions["settings"] = {},
) {
  const calls: Calls = { episodes: [], activities: [], batches: [] };
  const executor = (native: Executor, time: NodeTime) =>
    createLossyExecutor(native, {
      episode: (request) => {
        calls.episodes.push(request);
        return lossy.episode?.(request) ?? PASS;
      },
      activity: (request) => {
        calls.activities.push(request);
        return lossy.activity?.(request) ?? PASS;
      },
      entityBatch: (request) => {
        calls.batches.push(request);
        return lossy.entityBatch?.(request) ?? PASS;
      },
      after: (ms, task) => void time.after(ms, task),
    });
  const fleet = await TestFleet.open(1, { store: "memory", functions, executor, settings });
  return { fleet, calls };
}

/** Each of the first calls meets one of these, in order. */
const firstOnes = (fates: readonly Fate[]) => {
  let at = 0;
  return () => fates[at++] ?? PASS;
};

const REJECTS: Fate = { kind: "rejects", error: new Error("write EPIPE") };
const NOT_RUN: readonly Fate[] = [
  { kind: "dropped", answer: lost(false) },
  { kind: "answerLost", answer: lost(null) },
  { kind: "late", answer: lost(null), afterMs: 20 },
  { kind: "dropped", answer: { kind: "declined", retryAfterMs: 50, elsewhere: false } },
  { kind: "dropped", answer: { kind: "declined", retryAfterMs: 50, elsewhere: true } },
  { kind: "twice" },
  REJECTS,
];

for (const what of ["episode", "activity"] as const) {
  for (const fate of NOT_RUN) {
    const name = !("answer" in fate) ? fate.kind : `${fate.kind}, ${JSON.stringify(fate.answer)}`;
    test(`a call that is not carried out is delivered again, and nothing of it is recorded: ${what}, ${name}`, async () => {
      for (const at of [0, 1, 2]) {
        const { fleet } = await open({ [what]: firstOnes([...Array.from({ length: at }, () => PASS), fate, fate]) });
        await using _ = fleet;
        await fleet.start(0, "sum", "one", 3);
        assert.equal(await fleet.end("one"), 14);
        const [row] = (await fleet.sim.store.dump()).instances;
        assert.equal(row?.crashes, 0);
      }
    });
  }

  test(`an executor that always loses a harmless ${what} with it is not the instance's fault`, async () => {
    const { fleet } = await open({ [what]: firstOnes(Array.from({ length: 20 }, () => ({ kind: "dropped", answer: lost(false) }))) });
    await using _ = fleet;
    await fleet.start(0, "sum", "one", 3);
    assert.equal(await fleet.end("one"), 14);
  });

  for (const [atFault, most] of [
    [null, 6],
    [true, 3],
  ] as const) {
    test(`a ${what} at fault (${atFault}) is stopped as poison after ${most} losses, the last three of them alone`, async () => {
      const isPoison = ({ instanceId }: { readonly instanceId: string }) => instanceId === "poison";
      const loses = (request: EpisodeRequest | ActivityRequest): Fate =>
        isPoison(request) ? { kind: "dropped", answer: lost(atFault) } : PASS;
      const { fleet, calls } = await open({ [what]: loses });
      await using _ = fleet;
      await fleet.start(0, "sum", ["poison", "bystander"], 3);
      await fleet.advance(20_000);
      assert.equal(await fleet.end("bystander"), 14);
      const stopped = (await fleet.status("poison"))?.stopped;
      assert.equal(stopped?.code, what === "episode" ? "INSTANCE_POISON" : "ACTIVITY_POISON");
      assert.match(stopped?.message ?? "", new RegExp(`${most} times in a row.*the thread has ended`));
      const seen = (what === "episode" ? calls.episodes : calls.activities).filter(isPoison).map(({ alone }) => alone);
      assert.deepEqual(seen, atFault === null ? [false, false, false, true, true, true] : [false, true, true]);
      const history = (await fleet.sim.store.dump()).history.map(({ events }) => events).join();
      assert.doesNotMatch(history, /Failed/);
    });
  }

  test(`an executor that reports poison stops the instance: ${what}`, async () => {
    const poison: Fate = { kind: "dropped", answer: { kind: "poison", reason: "it ended three threads" } };
    const { fleet } = await open({ [what]: firstOnes([poison]) });
    await using _ = fleet;
    await fleet.start(0, "sum", "one", 3);
    await fleet.advance(100);
    assert.match((await fleet.status("one"))?.stopped?.message ?? "", /not tried again: it ended three threads/);
    const resumed = fleet.client(0).resume({ instanceId: "one", reason: null });
    await fleet.advance(10);
    await resumed;
    assert.equal(await fleet.end("one"), 14);
  });
}

const tally = entity("tally", {
  initialState: () => 0,
  operations: {
    add: (ctx, amount: number) => {
      ctx.state += amount;
      ctx.entity(tally, "all").signal.note(amount);
      return ctx.state;
    },
    note: (ctx, amount: number): void => {
      ctx.state += amount;
    },
    get: (ctx) => ctx.state,
  },
});
const counts = orchestrator("counts", async (ctx, n: number) => {
  const { call } = ctx.entity(tally, ctx.instanceId);
  let total = 0;
  for (let i = 1; i <= n; i++) total = await call.add(i);
  return [total, await ctx.entity(tally, "all").call.get()];
});
const withTally = () => [counts, tally];

for (const fate of NOT_RUN) {
  const name = !("answer" in fate) ? fate.kind : `${fate.kind}, ${JSON.stringify(fate.answer)}`;
  test(`operations that are not carried out are delivered again, and each is applied once: ${name}`, async () => {
    for (const at of [0, 1, 2]) {
      const { fleet } = await open({ entityBatch: firstOnes([...Array.from({ length: at }, () => PASS), fate, fate]) }, withTally);
      await using _ = fleet;
      await fleet.start(0, "counts", "one", 3);
      const [total, all] = (await fleet.end("one")) as readonly [number, number];
      assert.deepEqual([total, all], [6, 6]);
    }
  });
}

test("an entity at fault is stopped as poison, its caller waits, and others are not held up", async () => {
  const loses = ({ instanceId }: EntityBatchRequest): Fate =>
    instanceId === "@tally@poison" ? { kind: "dropped", answer: lost(null) } : PASS;
  const { fleet, calls } = await open({ entityBatch: loses }, withTally);
  await using _ = fleet;
  await fleet.start(0, "counts", ["poison", "bystander"], 3);
  await fleet.advance(20_000);
  assert.deepEqual(await fleet.end("bystander"), [6, 6]);
  assert.equal((await fleet.status("poison"))?.runtimeStatus, "Running");
  const [row] = await fleet.sim.store.readInstances([instanceId("@tally@poison")]);
  assert.match(row?.stopped?.message ?? "", /6 times in a row.*the thread has ended/);
  const seen = calls.batches.filter(({ instanceId }) => instanceId === "@tally@poison");
  assert.deepEqual(
    seen.map(({ alone }) => alone),
    [false, false, false, true, true, true],
  );
});

test("terminate does not wait for an episode that was not carried out", async () => {
  const declined: NotRun = { kind: "declined", retryAfterMs: 3_600_000, elsewhere: false };
  const { fleet } = await open({ episode: () => ({ kind: "dropped", answer: declined }) });
  await using _ = fleet;
  await fleet.start(0, "sum", "one", 3);
  const terminated = fleet.client(0).terminate({ instanceId: "one", reason: "enough", recursive: false });
  await fleet.advance(10);
  await terminated;
  assert.equal(await fleet.end("one", 1_000), "enough");
});

test("one call in 100 is lost, and every call of one instance, beside 256 others: only that one is stopped, and the others are as fast as without", async () => {
  const took: number[] = [];
  for (const share of [0, 0.01]) {
    const random = new Random(7);
    const fate = ({ instanceId: id }: { readonly instanceId: string }): Fate =>
      share > 0 && id === "poison"
        ? { kind: "dropped", answer: lost(null) }
        : random.chance(share)
          ? { kind: "answerLost", answer: lost(null) }
          : PASS;
    const { fleet } = await open({ episode: fate, activity: fate });
    await using _ = fleet;
    const ids = Array.from({ length: 256 }, (_, n) => `i${n}`);
    await fleet.start(0, "sum", ["poison", ...ids], 20);
    for (const id of ids) assert.equal(await fleet.end(id), 2_870);
    const { instances } = await fleet.sim.store.dump();
    const others = instances.filter(({ instanceId }) => instanceId !== "poison");
    took.push(others.reduce((sum, row) => sum + (row.completedAt ?? Number.NaN) - row.createdAt, 0) / others.length);
    if (share === 0) continue;
    await fleet.advance(20_000);
    const stopped = (await fleet.sim.store.dump()).instances.filter((row) => row.stopped !== null);
    assert.deepEqual(
      stopped.map((row) => [row.instanceId, row.stopped?.code]),
      [["poison", "INSTANCE_POISON"]],
    );
  }
  assert.ok((took[1] ?? 0) <= 1.2 * (took[0] ?? 0), `took ${took.join(" and ")} ms on the average`);
});

for (const what of ["episode", "activity"] as const) {
  test(`what hangs elsewhere is lost after its time, and its late answer is ignored (${what})`, async () => {
    const aborted: string[] = [];
    let calls = 0;
    const executor = (native: Executor, time: NodeTime) => {
      const lateOnce = async <Result>(run: () => Promise<Result>): Promise<Result> => {
        calls += 1;
        if (calls > 1) return run();
        await new Promise<void>((resolve) => void time.after(400_000, resolve));
        return run();
      };
      const hangs = wrapExecutor(native, {
        ...(what === "episode"
          ? { runEpisode: (request: EpisodeRequest) => lateOnce(() => native.runEpisode(request)) }
          : { runActivity: (request: ActivityRequest) => lateOnce(() => native.runActivity(request)) }),
        abortEpisode: ({ attempt }, reason) => aborted.push(`${attempt}: ${reason}`),
        abortActivity: ({ eventId }, reason) => aborted.push(`${eventId}: ${reason}`),
      });
      return limitAnswers(hangs, { episodeMs: 300_000, activityGraceMs: 1_000, entityBatchMs: 10_000 }, time);
    };
    const timed = orchestrator("timed", (ctx) => ctx.callActivity(square, 3, { timeout: "5m" }));
    await using fleet = await TestFleet.open(1, { store: "memory", functions: () => [timed, square], executor });
    await fleet.start(0, "timed", "one");
    assert.equal(await fleet.end("one", 310_000), 9);
    await fleet.advance(200_000);
    assert.deepEqual(aborted, [what === "episode" ? "1: timeout" : "0: timeout"]);
    const events = (await fleet.sim.store.dump()).history.map(({ events: text }) => text).join();
    assert.equal(events.split("TaskCompleted").length, 2);
  });
}
