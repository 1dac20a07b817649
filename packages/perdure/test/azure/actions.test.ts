import assert from "node:assert/strict";
import { test } from "node:test";
import { EpisodeDriver, failure, failureIn, outputOf, START } from "../../src/executors/testing/episode-driver.testsuite.ts";
import { RELEASES } from "./testing/releases.ts";
import type { Library } from "./testing/v3-app.ts";
import { v3App, v3Executor } from "./testing/v3-app.ts";

const EXECUTION = "execution-of-instance-1";
const later = (context: { df: { currentUtcDateTime: Date } }, ms: number) => new Date(context.df.currentUtcDateTime.getTime() + ms);
const child = { kind: "callSubOrchestrator", name: "Child", version: null, tags: null };

/** What each call of the library becomes, by its number. */
function register(df: Library): void {
  const id = new df.EntityId("Counter", "Key");
  df.app.entity("Counter", () => {});
  df.app.orchestration("Child", function* (context) {
    yield context.df.callActivity("a");
  });
  df.app.orchestration("all", function* (context) {
    const { df: durable } = context;
    durable.signalEntity(id, "add", 1);
    durable.signalEntity(id, "reset");
    const retry = new df.RetryOptions(1_000, 3);
    yield durable.Task.all([
      durable.callActivity("Bill", "text"),
      durable.callActivity("Bill", { a: 1 }),
      durable.callActivity("Bill"),
      durable.callActivityWithRetry("Bill", retry, 5),
      durable.callSubOrchestrator("Child", "text"),
      durable.callSubOrchestrator("Child", undefined, "named"),
      durable.callSubOrchestratorWithRetry("Child", retry, null),
      durable.createTimer(later(context, 1_000)),
      durable.callEntity(id, "get", "text"),
      durable.waitForExternalEvent("Approved"),
      durable.callHttp({ method: "post", url: "http://a.test/", body: "x", headers: { Accept: "*/*" } }),
    ]);
  });
  df.app.orchestration("retries", function* (context) {
    const retry = Object.assign(new df.RetryOptions(1_000, 3), { backoffCoefficient: 3, maxRetryIntervalInMilliseconds: 2_500 });
    return (yield context.df.callSubOrchestratorWithRetry("Child", retry, 1, undefined)) as string;
  });
  df.app.orchestration("cancels", function* (context) {
    const timers = [1, 2, 3].map((n) => context.df.createTimer(later(context, n * 1_000)));
    yield context.df.Task.any(timers);
    for (const timer of timers.slice(1)) timer.cancel();
    yield context.df.waitForExternalEvent("go");
    return timers.map((timer) => timer.isCompleted);
  });
  df.app.orchestration("continues", function* (context) {
    yield context.df.waitForExternalEvent("go");
    context.df.signalEntity(id, "add", 1);
    context.df.continueAsNew({ next: true });
    context.df.signalEntity(id, "add", 2);
    yield context.df.callActivity("Bill");
  });
}

for (const release of RELEASES) {
  const driver = (name: string) => new EpisodeDriver(v3Executor(v3App(release, register)), { name });

  test(`${release}: each call is one action under the library's own number`, async () => {
    const { actions, openEvents } = await driver("all").start();
    const request = {
      method: "POST",
      url: "http://a.test/",
      headers: { accept: "*/*", "content-type": "text/plain; charset=utf-8" },
      body: "x",
    };
    const entity = { instanceId: "@counter@Key" };
    assert.deepEqual(actions, [
      { kind: "signalEntity", id: 0, ...entity, operation: "add", input: "1", due: null },
      { kind: "signalEntity", id: 1, ...entity, operation: "reset", input: null, due: null },
      { kind: "callActivity", id: 2, name: "Bill", input: '"text"' },
      { kind: "callActivity", id: 3, name: "Bill", input: '{"a":1}' },
      { kind: "callActivity", id: 4, name: "Bill", input: null },
      { kind: "callActivity", id: 5, name: "Bill", input: "5" },
      { ...child, id: 6, instanceId: `${EXECUTION}:6`, minted: true, input: '"text"' },
      { ...child, id: 7, instanceId: "named", minted: false, input: null },
      { ...child, id: 8, instanceId: `${EXECUTION}:8`, minted: true, input: "null" },
      { kind: "createTimer", id: 9, fireAt: START + 1_000 },
      { kind: "callEntity", id: 10, ...entity, operation: "get", input: '"text"' },
      { kind: "callActivity", id: 11, name: "BuiltIn::HttpActivity", input: JSON.stringify(request) },
    ]);
    assert.deepEqual(openEvents, ["Approved"]);
  });

  test(`${release}: pauses and attempts are told apart, live and restored`, async () => {
    for (const evicts of [false, true]) {
      const run = driver("retries");
      const next = async () => (evicts ? run.evict() : run).episode();
      await run.start();
      const pause = async (failed: number, ms: number) =>
        assert.deepEqual((await next()).actions, [{ kind: "createTimer", id: failed + 1, fireAt: run.now + ms, retryOf: failed }]);
      const attempt = async (id: number, nth: number) => {
        const call = { ...child, id, instanceId: `${EXECUTION}:${id}`, minted: true, input: "1", retry: { of: 0, attempt: nth } };
        assert.deepEqual((await next()).actions, [call]);
      };
      run.failed(0, failure("no"));
      await pause(0, 1_000);
      run.fired(1);
      await attempt(2, 2);
      run.failed(2, failure("no"));
      await pause(2, 2_500);
      run.fired(3);
      await attempt(4, 3);
      run.failed(4, failure("still no"));
      const { actions, outcome } = await next();
      assert.deepEqual(actions, [
        { kind: "createTimer", id: 5, fireAt: run.now, retryOf: 4 },
        { kind: "cancelTimer", timerId: 5 },
      ]);
      assert.match(failureIn(outcome).message, /^Orchestrator function 'retries' failed: still no/);
      assert.deepEqual(outcome?.kind === "failed" ? outcome.causedBy : [], [4]);
    }
  });

  test(`${release}: what came in with the end of a timer does not undo its cancel`, async () => {
    const run = driver("cancels");
    await run.start();
    const { actions } = await run.fired(0).fired(1).episode();
    assert.deepEqual(actions, [{ kind: "cancelTimer", timerId: 2 }]);
    assert.deepEqual(outputOf((await run.evict().raised("go").episode()).outcome), [true, false, false]);
  });

  test(`${release}: what is asked for behind continueAsNew is not asked for, and events go on to the next execution`, async () => {
    const run = driver("continues");
    run.raised("other", 1);
    await run.start();
    const { actions, outcome } = await run.raised("go").raised("go", 2).raised("other", 3).episode();
    assert.deepEqual(
      actions.map(({ kind }) => kind),
      ["signalEntity"],
    );
    assert.equal(outcome?.kind, "continuedAsNew");
    if (outcome?.kind !== "continuedAsNew") return;
    assert.equal(outcome.input, '{"next":true}');
    assert.deepEqual(
      outcome.carryOver.map(({ name, input }) => [name, input]),
      [
        ["other", "1"],
        ["go", "2"],
        ["other", "3"],
      ],
    );
  });
}

test("a section is asked for by sorted names, and its end takes a number for each entity", async () => {
  const app = v3App("durable-functions", (df) => {
    df.app.orchestration("section", function* (context) {
      const [b, a] = [new df.EntityId("Box", "b"), new df.EntityId("box", "a")];
      const lock: { release(): void } = yield context.df.lock(b, a, b);
      yield context.df.callEntity(b, "get");
      lock.release();
      lock.release();
      yield context.df.callActivity("Bill");
    });
  });
  for (const evicts of [false, true]) {
    const run = new EpisodeDriver(v3Executor(app), { name: "section" });
    const next = async () => (await (evicts ? run.evict() : run).episode()).actions;
    assert.deepEqual((await run.start()).actions, [{ kind: "lockEntities", id: 0, entities: ["@box@a", "@box@b"] }]);
    run.granted(0);
    assert.deepEqual(await next(), [{ kind: "callEntity", id: 1, instanceId: "@box@b", operation: "get", input: null }]);
    run.completed(1, 5);
    assert.deepEqual(await next(), [
      { kind: "releaseLock", lockId: 0 },
      { kind: "callActivity", id: 4, name: "Bill", input: null },
    ]);
  }
});

for (const release of RELEASES) {
  test(`${release}: a custom status is told when it changes, and what counts as false never`, async () => {
    const app = v3App(release, (df) => {
      df.app.orchestration("status", function* (context) {
        for (const status of [{ a: 1 }, { a: 1 }, "", null, { a: 1 }, { a: 2 }]) {
          context.df.setCustomStatus(status);
          yield context.df.waitForExternalEvent("go");
        }
      });
    });
    for (const evicts of [false, true]) {
      const run = new EpisodeDriver(v3Executor(app), { name: "status" });
      const told = [(await run.start()).customStatus];
      for (let i = 0; i < 5; i++) told.push((await (evicts ? run.evict() : run).raised("go").episode()).customStatus);
      assert.deepEqual(told, [{ a: 1 }, undefined, undefined, undefined, undefined, { a: 2 }]);
    }
  });

  test(`${release}: what is too large fails where it is waited for, and an output that is too large fails the orchestration`, async () => {
    const large = "x".repeat(2_000);
    const app = v3App(release, (df) => {
      df.app.orchestration("large", function* (context) {
        const { df: durable } = context;
        const messages: string[] = [];
        const retry = new df.RetryOptions(1_000, 5);
        for (const call of [durable.callActivity("Bill", large), durable.callActivityWithRetry("Bill", retry, large)]) {
          try {
            yield call;
          } catch (error) {
            messages.push((error as Error).message);
          }
        }
        yield durable.callActivity(
          "Bill",
          messages.every((message) => message.includes('input of activity "Bill"')),
        );
        return large;
      });
      df.app.orchestration("many", function* (context) {
        yield context.df.Task.all(Array.from({ length: 20 }, () => context.df.callActivity("Bill")));
      });
    });
    const executor = v3Executor(app, { maxPayloadBytes: 1_000, maxActions: 10 });
    const run = new EpisodeDriver(executor, { name: "large" });
    const { actions } = await run.start();
    assert.deepEqual(
      actions.map((action) => ("id" in action ? [action.kind, action.id] : action.kind)),
      [["createTimer", 0], "cancelTimer", ["createTimer", 1], "cancelTimer", ["createTimer", 2], "cancelTimer", ["callActivity", 3]],
    );
    assert.deepEqual(actions.at(-1), { kind: "callActivity", id: 3, name: "Bill", input: "true" });
    const { outcome } = await run.evict().completed(3, 0).episode();
    assert.match(failureIn(outcome).message, /^Orchestrator function 'large' failed: .*output of orchestrator "large"/);
    const many = new EpisodeDriver(executor, { name: "many", id: "many", no: 2 });
    assert.match(failureIn((await many.start()).outcome).message, /more than 10 actions/);
  });
}

test("versions: the execution's is on the context, a call's goes to the child, and others take the default", async () => {
  const app = v3App("durable-functions", (df) => {
    df.app.orchestration("Child", function* (context) {
      yield context.df.callActivity("a");
    });
    df.app.orchestration("versions", function* (context) {
      const { df: durable } = context;
      yield durable.Task.all([
        durable.callActivity("a", durable.version),
        durable.callSubOrchestrator("Child", 1, "x", "2.0"),
        durable.callSubOrchestrator("Child", 1, "y"),
      ]);
    });
  });
  const executor = v3Executor(app, { versionOf: (name) => `default of ${name}` });
  const { actions } = await new EpisodeDriver(executor, { name: "versions", version: "1.5" }).start();
  assert.deepEqual(
    actions.map((action) => ("version" in action ? action.version : "input" in action ? action.input : null)),
    ['"1.5"', "2.0", "default of Child"],
  );
});

test("accepted work is asked for at the time that the server says, at least a second later, and not for ever", async () => {
  const app = v3App("durable-functions", (df) => {
    df.app.orchestration("polls", function* (context) {
      yield context.df.callHttp({ method: "GET", url: "http://a.test/" });
    });
  });
  const run = new EpisodeDriver(v3Executor(app, { httpPollMs: 9_000, maxActions: 10 }), { name: "polls" });
  await run.start();
  const answer = (headers: object) => ({
    url: "http://a.test/",
    status: 202,
    headers: { location: "/b", ...headers },
    body: "",
    bodyEncoding: "text",
  });
  const date = "Fri, 02 Jan 2026 03:04:05 GMT";
  const pauses: number[] = [];
  for (const [nth, said] of ["5", "0", date, null].entries()) {
    const { actions } = await run.completed(2 * nth, answer(said === null ? {} : { "retry-after": said })).episode();
    pauses.push(actions[0]?.kind === "createTimer" ? actions[0].fireAt - run.now : -1);
    await run
      .evict()
      .fired(2 * nth + 1)
      .episode();
  }
  assert.deepEqual(pauses, [5_000, 1_000, 9_000, 9_000]);
  const { outcome } = await run.completed(8, answer({})).episode();
  assert.match(failureIn(outcome).message, /more than 10 actions/);
});
