import assert from "node:assert/strict";
import { test } from "node:test";
import type { DurableClient, EntityContext, EntityHandle, OrchestratorContext } from "perdure";
import { activity, entity, orchestrator } from "perdure";
import { createTestHub } from "perdure/testing";

type Taken = (...args: readonly unknown[]) => unknown;
/** How each method is called once it has been taken off its object. */
type Calls = { readonly [method: string]: (taken: Taken) => unknown };

/** Every method that an object has, by whatever way. */
function methodsOf(object: object): ReadonlyMap<string, Taken> {
  const methods = new Map<string, Taken>();
  for (let at: object | null = object; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) {
      const value: unknown = name === "constructor" ? null : Reflect.get(object, name);
      if (typeof value === "function" && !methods.has(name)) methods.set(name, (...args) => Reflect.apply(value, undefined, args));
    }
  }
  return methods;
}

async function callAll(object: object, calls: Calls): Promise<void> {
  const methods = methodsOf(object);
  for (const [name, call] of Object.entries(calls)) {
    const taken = methods.get(name);
    assert.ok(taken, name);
    await call(taken);
  }
  const left = [...methods.keys()].filter((name) => !Object.hasOwn(calls, name));
  assert.deepEqual(left, [], "each method has a line in the table");
}

const done = activity("Done", (value: number) => value);
const beats = activity("Beats", async (_: number, { heartbeat, client, log, attempt, signal, ...context }) => {
  heartbeat(1);
  const { getStatus } = client;
  assert.equal((await getStatus("o"))?.name, "Outer");
  const { info } = log;
  info("taken");
  assert.deepEqual([attempt, signal.aborted, context], [1, false, {}]);
  return attempt;
});
const child = orchestrator("Child", async (_ctx, value: number) => value);
const waits = orchestrator("Waits", async (ctx) => await ctx.waitForExternalEvent("Go"));
const fails = orchestrator("Fails", async () => {
  throw new Error("no");
});

const ENTITY: (context: EntityContext<number>) => Calls = (context) => ({
  entity: (taken) => assert.ok(taken(box, "other")),
  startOrchestration: (taken) => taken(child, 1, { instanceId: "of-the-entity" }),
  deleteState: (taken) => {
    taken();
    assert.equal(context.isNew, true);
  },
});
const box = entity("Box", {
  initialState: () => 0,
  operations: {
    put: (_ctx, _by: number): void => {},
    all: async (ctx): Promise<string> => {
      await callAll(ctx, ENTITY(ctx));
      return "all";
    },
  },
});

const ORCHESTRATION: (context: OrchestratorContext<number>) => Calls = (context) => ({
  callActivity: async (taken) => assert.equal(await taken(beats, 2), 1),
  callSubOrchestrator: async (taken) => assert.equal(await taken(child, 3), 3),
  startOrchestration: (taken) => taken(child, 4),
  createTimer: (taken) => taken("1ms"),
  waitForExternalEvent: async (taken) => assert.equal(await taken("Never", { timeout: "1ms", default: 5 }), 5),
  callHttp: (taken) => assert.throws(() => taken({ url: "none" }), /"url"/),
  raiseEvent: (taken) => taken("nobody", "Go"),
  entity: async (taken) => assert.equal(await (taken(box, "a") as ReturnType<typeof context.entity<{ all(): string }>>).call.all(), "all"),
  lock: async (taken) => {
    using lock = (await taken(box.id("b"))) as Disposable;
    assert.ok(lock);
  },
  setCustomStatus: (taken) => taken("set"),
  patched: (taken) => assert.equal(taken("change"), true),
  newGuid: (taken) => assert.match(String(taken()), /^[0-9a-f-]{36}$/),
  all: async (taken) => assert.deepEqual(await taken([context.callActivity(done, 6)]), [6]),
  map: async (taken) => assert.deepEqual(await taken([7], (item: number) => item), [7]),
  any: async (taken) => assert.equal(((await taken([context.callActivity(done, 8)])) as { readonly index: number }).index, 0),
  continueAsNew: (taken) => assert.ok(typeof taken === "function"), // it ends the execution: taken below
});
const outer = orchestrator("Outer", async (ctx, round: number) => {
  const { continueAsNew } = ctx;
  if (round === 1) return "all";
  await callAll(ctx, ORCHESTRATION(ctx));
  return continueAsNew(1);
});

const request = new Request("http://localhost/");
/** `passing`: they wait for a moment of the hub's own time. */
const CLIENT = (client: DurableClient, passing: (steps: unknown) => Promise<number>): Calls => ({
  startNew: async (taken) => assert.ok(await taken(waits, { instanceId: "w" })),
  handle: async (taken) => {
    const { status, suspend, resume } = taken(waits, "w") as ReturnType<typeof client.handle>;
    const { result } = taken(outer, "o") as ReturnType<typeof client.handle>;
    assert.equal((await status()).name, "Waits");
    await suspend();
    await resume();
    assert.equal(await result(), "all");
  },
  getStatus: async (taken) => assert.ok(await taken("w")),
  query: async (taken) => assert.ok((await Array.fromAsync(taken() as AsyncIterable<unknown>)).length > 0),
  queryPage: async (taken) => assert.ok(await taken()),
  count: async (taken) => assert.ok(await taken()),
  waitForStart: async (taken) => assert.ok(await taken("w")),
  watch: async (taken) => {
    const { value } = await (taken("w") as ReturnType<DurableClient["watch"]>).next();
    assert.equal(value?.kind, "status");
  },
  waitForCompletion: async (taken) => assert.ok(await taken("o")),
  suspend: (taken) => taken("w"),
  resume: (taken) => taken("w"),
  raiseEvent: (taken) => taken("w", "Stay"),
  terminate: (taken) => taken("w"),
  restart: async (taken) => assert.ok(await taken("o", { input: 1 })),
  rewind: async (taken) => await assert.rejects(taken("o") as Promise<unknown>, { code: "INSTANCE_NOT_FAILED" }),
  rewindBy: async (taken) => assert.equal(await passing(taken({}, { dryRun: true })), 1),
  restartBy: async (taken) => assert.equal(await passing(taken({ name: "Fails" }, { dryRun: true })), 1),
  forkBy: async (taken) => assert.equal(await passing(taken({ name: "Fails" }, { at: { checkpoint: 0 }, dryRun: true })), 1),
  fork: async (taken) => assert.ok(await taken("o", { at: { checkpoint: 0 }, dryRun: true })),
  purge: async (taken) => assert.equal(await taken("nobody"), false),
  purgeBy: async (taken) => assert.equal(await taken({ name: "Nobody" }), 0),
  createCheckStatusResponse: (taken) => assert.ok(taken(request, "o")),
  createHttpManagementPayload: (taken) => assert.ok(taken("o")),
  waitForCompletionOrCreateCheckStatusResponse: async (taken) => assert.ok(await taken(request, "o")),
  audit: async (taken) => assert.ok(await Array.fromAsync(taken() as AsyncIterable<unknown>)),
  entity: async (taken) => {
    const { signal, state, info, skip, purge } = taken(box, "c") as EntityHandle<{ put(by: number): void }>;
    await signal.put(1);
    assert.equal(await state(), null);
    assert.ok((await info())?.exists === false);
    await assert.rejects(skip(), { code: "ENTITY_NOTHING_TO_SKIP" });
    assert.equal(await purge(), true);
  },
  queryEntities: async (taken) => assert.ok(await Array.fromAsync(taken() as AsyncIterable<unknown>)),
  cleanEntities: async (taken) => assert.ok(await taken()),
});

test("every method of the contexts and of the client may be taken off its object", async () => {
  await using hub = await createTestHub({ functions: [done, beats, child, waits, fails, box, outer], log: false });
  const { client } = hub;
  const run = await client.startNew(outer, { instanceId: "o", input: 0 });
  assert.equal(await hub.result(run), "all");
  const failed = await client.startNew(fails);
  await assert.rejects(hub.result(failed));
  const passing = async (steps: unknown) => {
    const all = Array.fromAsync(steps as AsyncIterable<unknown>);
    await hub.advance("1s");
    return (await all).length;
  };
  await callAll(client, CLIENT(client, passing));
  const { list } = client.schedules;
  assert.deepEqual(await list(), []);
});
