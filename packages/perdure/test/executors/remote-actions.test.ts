import assert from "node:assert/strict";
import { test } from "node:test";
import { activity, orchestrator } from "perdure";
import { wrapExecutor } from "../../src/executors/wrap-executor.ts";
import type { Action } from "../../src/model/action.ts";
import type { ActivityRequest, EpisodeResult, Executor } from "../../src/model/executor.ts";
import type { HistoryEvent } from "../../src/model/history.ts";
import type { EventId } from "../../src/model/ids.ts";
import { eventId } from "../../src/model/ids.ts";
import { inTurn } from "../../src/process/testing/in-turn.ts";
import { TestFleet } from "../fleet/fleet.testsuite.ts";

const STORES = ["memory", "sqlite"] as const;

const square = activity("square", (n: number) => n * n);
const flaky = activity("flaky", (_: unknown, ctx) => {
  if (ctx.attempt < 3) throw new Error("not yet");
  return ctx.attempt;
});
const child = orchestrator("child", (_, n: number) => n);
const all = orchestrator("all", async (ctx) => {
  const event = ctx.waitForExternalEvent<number>("Go", { timeout: "1h" });
  const unused = ctx.createTimer("2h");
  const squares = await Promise.all([1, 2, 3].map((n) => ctx.callActivity(square, n)));
  const tries = await ctx.callActivity(flaky, null, { retry: { maxAttempts: 5, firstInterval: "1s" } });
  const grown = await ctx.callSubOrchestrator(child, 5);
  await ctx.createTimer("1s");
  const got = await event;
  unused.cancel();
  return [...squares, tries, grown, got];
});
const functions = [square, flaky, child, all];

type Ids = (id: EventId) => EventId;

const inAction = (action: Action, to: Ids): Action => {
  if (action.kind === "markPatch") return action;
  if (action.kind === "releaseLock") return { ...action, lockId: to(action.lockId) };
  const changed = "id" in action ? { ...action, id: to(action.id) } : { ...action, timerId: to(action.timerId) };
  if ("retry" in changed && changed.retry !== undefined) return { ...changed, retry: { ...changed.retry, of: to(changed.retry.of) } };
  return "retryOf" in changed && changed.retryOf !== undefined ? { ...changed, retryOf: to(changed.retryOf) } : changed;
};

const inEvent = (event: HistoryEvent, to: Ids): HistoryEvent => {
  const changed: Record<string, unknown> = { ...event };
  for (const key of ["id", "taskId", "timerId", "retryOf"]) if (key in changed) changed[key] = to(changed[key] as EventId);
  if ("retry" in event && event.retry !== undefined) changed.retry = { ...event.retry, of: to(event.retry.of) };
  return changed as unknown as HistoryEvent;
};

/** Numbers actions as SDKs of other languages do: from 1 on, and some numbers are taken by other things than events. */
function gapped(native: Executor): Executor {
  const out: Ids = (id) => eventId(3 * id + 1);
  const back: Ids = (id) => eventId((id - 1) / 3);
  return wrapExecutor(native, {
    async runEpisode(request) {
      const history = request.history?.map((event) => inEvent(event, back)) ?? null;
      const result = await native.runEpisode({ ...request, history, fresh: request.fresh.map((event) => inEvent(event, back)) });
      return result.kind === "ran" ? { ...result, actions: result.actions.map((action) => inAction(action, out)) } : result;
    },
  });
}

for (const store of inTurn("remote-actions", STORES)) {
  for (const keepCursors of [true, false]) {
    test(`actions may be numbered from 1, with gaps: ${store}, ${keepCursors ? "cursors" : "no cursors"}`, async () => {
      await using fleet = await TestFleet.open(1, { store, functions: () => functions, executor: gapped, settings: { keepCursors } });
      await fleet.start(0, "all", "one");
      await fleet.advance(10_000);
      const raised = fleet.client(0).raiseEvent({ instanceId: "one", name: "Go", input: null });
      await fleet.advance(10);
      await raised;
      assert.deepEqual(await fleet.end("one"), [1, 4, 9, 3, 5, null]);
      const ids = (await fleet.sim.store.dump()).history
        .flatMap(({ events }) => JSON.parse(events) as readonly HistoryEvent[])
        .flatMap((event) => ("id" in event ? [event.id % 3] : []));
      assert.ok(ids.length > 8 && ids.every((rest) => rest === 1));
    });
  }
}

const MISNUMBERED: readonly (readonly number[])[] = [[4, 4], [5, 3], [-1], [0.5], [Number.NaN]];

for (const numbers of MISNUMBERED) {
  test(`an executor that numbers actions ${numbers.join(", ")} records nothing of them: the instance is stopped`, async () => {
    const actions = numbers.map((id) => ({ kind: "createTimer", id: eventId(id), fireAt: 1 }) as const);
    const result: EpisodeResult = { kind: "ran", actions, outcome: null };
    const executor = (native: Executor) => wrapExecutor(native, { runEpisode: async () => result });
    await using fleet = await TestFleet.open(1, { store: "memory", functions: () => functions, executor });
    await fleet.start(0, "all", "one");
    await fleet.advance(1_000);
    assert.equal((await fleet.status("one"))?.stopped?.code, "ACTIONS_MISNUMBERED");
    assert.deepEqual((await fleet.sim.store.dump()).history, []);
  });
}

test("nor is a number taken again that an earlier episode gave", async () => {
  const again = (native: Executor) =>
    wrapExecutor(native, {
      async runEpisode(request) {
        const result = await native.runEpisode(request);
        if (result.kind !== "ran" || request.episode === 0) return result;
        return { ...result, actions: result.actions.map((action) => inAction(action, () => eventId(0))) };
      },
    });
  await using fleet = await TestFleet.open(1, { store: "memory", functions: () => functions, executor: again });
  await fleet.start(0, "all", "one");
  await fleet.advance(5_000);
  assert.equal((await fleet.status("one"))?.stopped?.code, "ACTIONS_MISNUMBERED");
});

const TRACE = { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", tracestate: "a=b" };
const LABELS = { version: "2.1", tags: { team: "a" }, trace: TRACE };

/** Says at each call what remote SDKs may say; `seen`: what activities and episodes are told. */
function labelling(seen: ActivityRequest[], episodes: (readonly HistoryEvent[])[]) {
  return (native: Executor) =>
    wrapExecutor(native, {
      async runEpisode(request) {
        episodes.push([...(request.history ?? []), ...request.fresh]);
        const result = await native.runEpisode(request);
        if (result.kind !== "ran") return result;
        const actions = result.actions.map((action): Action => {
          if (action.kind === "callActivity") return request.name === "labelled" ? { ...action, ...LABELS } : action;
          return action.kind === "callSubOrchestrator" ? { ...action, trace: TRACE } : action;
        });
        return { ...result, actions, trace: TRACE };
      },
      runActivity(request) {
        seen.push(request);
        return native.runActivity(request);
      },
    });
}

const labelled = orchestrator("labelled", { version: "1" }, (ctx) => ctx.callActivity(square, 2));
const plain = orchestrator("plain", (ctx) => ctx.callActivity(square, 3));
const parent = orchestrator("parent", async (ctx) => {
  const both = await Promise.all([ctx.callSubOrchestrator(labelled), ctx.callSubOrchestrator(plain)]);
  return both.concat(await ctx.callActivity(square, 4));
});

for (const store of inTurn("remote-actions, 2", STORES)) {
  for (const activityLimit of [100, 0]) {
    const how = activityLimit === 0 ? "by a row" : "in memory";
    test(`version, tags and trace of a call are recorded and reach the activity (${store}, ${how}); a child hears of its parent`, async () => {
      const seen: ActivityRequest[] = [];
      const episodes: (readonly HistoryEvent[])[] = [];
      const executor = labelling(seen, episodes);
      const settings = { keepCursors: false, ...(activityLimit === 0 ? { keepBelow: 0 } : {}) };
      await using fleet = await TestFleet.open(activityLimit === 0 ? 2 : 1, {
        store,
        functions: () => [labelled, plain, parent, square],
        executor,
        settings,
      });
      await fleet.start(0, "parent", "p");
      assert.deepEqual(await fleet.end("p"), [4, 9, 16]);
      const told = seen.map(({ input, version, tags, trace }) => [input, version, tags, trace]).sort();
      assert.equal(
        fleet.commits.some(({ newTasks }) => newTasks.length > 0),
        activityLimit === 0,
      );
      assert.deepEqual(told, [
        ["2", "2.1", LABELS.tags, TRACE],
        ["3", null, null, null],
        ["4", null, null, null],
      ]);
      const row = (await fleet.sim.store.dump()).instances.find(({ instanceId }) => instanceId === "p");
      const started = episodes.flat().find((event) => event.kind === "ExecutionStarted" && event.name === "labelled");
      assert.ok(started?.kind === "ExecutionStarted");
      assert.deepEqual([started.parent?.executionId, started.parent?.trace], [row?.executionId, TRACE]);
      const completed = episodes.flat().find((event) => event.kind === "OrchestratorCompleted");
      assert.deepEqual(completed?.kind === "OrchestratorCompleted" && completed.trace, TRACE);
    });
  }
}

test("the first event of an execution says when it was to start", async () => {
  const episodes: (readonly HistoryEvent[])[] = [];
  await using fleet = await TestFleet.open(1, { store: "memory", functions: () => [plain, square], executor: labelling([], episodes) });
  const startAt = fleet.sim.calendar.now() + 5_000;
  const starting = fleet.client(0).start({ name: "plain", instanceId: "later", input: null, startAt });
  await fleet.advance(10);
  await starting;
  assert.equal(await fleet.end("later"), 9);
  const started = episodes.flat().find((event) => event.kind === "ExecutionStarted");
  assert.equal(started?.kind === "ExecutionStarted" && started.startAt, startAt);
});
