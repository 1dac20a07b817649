import assert from "node:assert/strict";
import { test } from "node:test";
import type { HistoryEvent } from "../../src/model/history.ts";
import type { Release } from "./testing/releases.ts";
import { RELEASES } from "./testing/releases.ts";
import type { Library } from "./testing/v3-app.ts";
import { v3App } from "./testing/v3-app.ts";
import { V3Fleet } from "./testing/v3-fleet.ts";

const SECOND = 1_000;
const asWords = (events: readonly HistoryEvent[]): readonly string[] =>
  events.flatMap((event) => {
    if ("id" in event) return [`${event.kind} ${event.id}`];
    if (event.kind === "TimerCanceled") return [`${event.kind} ${event.timerId}`];
    if (event.kind === "EntityUnlockSent") return [`${event.kind} ${event.lockId}`];
    return [];
  });

let failures = 0;
const activities = {
  greet: (city: unknown) => `Hello ${city}`,
  echo: (value: unknown) => value,
  fail: (message: unknown) => {
    throw new RangeError(String(message));
  },
  flaky: () => {
    failures += 1;
    if (failures % 3 !== 0) throw new Error(`attempt ${failures}`);
    return "third";
  },
  never: () => {
    throw Object.assign(new Error("never"), { isNonRetriable: true });
  },
};

function register(df: Library): void {
  const { orchestration, entity } = df.app;
  const soon = (context: { df: { currentUtcDateTime: Date } }, ms: number) => new Date(context.df.currentUtcDateTime.getTime() + ms);

  orchestration("sequence", function* (context) {
    const names: string[] = [];
    for (const city of ["Tokyo", "Seattle", "London"]) names.push(yield context.df.callActivity("greet", city));
    return names;
  });
  orchestration("values", function* (context) {
    const given: unknown[] = [];
    for (const value of ["123", "", 7, true, null, { a: [1] }, undefined]) given.push(yield context.df.callActivity("echo", value));
    return { input: context.df.getInput(), given };
  });
  orchestration("fanOut", function* (context) {
    const calls = [1, 2, 3].map((n) => context.df.callActivity("echo", n));
    const results: number[] = yield context.df.Task.all([context.df.Task.all(calls), context.df.callActivity("echo", 4)]);
    return results;
  });
  orchestration("caught", function* (context) {
    try {
      yield context.df.callActivity("fail", "no");
    } catch (error) {
      return (error as Error).message.split("\n")[0];
    }
    return null;
  });
  orchestration("fails", function* (context) {
    yield context.df.callActivity("fail", "no");
  });
  orchestration("throws", function* (context) {
    if (context.df.getInput() !== "go on") throw new TypeError("mine");
    yield context.df.callActivity("echo", 1);
  });
  orchestration("yieldsNoTask", function* () {
    yield 5 as never;
  });
  orchestration("noGenerator", (() => 1) as never);
  orchestration("retries", function* (context) {
    const options = new df.RetryOptions(SECOND, 4);
    Object.assign(options, { backoffCoefficient: 2 });
    const third: string = yield context.df.callActivityWithRetry("flaky", options, "in");
    const after: number = yield context.df.callActivity("echo", 1);
    return [third, after];
  });
  orchestration("givesUp", function* (context) {
    try {
      yield context.df.callActivityWithRetry("fail", new df.RetryOptions(SECOND, 2), "again");
    } catch (error) {
      const after: number = yield context.df.callActivity("echo", 1);
      return [(error as Error).message.split(" \n")[0], after];
    }
    return null;
  });
  orchestration("notRetried", function* (context) {
    const begun = context.df.currentUtcDateTime.getTime();
    try {
      yield context.df.callActivityWithRetry("never", new df.RetryOptions(3_600 * SECOND, 1_000_000_000));
    } catch (error) {
      const after: number = yield context.df.callActivity("echo", 1);
      const isQuick = context.df.currentUtcDateTime.getTime() - begun < SECOND;
      return [(error as Error).message.split(" \n")[0], after, isQuick];
    }
    return null;
  });
  orchestration("timesOut", function* (context) {
    const options = Object.assign(new df.RetryOptions(10 * SECOND, 100), { retryTimeoutInMilliseconds: 15 * SECOND });
    try {
      yield context.df.callActivityWithRetry("fail", options, "late");
    } catch {
      const after: string = yield context.df.callActivity("echo", "after");
      return after;
    }
    return null;
  });
  orchestration("timers", function* (context) {
    const unseen = context.df.createTimer(soon(context, 3_600 * SECOND));
    unseen.cancel();
    const far = context.df.createTimer(soon(context, 40 * 86_400 * SECOND));
    const near = context.df.createTimer(soon(context, 2 * SECOND));
    const first: unknown = yield context.df.Task.any([unseen, far, near]);
    const isNear = first === near;
    far.cancel();
    const after: string = yield context.df.callActivity("echo", "after");
    yield context.df.createTimer(new Date(0));
    return [isNear, far.isCanceled, after];
  });
  orchestration("longTimer", function* (context) {
    const begun = context.df.currentUtcDateTime.getTime();
    yield context.df.createTimer(soon(context, 20 * 86_400 * SECOND));
    return context.df.currentUtcDateTime.getTime() - begun >= 20 * 86_400 * SECOND;
  });
  orchestration("reused", function* (context) {
    const timer = context.df.createTimer(soon(context, 3_600 * SECOND));
    const heard: unknown[] = [];
    for (;;) {
      const event = context.df.waitForExternalEvent("code");
      const first: unknown = yield context.df.Task.any([event, timer]);
      if (first === timer) return heard;
      heard.push(event.result);
      if (heard.length === 2) break;
    }
    timer.cancel();
    const after: string = yield context.df.callActivity("echo", "after");
    return [...heard, after];
  });
  orchestration("yieldedTwice", function* (context) {
    const event = context.df.waitForExternalEvent("code");
    yield context.df.Task.any([event, context.df.createTimer(soon(context, SECOND))]);
    yield context.df.Task.any([event, context.df.createTimer(soon(context, 3_600 * SECOND))]);
    yield context.df.createTimer(soon(context, 5 * SECOND));
    const next: string = yield context.df.waitForExternalEvent("code");
    return [event.result, next];
  });
  orchestration("early", function* (context) {
    yield context.df.createTimer(soon(context, 5 * SECOND));
    const heard: unknown[] = [];
    for (let i = 0; i < 3; i++) heard.push(yield context.df.waitForExternalEvent("code"));
    heard.push(yield context.df.waitForExternalEvent("constructor"));
    return heard;
  });
  orchestration("names", function* (context) {
    const call = context.df.callActivity("slow", "result");
    const result: string = yield call;
    const zero: unknown = yield context.df.waitForExternalEvent("0");
    return [result, zero];
  });
  orchestration("again", function* (context) {
    const heard = context.df.getInput() as string[];
    if (heard.length === 0) yield context.df.createTimer(soon(context, 5 * SECOND));
    const next: string = yield context.df.waitForExternalEvent("code");
    const all = [...heard, next];
    if (all.length === 4) return all;
    context.df.continueAsNew(all);
    return null;
  });
  orchestration("continuesWithText", function* (context) {
    const input = context.df.getInput();
    if (input === "text") return input;
    yield context.df.callActivity("echo", 1);
    context.df.continueAsNew("text");
    yield context.df.callActivity("echo", 2);
    return null;
  });
  orchestration("child", function* (context) {
    const input = context.df.getInput() as string;
    if (input === "fail") throw new RangeError("the child fails");
    const given: string = yield context.df.callActivity("echo", input);
    return [context.df.instanceId, context.df.parentInstanceId, given];
  });
  orchestration("parent", function* (context) {
    const minted: unknown = yield context.df.callSubOrchestrator("child", "a");
    const named: unknown = yield context.df.callSubOrchestrator("child", "b", `${context.df.instanceId}-named`);
    return [minted, named];
  });
  orchestration("failingChild", function* (context) {
    try {
      yield context.df.callSubOrchestratorWithRetry("child", new df.RetryOptions(SECOND, 2), "fail");
    } catch (error) {
      return (error as Error).message.split(" \n")[0];
    }
    return null;
  });
  orchestration("badChildId", function* (context) {
    try {
      yield context.df.callSubOrchestrator("child", "a", "a/b");
    } catch (error) {
      const after: string = yield context.df.callActivity("echo", "after");
      return [(error as Error).message.includes('"a/b"'), after];
    }
    return null;
  });
  orchestration("status", function* (context) {
    context.df.setCustomStatus({ at: 1 });
    yield context.df.waitForExternalEvent("go");
    context.df.setCustomStatus(0);
    yield context.df.waitForExternalEvent("go");
    context.df.setCustomStatus("end");
    return "done";
  });
  entity("Counter", (context) => {
    const value = context.df.getState(() => 0) as number;
    switch (context.df.operationName) {
      case "add":
        context.df.setState(value + (context.df.getInput() as number));
        break;
      case "get":
        context.df.return(value);
        break;
      case "failAfterAdd":
        context.df.setState(value + 100);
        throw new Error("half done");
      case "tell":
        context.df.signalEntity(new df.EntityId("counter", "told"), "add", value);
        break;
      case "gone":
        context.df.destructOnExit();
        break;
    }
  });
  orchestration("entities", function* (context) {
    const id = new df.EntityId("Counter", context.df.instanceId);
    context.df.signalEntity(id, "add", 5);
    const nothing: unknown = yield context.df.callEntity(id, "add", 3);
    const eight: number = yield context.df.callEntity(id, "get");
    let thrown = "";
    try {
      yield context.df.callEntity(id, "failAfterAdd");
    } catch (error) {
      thrown = String(error);
    }
    const kept: number = yield context.df.callEntity(id, "get");
    yield context.df.callEntity(id, "tell");
    yield context.df.callEntity(id, "gone");
    const none: number = yield context.df.callEntity(id, "get");
    const told: number = yield context.df.callEntity(new df.EntityId("counter", "told"), "get");
    return [nothing ?? "nothing", eight, thrown, kept, none, told];
  });
}

const failed = (name: string, message: string) => `Orchestrator function '${name}' failed: ${message}`;

for (const release of RELEASES) test(release, (context) => cases(release, context));

async function cases(release: Release, context: { test(name: string, run: () => Promise<void>): Promise<void> }): Promise<void> {
  const app = v3App(release, register, activities);
  await using v3 = await V3Fleet.open({ app });
  const ends = async (name: string, expected: unknown, input?: unknown) =>
    context.test(name, async () => {
      await v3.start(name, name, input);
      assert.deepEqual(await v3.end(name), expected);
    });
  const failsWith = async (name: string, message: string) =>
    context.test(name, async () => {
      await v3.start(name, name);
      const text = String(await v3.end(name));
      assert.equal((await v3.status(name))?.runtimeStatus, "Failed");
      assert.ok(text.startsWith(failed(name, message)), text);
    });
  const records = async (id: string, expected: readonly string[]) => assert.deepEqual(asWords(await v3.history(id)), expected);

  await ends("sequence", ["Hello Tokyo", "Hello Seattle", "Hello London"]);
  await ends("values", { input: { x: 1 }, given: ["123", "", 7, true, null, { a: [1] }, null] }, { x: 1 });
  await ends("fanOut", [[1, 2, 3], 4]);
  await ends("caught", "Activity function 'fail' failed: no ");
  await failsWith("fails", "Activity function 'fail' failed: no");
  await failsWith("throws", "mine");
  await failsWith("yieldsNoTask", "Durable Functions programming constraint violation");
  await failsWith("noGenerator", "It returned a value of type number where a generator is expected");

  await ends("retries", ["third", 1]);
  await records("retries", [
    "TaskScheduled 0",
    "TimerCreated 1",
    "TaskScheduled 2",
    "TimerCreated 3",
    "TaskScheduled 4",
    "TaskScheduled 5",
  ]);
  const pauses = (await v3.history("retries")).flatMap((event) => (event.kind === "TimerCreated" ? [event.fireAt - event.ts] : []));
  assert.deepEqual(pauses, [SECOND, 2 * SECOND]);
  await ends("givesUp", ["Activity function 'fail' failed: again", 1]);
  const trailing = ["TaskScheduled 0", "TimerCreated 1", "TaskScheduled 2", "TimerCreated 3", "TimerCanceled 3", "TaskScheduled 4"];
  await records("givesUp", trailing);
  await ends("notRetried", ["Activity function 'never' failed: never", 1, true]);
  await records("notRetried", ["TaskScheduled 0", "TimerCreated 1", "TimerCanceled 1", "TaskScheduled 2"]);
  await ends("timesOut", "after");
  await records("timesOut", [
    ...["TaskScheduled 0", "TimerCreated 1", "TaskScheduled 2", "TimerCreated 3", "TaskScheduled 4"],
    ...["TimerCreated 5", "TimerCanceled 5", "TaskScheduled 6"],
  ]);

  await ends("timers", [true, true, "after"]);
  await records("timers", [
    ...["TimerCreated 0", "TimerCreated 1", "TimerCreated 2", "TimerCanceled 0"],
    ...["TaskScheduled 3", "TimerCanceled 1", "TimerCreated 4"],
  ]);
  await context.test("longTimer", async () => {
    await v3.start("longTimer", "longTimer");
    await v3.fleet.sim.world.advance(10);
    await records("longTimer", ["TimerCreated 0"]);
  });

  await context.test("reused", async () => {
    await v3.start("reused", "reused");
    for (const code of [1, 2]) await v3.raise("reused", "code", code);
    assert.deepEqual(await v3.end("reused"), [1, 2, "after"]);
    await records("reused", ["TimerCreated 0", "TaskScheduled 1", "TimerCanceled 0"]);
  });
  await context.test("yieldedTwice", async () => {
    await v3.start("yieldedTwice", "yieldedTwice");
    await v3.fleet.advance(1_500);
    for (const code of ["a", "b"]) await v3.raise("yieldedTwice", "code", code);
    assert.deepEqual(await v3.end("yieldedTwice"), ["a", "b"]);
  });
  await context.test("early", async () => {
    await v3.start("early", "early");
    for (const code of ["a", "b", "c"]) await v3.raise("early", "code", code);
    await v3.raise("early", "constructor");
    assert.deepEqual(await v3.end("early"), ["a", "b", "c", null]);
  });
  await context.test("again", async () => {
    await v3.start("again", "again", []);
    for (const code of ["a", "b", "c"]) await v3.raise("again", "code", code);
    await v3.fleet.advance(6_000);
    await v3.raise("again", "code", "d");
    assert.deepEqual(await v3.end("again"), ["a", "b", "c", "d"]);
  });
  await ends("continuesWithText", "text", "first");

  await context.test("parent", async () => {
    await v3.start("parent", "parent");
    const execution = (await v3.status("parent"))?.executionId;
    assert.deepEqual(await v3.end("parent"), [
      [`${execution}:0`, "parent", "a"],
      ["parent-named", "parent", "b"],
    ]);
  });
  await ends("failingChild", failed("child", "the child fails"));
  await ends("badChildId", [true, "after"]);
  await records("badChildId", ["TimerCreated 0", "TimerCanceled 0", "TaskScheduled 1"]);

  await context.test("status", async () => {
    await v3.start("status", "status");
    assert.equal((await v3.status("status"))?.customStatus, '{"at":1}');
    await v3.raise("status", "go");
    assert.equal((await v3.status("status"))?.customStatus, '{"at":1}');
    await v3.raise("status", "go");
    assert.equal((await v3.status("status"))?.customStatus, '"end"');
  });
  await ends("entities", ["nothing", 8, "Error: [object Object]", 108, 0, 108]);
}
