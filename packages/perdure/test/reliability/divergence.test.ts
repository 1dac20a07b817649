import assert from "node:assert/strict";
import { test } from "node:test";
import type { OrchestrationContext, RegisteredFunction } from "perdure";
import { activity, orchestrator, TaskHub } from "perdure";
import { createMemoryStore } from "../../src/stores/memory/memory-store.ts";
import { interceptStore } from "../../src/testing/store-proxy.ts";

type Program = (ctx: OrchestrationContext) => Promise<unknown>;

const ship = activity("Ship", () => "shipped");
const bill = activity("Bill", () => "billed");
const child = orchestrator("Child", () => "grown");
const shared: readonly RegisteredFunction[] = [ship, bill, child];

/** Recorded before the change: Ship, then a wait. */
const before: Program = async (ctx) => {
  const shipped = await ctx.callActivity(ship);
  await ctx.waitForExternalEvent("Go");
  return shipped;
};

interface Change {
  readonly what: string;
  readonly after: Program;
  readonly code: string;
  readonly says: readonly RegExp[];
}

const waits = (ctx: OrchestrationContext) => ctx.waitForExternalEvent("Go");
const CHANGES: readonly Change[] = [
  {
    what: "another activity",
    after: (ctx) => ctx.callActivity(bill).then(() => waits(ctx)),
    code: "NON_DETERMINISM",
    says: [/asked for activity "Bill" as action 0/, /history has activity "Ship" as action 0/, /event 3/],
  },
  {
    what: "a timer instead of an activity",
    after: (ctx) => ctx.createTimer("1s").then(() => waits(ctx)),
    code: "NON_DETERMINISM",
    says: [/asked for timer as action 0/, /history has activity "Ship"/],
  },
  {
    what: "a sub-orchestration instead of an activity",
    after: (ctx) => ctx.callSubOrchestrator(child, undefined, { instanceId: "kid" }).then(() => waits(ctx)),
    code: "NON_DETERMINISM",
    says: [/asked for sub-orchestration "Child" \(kid\) as action 0/, /history has activity "Ship"/],
  },
  {
    what: "an event to another instance first",
    after: (ctx) => {
      ctx.raiseEvent("elsewhere", "Hello");
      return ctx.callActivity(ship).then(() => waits(ctx));
    },
    code: "NON_DETERMINISM",
    says: [/asked for event "Hello" to elsewhere as action 0/, /history has activity "Ship"/],
  },
  {
    what: "nothing where something was",
    after: (ctx) => waits(ctx),
    code: "NON_DETERMINISM",
    says: [/"Changed"/, /activity "Ship" as action 0/],
  },
  {
    what: "something where nothing was",
    after: (ctx) => Promise.all([ctx.callActivity(ship), ctx.callActivity(bill)]).then(() => waits(ctx)),
    code: "NON_DETERMINISM",
    says: [/activity "Bill" as action 1/],
  },
  {
    what: "a foreign promise",
    after: (ctx) => ctx.callActivity(ship).then(() => new Promise(() => {})),
    code: "STUCK",
    says: [/waiting for a promise that is not a durable task/, /divergence\.test\.ts:\d+/],
  },
];

for (const { what, after, code, says } of CHANGES) {
  test(`case 42: a changed orchestrator is stopped in words, not retried, and continues with the old code (${what})`, async () => {
    const store = createMemoryStore({ now: Date.now });
    const open = (program: Program) =>
      TaskHub.open("memory:", {
        store: { ...bound(store), close: () => Promise.resolve() },
        functions: [...shared, orchestrator("Changed", (ctx) => program(ctx))],
        engine: { pollEveryMs: 20 },
      });
    const first = await open(before);
    await first.start();
    const run = await first.client.startNew("Changed", { instanceId: "order-7" });
    while (!(await first.client.getStatus("order-7", { showHistory: true }))?.history?.some((event) => event.kind === "TaskCompleted"))
      await tick();
    await first.close();

    const second = await open(after);
    await second.start();
    await second.client.raiseEvent("order-7", "Go");
    let stopped = (await second.client.getStatus("order-7"))?.stopped ?? null;
    for (const deadline = Date.now() + 5_000; stopped === null; stopped = (await second.client.getStatus("order-7"))?.stopped ?? null) {
      assert.ok(Date.now() < deadline, "it was not stopped");
      await tick();
    }
    assert.equal(stopped.code, code);
    for (const pattern of [/order-7/, ...says]) assert.match(stopped.message, pattern);
    await second.close();

    const third = await open(before);
    await third.start();
    assert.equal(await third.client.handle("Changed", run.instanceId).result({ timeout: "5s" }), "shipped");
    await third.close();
  });
}

const tick = () => new Promise((resolve) => setTimeout(resolve, 5));

/** A store that outlives the hubs on it. */
function bound(store: ReturnType<typeof createMemoryStore>) {
  return interceptStore(store, (_, call) => call());
}
