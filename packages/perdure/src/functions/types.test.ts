import assert from "node:assert/strict";
import { test } from "node:test";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { ContinuedAsNew } from "../replay/functions/continued-as-new.ts";
import type { DurableTask, EventTask } from "../replay/tasks/durable-task.ts";
import type { Activity } from "./activity.ts";
import { activity } from "./activity.ts";
import type { DurableClient, OrchestrationHandle } from "./client-types.ts";
import type { OrchestrationContext, OrchestratorContext } from "./context-types.ts";
import { externalEvent } from "./external-event.ts";
import { http } from "./http.ts";
import type { Orchestrator } from "./orchestrator.ts";
import { orchestrator } from "./orchestrator.ts";
import type { InputOf, ResultOf } from "./references.ts";
import { activityRef, orchestratorRef } from "./references.ts";
import { FunctionRegistry } from "./registry.ts";
import { timer } from "./schedule.ts";
import type { Nothing, SurvivesJson, Wire } from "./wire.ts";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(..._same: Equal<A, B> extends true ? [] : [never]): void {}
declare const value: <T>() => T;
/** Compiled, never run. */
const compiled = (_body: () => unknown): void => {};

interface Order {
  readonly id: string;
  readonly lines: readonly { readonly sku: string; readonly count: number }[];
  readonly note?: string;
}

interface Tree {
  readonly name: string;
  readonly parent?: Tree;
  readonly children: readonly Tree[];
}
interface DatedTree {
  readonly at: Date;
  readonly children: readonly DatedTree[];
}

const ship = activity("Ship", async (order: string) => `The order is ${order}!`);
const tick = activity("Tick", async () => 7);
const square = activity("Square", (n: number) => n * n);
const maybe = activity("Maybe", async (n?: number) => n ?? 0);
const withDefault = activity("WithDefault", async (n: number = 5) => n);
const dated = activity("Dated", async () => ({ at: new Date(), run() {}, tags: ["a"] as const }));
const place = activity("Place", { retry: { maxAttempts: 3, firstInterval: "1s" }, timeout: { minutes: 5 } }, async (order: Order, ctx) => {
  same<typeof ctx.attempt, number>();
  return order.lines.length;
});
const needsDate = activity("NeedsDate", async (at: { when: Date }) => at.when.getTime());
const nothing = activity("Nothing", async (_: string) => {});

const fromText: StandardSchemaV1<string, number> = {
  "~standard": { version: 1, vendor: "test", validate: (input) => ({ value: Number(input) }) },
};
const parsed = activity("Parsed", { input: fromText }, async (n) => n + 1);
const checked = activity("Checked", { output: fromText }, async () => "5");

const main = orchestrator("Main", async (ctx, n: number) => {
  same<typeof ctx, OrchestratorContext<number>>();
  const items = await ctx.callActivity(square, n);
  return items;
});
const noInput = orchestrator("NoInput", async (ctx) => [await ctx.callActivity(ship, "shipped")]);
const loop = orchestrator("Loop", async (ctx, n: number) => {
  if (n > 3) return "done";
  return ctx.continueAsNew(n + 1);
});
const endless = orchestrator("Endless", async (ctx, n: number) => {
  await ctx.createTimer("1h");
  return ctx.continueAsNew(n + 1);
});
const parsedOrchestrator = orchestrator("ParsedOrchestrator", { input: fromText, version: "2" }, async (ctx, n) => {
  same<typeof n, number>();
  same<typeof ctx, OrchestratorContext<string>>();
  return n;
});
const fib = orchestrator("Fib", async (ctx, n: number): Promise<number> => {
  if (n < 2) return n;
  return (await ctx.callSubOrchestrator(fib, n - 1)) + (await ctx.callSubOrchestrator(fib, n - 2));
});
const arrived = externalEvent<string>("Arrived");
const ping = externalEvent("Ping");
const counted = externalEvent("Counted", fromText);

test("inputs and results are inferred from the handler", () => {
  same<InputOf<typeof ship>, string>();
  same<ResultOf<typeof ship>, string>();
  same<InputOf<typeof tick>, void>();
  same<ResultOf<typeof square>, number>();
  same<InputOf<typeof maybe>, number | undefined>();
  same<InputOf<typeof place>, Order>();
  same<ResultOf<typeof place>, number>();
  same<ResultOf<typeof nothing>, void>();
  same<typeof square, Activity<number, number, number, number>>();
  same<typeof main, Orchestrator<number, number>>();
  same<typeof noInput, Orchestrator<void, string[]>>();
  same<ResultOf<typeof loop>, "done">();
  same<ResultOf<typeof fib>, number>();
  same<InputOf<"name">, unknown>();
  same<ResultOf<"name">, unknown>();
  assert.equal(square.name, "Square");
  assert.equal(square(3), 9);
});

test("a schema types callers by its input side and the handler by its output side", () => {
  same<InputOf<typeof parsed>, string>();
  same<ResultOf<typeof parsed>, number>();
  same<ResultOf<typeof checked>, number>();
  same<InputOf<typeof parsedOrchestrator>, string>();
  same<ResultOf<typeof parsedOrchestrator>, number>();
});

test("a result is the JSON image of what the handler gives", () => {
  same<Wire<Order>, Order>();
  same<Wire<Date>, string>();
  same<Wire<{ a: Date; b?: number; c: () => void }>, { a: string; b?: number }>();
  same<Wire<bigint>, never>();
  same<Wire<Map<string, number>>, never>();
  same<Wire<[number, Date]>, [number, string]>();
  same<Wire<readonly string[]>, readonly string[]>();
  same<Wire<Date[] | null>, string[] | null>();
  same<Wire<unknown>, unknown>();
  same<Wire<void>, void>();
  same<ResultOf<typeof dated>, { at: string; tags: readonly ["a"] }>();
  same<Wire<Tree>, Tree>();
  same<Wire<DatedTree>["children"][number]["at"], string>();
  same<SurvivesJson<Tree>, true>();
  same<SurvivesJson<DatedTree>, false>();
  same<SurvivesJson<Order>, true>();
  same<SurvivesJson<{ when: Date }>, false>();
  same<SurvivesJson<string | undefined>, true>();
  same<SurvivesJson<unknown>, true>();
});

test("calls are checked", () => {
  compiled(async () => {
    const ctx = value<OrchestrationContext>();
    same<ReturnType<typeof ctx.callActivity<typeof square>>, DurableTask<number>>();
    const squared = ctx.callActivity(square, 3);
    same<typeof squared, DurableTask<number>>();
    ctx.callActivity(square, 3, { retry: { maxAttempts: 2, firstInterval: "20s" }, timeout: "1.5h" });
    ctx.callActivity(tick);
    ctx.callActivity(maybe);
    ctx.callActivity(maybe, 3);
    ctx.callActivity("byName", { any: "thing" });
    ctx.callActivity(activityRef<number, boolean>("Elsewhere"), 5) satisfies DurableTask<boolean>;
    ctx.callSubOrchestrator(main, 5, { instanceId: "x", tags: { a: "b" } }) satisfies DurableTask<number>;
    ctx.callSubOrchestrator(orchestratorRef<void, string>("Elsewhere")) satisfies DurableTask<string>;
    same<Awaited<ReturnType<typeof ctx.callSubOrchestrator<"name">>>, unknown>();
    ctx.startOrchestration(main, 5, { startAt: "5m" }) satisfies string;
    ctx.callActivity(parsed, "12") satisfies DurableTask<number>;
    // @ts-expect-error a forgotten input
    ctx.callActivity(square);
    // @ts-expect-error a wrong input
    ctx.callActivity(square, "3");
    // @ts-expect-error an input where there is none
    ctx.callActivity(tick, 3);
    // @ts-expect-error a misspelled option
    ctx.callActivity(square, 3, { retries: 3 });
    // @ts-expect-error no such unit
    ctx.callActivity(square, 3, { timeout: "1 minute" });
    // @ts-expect-error an input that does not survive JSON
    ctx.callActivity(needsDate, { when: new Date() });
    // @ts-expect-error the schema's input side is a string
    ctx.callActivity(parsed, 12);
    // @ts-expect-error an orchestrator is not an activity
    ctx.callActivity(main, 5);
    // @ts-expect-error an activity is not an orchestrator
    ctx.callSubOrchestrator(square, 5);
    // @ts-expect-error a helper cannot restart the instance
    ctx.continueAsNew(3);
    // @ts-expect-error type arguments are given to a reference, not to the call
    ctx.callActivity<boolean>("name");
    // @ts-expect-error no duration
    ctx.createTimer(20);
    const own = value<OrchestratorContext<number>>();
    same<ReturnType<typeof own.continueAsNew>, ContinuedAsNew>();
    // @ts-expect-error the next input has the input's type
    own.continueAsNew("3");
    // @ts-expect-error and is required
    own.continueAsNew();
  });
});

test("continueAsNew cannot be forgotten where a result is declared, nor taken for a result", () => {
  compiled(() => {
    const both = orchestrator("x", async (ctx, n: number) => {
      if (n > 9) return { total: n };
      return ctx.continueAsNew(n + 1, { preserveUnprocessedEvents: false });
    });
    same<ResultOf<typeof both>, { total: number }>();
    same<InputOf<typeof both>, number>();
    same<ResultOf<typeof endless>, never>();
    const declared = orchestrator("x", async (ctx, n: number): Promise<string | ContinuedAsNew> => ctx.continueAsNew(n));
    same<ResultOf<typeof declared>, string>();
    const checkedOutput = orchestrator("x", { output: fromText }, async (ctx) => (ctx.isReplaying ? "5" : ctx.continueAsNew()));
    same<ResultOf<typeof checkedOutput>, number>();
    const synchronous = orchestrator("x", (ctx, n: number) => (n > 9 ? "done" : ctx.continueAsNew(n + 1)));
    same<ResultOf<typeof synchronous>, "done">();
    // @ts-expect-error the declared result is missing: nothing is returned
    orchestrator("x", async (ctx, n: number): Promise<string> => {
      ctx.continueAsNew(n + 1);
    });
    // @ts-expect-error nor where the context is declared, too
    orchestrator("x", async (ctx: OrchestratorContext<number>, n: number): Promise<string | ContinuedAsNew> => {
      ctx.continueAsNew(n + 1);
    });
    // @ts-expect-error one path ends without a result (noImplicitReturns)
    orchestrator("x", async (ctx, n: number) => {
      if (n > 9) return "done";
      ctx.continueAsNew(n + 1);
    });
    // @ts-expect-error it is not a string
    orchestrator("x", async (ctx, n: number): Promise<string> => ctx.continueAsNew(n + 1));
    // @ts-expect-error it has no input for an activity: it is not data
    orchestrator("x", async (ctx, n: number) => ctx.callActivity(ship, ctx.continueAsNew(n)));
  });
});

test("events are typed by their token", () => {
  compiled(async () => {
    const ctx = value<OrchestrationContext>();
    same<ReturnType<typeof ctx.waitForExternalEvent<string>>, EventTask<string>>();
    ctx.waitForExternalEvent(arrived) satisfies EventTask<string>;
    ctx.waitForExternalEvent(counted) satisfies EventTask<number>;
    const orNull = await ctx.waitForExternalEvent(arrived, { timeout: "1h", default: null });
    same<typeof orNull, string | null>();
    const inTime = await ctx.waitForExternalEvent(arrived, { timeout: "1h" });
    same<typeof inTime, string>();
    const named = await ctx.waitForExternalEvent<string | null>("x", { timeout: "1h", default: null });
    same<typeof named, string | null>();
    const plain = await ctx.waitForExternalEvent("x");
    same<typeof plain, unknown>();
    ctx.raiseEvent("id", arrived, "here");
    ctx.raiseEvent("id", ping);
    ctx.raiseEvent("id", counted, "12");
    ctx.raiseEvent("id", "name", { any: 1 });
    // @ts-expect-error a wrong payload
    ctx.raiseEvent("id", arrived, 3);
    // @ts-expect-error a forgotten payload
    ctx.raiseEvent("id", arrived);
    // @ts-expect-error the schema's input side is a string
    ctx.raiseEvent("id", counted, 12);
    // @ts-expect-error a misspelled option
    ctx.waitForExternalEvent(arrived, { timout: "1h" });
  });
});

test("the winner of any narrows by identity, index and key", () => {
  compiled(async () => {
    const ctx = value<OrchestrationContext>();
    const expired = ctx.createTimer({ seconds: 20 });
    const shipped = ctx.waitForExternalEvent<string>("Event_Ship");
    const { winner } = await ctx.any([shipped, expired]);
    if (winner === shipped) same<typeof winner.result, string>();
    const byIndex = await ctx.any([shipped, expired]);
    if (byIndex.index === 0) same<typeof byIndex.winner.result, string>();
    else same<typeof byIndex.winner.result, void>();
    const byKey = await ctx.any({ shipped, expired });
    if (byKey.key === "shipped") same<typeof byKey.winner.result, string>();
    else same<typeof byKey.winner.result, void>();
    const many = await ctx.any([1, 2].map((n) => ctx.callActivity(square, n)));
    same<typeof many.index, number>();
    same<typeof many.winner.result, number>();
    const raced = await Promise.race([shipped, expired]);
    same<typeof raced, string | Nothing>();
    const all = await ctx.all([shipped, ctx.callActivity(square, 2)]);
    same<typeof all, [string, number]>();
    const list = await ctx.all([1].map((n) => ctx.callActivity(square, n)));
    same<typeof list, number[]>();
    const both = await Promise.all([shipped, ctx.callActivity(tick)]);
    same<typeof both, [string, number]>();
    const mapped = await ctx.map([1, 2], (n, index) => ctx.callActivity(square, n + index), { concurrency: 1 });
    same<typeof mapped, number[]>();
    const steps = await ctx.map(["a"] as const, async (text) => (await ctx.callActivity(square, text.length)) > 0);
    same<typeof steps, boolean[]>();
    const plain = await ctx.map([1], (n) => String(n));
    same<typeof plain, string[]>();
    // @ts-expect-error a misspelt option
    await ctx.map([1], (n) => n, { concurrent: 1 });
    // @ts-expect-error the wrong kind of item
    await ctx.map(["a"], (n) => ctx.callActivity(square, n));
    await ctx.any([ctx.all([shipped]), expired]);
    shipped.cancel();
    // @ts-expect-error a plain promise is not a durable task
    await ctx.any([Promise.resolve(1), expired]);
    // @ts-expect-error nor in all
    await ctx.all([Promise.resolve(1)]);
    // @ts-expect-error an activity cannot be cancelled by its caller
    ctx.callActivity(tick).cancel();
  });
});

test("definitions are checked", () => {
  compiled(() => {
    // @ts-expect-error a misspelled option
    activity("x", { retri: { maxAttempts: 1, firstInterval: "1s" } }, async () => 1);
    // @ts-expect-error no such unit
    activity("x", { timeout: "1 minute" }, async () => 1);
    // @ts-expect-error a result that does not survive JSON
    activity("x", async () => ({ big: 1n }));
    // @ts-expect-error neither of an orchestrator
    orchestrator("x", async () => [new Map()]);
    activity("x", { output: fromText }, async () => "5");
    // @ts-expect-error firstInterval is required
    activity("x", { retry: { maxAttempts: 3 } }, async () => 1);
    // One attempt has no pause before another, in any place that takes a policy.
    activity("x", { retry: { maxAttempts: 1 } }, async () => 1);
    timer("x", "* * * * *", { retry: { maxAttempts: 1 } }, () => {});
    const once = orchestrator("x", { retry: { maxAttempts: 1 } }, async (ctx) => {
      ctx.callActivity(square, 3, { retry: { maxAttempts: 1 } });
      ctx.callHttp({ url: "https://a.example", retry: { maxAttempts: 1, statusCodes: [503] } });
      // @ts-expect-error firstInterval is required
      ctx.callHttp({ url: "https://a.example", retry: { maxAttempts: 2, statusCodes: [503] } });
    });
    orchestrator("y", async (ctx) => void ctx.callSubOrchestrator(once, undefined, { retry: { maxAttempts: 1 } }));
    // @ts-expect-error annotate: a number is not void
    activity("x", async (n = 5) => n);
    // @ts-expect-error the schema gives a number
    activity("x", { input: fromText }, async (n: boolean) => n);
    // @ts-expect-error no such method
    http("x", { methods: ["FETCH"] }, () => new Response());
    // @ts-expect-error a handler answers with a Response
    http("x", () => "text");
    // @ts-expect-error nothing but a Response, or nothing at all
    http("x", async () => "text");
    // A handler may answer nothing: that is 204.
    http("x", async () => {});
    http("x", { methods: ["POST"] }, async (request, { client }) => {
      await client.raiseEvent("a", "Go", await request.json());
    });
    http("x", async (request) => {
      if (request.method === "GET") return new Response("x");
      return undefined;
    });
    http("x", async (request) => {
      if (request.method === "GET") return;
      return new Response("x");
    });
    http("x", () => undefined);
  });
});

test("a client start needs an input exactly when the orchestrator does", () => {
  compiled(async () => {
    const client = value<DurableClient>();
    (await client.startNew(noInput)) satisfies OrchestrationHandle<string[]>;
    (await client.startNew(main, { input: 5, instanceId: "a", onExisting: "attach" })) satisfies OrchestrationHandle<number>;
    await client.startNew("byName", { input: { any: 1 } });
    await client.startNew("byName");
    const result = await client.handle(main, "id").result({ timeout: "5s" });
    same<typeof result, number>();
    await client.raiseEvent("id", arrived, "x");
    // @ts-expect-error a forgotten input
    await client.startNew(main);
    // @ts-expect-error a forgotten input among options
    await client.startNew(main, { instanceId: "a" });
    // @ts-expect-error an input where there is none
    await client.startNew(noInput, { input: 3 });
    // @ts-expect-error a misspelled option
    await client.startNew(noInput, { instanceID: "a" });
    // @ts-expect-error an activity cannot be started
    await client.startNew(square, { input: 3 });
  });
});

test("a list of mixed functions needs no cast", () => {
  const start = http("Start", { methods: ["POST"] }, () => new Response());
  const registry = new FunctionRegistry([ship, square, maybe, withDefault, parsed, dated, main, noInput, fib, start]);
  assert.deepEqual(registry.names.orchestrator, ["Main", "NoInput", "Fib"]);
  assert.equal(registry.find("activity", "sHIP")?.name, "Ship");
  assert.deepEqual(registry.http, [start]);
});
