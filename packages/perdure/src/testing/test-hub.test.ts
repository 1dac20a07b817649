import assert from "node:assert/strict";
import test from "node:test";
import { activity } from "../functions/activity.ts";
import { onStart } from "../functions/app-hooks.ts";
import { entity } from "../functions/entity.ts";
import { orchestrator } from "../functions/orchestrator.ts";
import { createTestHub } from "./test-hub.ts";

const ship = activity("ship", (order: string) => `The order is ${order}!`);
const shipping = orchestrator("shipping", async (ctx) => {
  const expired = ctx.createTimer({ days: 90 });
  const shipped = ctx.waitForExternalEvent<string>("Ship");
  const { key } = await ctx.any({ shipped, expired });
  expired.cancel();
  return ctx.callActivity(ship, key);
});

test("an event that comes in time wins", async () => {
  await using hub = await createTestHub({ functions: [ship, shipping] });
  const run = await hub.client.startNew(shipping);
  await hub.advance("1h");
  await run.raiseEvent("Ship", "truck 7");
  assert.equal(await hub.result(run), "The order is shipped!");
  await hub.verify();
});

for (const [what, options] of [
  ["functions of one name", { functions: [ship, activity("ship", () => 1)] }],
  ["functions that are none", { functions: [5 as never] }],
  ["a logger", { functions: [ship], log: 5 as never }],
  ["a hook", { functions: [ship, onStart(() => Promise.reject(new Error("no")))] }],
] as const) {
  test(`a hub that is refused for ${what} leaves the globals as they were`, async () => {
    const globals = () => [Date, Date.now, Math.random, setTimeout, fetch, crypto.randomUUID];
    const before = globals();
    await assert.rejects(createTestHub(options as never));
    assert.deepEqual(
      globals().map((one, index) => one === before[index]),
      before.map(() => true),
    );
  });
}

test("ninety days pass in no time, and not a moment less", async () => {
  await using hub = await createTestHub({ functions: [ship, shipping], startsAt: new Date("2026-05-01T00:00:00Z") });
  const run = await hub.client.startNew(shipping);
  await hub.advance("89.9d");
  assert.equal((await run.status()).runtimeStatus, "Running");
  assert.equal(await hub.result(run), "The order is expired!");
  const late = hub.now.getTime() - Date.UTC(2026, 6, 30);
  assert.ok(late >= 0 && late < 2_000, `it ended ${late} ms after the timer was due`);
});

const waits = entity("waits", {
  initialState: () => 0,
  operations: {
    really: async (ctx, ms: number) => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      ctx.state += ms;
      return ctx.state;
    },
    remind: (ctx) => {
      ctx.entity(waits, ctx.key).signal.remember(undefined, { at: "30d" });
    },
    remember: (ctx): void => {
      ctx.state = ctx.now.getTime();
    },
    get: (ctx) => ctx.state,
  },
});

test("an operation of an entity that really waits is waited for", async () => {
  const main = orchestrator("main", (ctx) => ctx.entity(waits, "a").call.really(20));
  await using hub = await createTestHub({ functions: [waits, main] });
  const before = hub.now.getTime();
  assert.equal(await hub.result(await hub.client.startNew(main)), 20);
  assert.ok(hub.now.getTime() - before < 60_000, "no time-out passed meanwhile");
  await hub.verify();
});

test("a signal for later comes due as time passes, and not before", async () => {
  const begin = orchestrator("begin", async (ctx) => ctx.entity(waits, "a").call.remind());
  const look = orchestrator("look", (ctx) => ctx.entity(waits, "a").call.get());
  await using hub = await createTestHub({ functions: [waits, begin, look] });
  const asked = hub.now.getTime();
  await hub.result(await hub.client.startNew(begin));
  await hub.advance("29.9d");
  assert.equal(await hub.result(await hub.client.startNew(look)), 0);
  await hub.advance("1d");
  const late = (await hub.result(await hub.client.startNew(look))) - asked - 30 * 86_400_000;
  assert.ok(late >= 0 && late < 2_000, `it came ${late} ms late`);
  await hub.verify();
});

test("an activity that really waits is waited for", async () => {
  const slow = activity("slow", () => new Promise<string>((resolve) => setTimeout(resolve, 20, "done")));
  const main = orchestrator("main", (ctx) => ctx.callActivity(slow));
  await using hub = await createTestHub({ functions: [slow, main] });
  const run = await hub.client.startNew(main);
  assert.equal(await hub.result(run), "done");
});

test("a result that never comes is an error in words", async () => {
  const stuck = orchestrator("stuck", (ctx) => ctx.waitForExternalEvent("never"));
  await using hub = await createTestHub({ functions: [stuck] });
  const run = await hub.client.startNew(stuck);
  await assert.rejects(hub.result(run, { within: "10d" }), { code: "RESULT_TIMEOUT" });
});

test("a wait beside which no time passes ends, and says how time passes", async () => {
  const sleeping = orchestrator("sleeping", (ctx) => ctx.createTimer("1h"));
  await using hub = await createTestHub({ functions: [sleeping] });
  const run = await hub.client.startNew(sleeping, { instanceId: "s-1" });
  const refusal = { code: "TEST_TIME_STANDS", message: /"s-1".*testHub\.result\(run\).*advance/ };
  const waits = [run.result(), run.result({ timeout: "100ms" }), hub.client.waitForCompletion("s-1", { timeout: "20s" })];
  await Promise.all(waits.map((wait) => assert.rejects(wait, refusal)));
  assert.equal(await hub.result(run), undefined);
});

test("a wait with a timeout ends in the hub's time", async () => {
  const sleeping = orchestrator("sleeping", (ctx) => ctx.createTimer("1h"));
  await using hub = await createTestHub({ functions: [sleeping] });
  const run = await hub.client.startNew(sleeping);
  const refused = assert.rejects(run.result({ timeout: "30m" }), { code: "RESULT_TIMEOUT" });
  const ended = run.result({ timeout: "90m" });
  await hub.advance("30m");
  await refused;
  await hub.advance("31m");
  assert.equal(await ended, undefined);
});

test("code that does not repeat itself is found without a restart", async () => {
  let calls = 0;
  const odd = orchestrator("odd", async (ctx) => {
    calls += 1;
    return ctx.callActivity(ship, `number ${calls}`);
  });
  await using hub = await createTestHub({ functions: [ship, odd] });
  const run = await hub.client.startNew(odd);
  await assert.rejects(hub.result(run), { code: "NON_DETERMINISM" });
});

test("versions as in a hub: the default one, and several definitions of a name", async () => {
  const flow = (version?: string) =>
    orchestrator("Flow", version === undefined ? {} : { version }, async (ctx) => [version ?? "default", ctx.version]);
  const functions = [flow(), flow("2.0")];
  await using hub = await createTestHub({ functions, defaultVersion: "1.0", versionMatchStrategy: "CurrentOrOlder" });
  const ran = async (version: string) => hub.result(await hub.client.startNew("Flow", { version }));
  assert.deepEqual(
    [await ran("1.0"), await ran("1.5"), await ran("0.5")],
    [
      ["default", "1.0"],
      ["2.0", "1.5"],
      ["default", "0.5"],
    ],
  );
  await assert.rejects(
    createTestHub({ functions, versionMatchStrategy: "Newer" as "None" }),
    /"versionMatchStrategy" is "Newer"; expected one of "None"/,
  );
});
