import assert from "node:assert/strict";
import cryptoModule, { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { createNativeExecutor } from "../../src/executors/native-executor.ts";
import { EpisodeDriver, outputOf, START } from "../../src/executors/testing/episode-driver.testsuite.ts";
import { orchestrator } from "../../src/functions/orchestrator.ts";
import { FunctionRegistry } from "../../src/functions/registry.ts";
import { outsideOrchestration } from "../../src/process/code-scope.ts";
import { installDeterministicGlobals } from "../../src/replay/globals/deterministic-globals.ts";

const RealDate = Date;
let uninstall = (): void => {};
before(() => {
  uninstall = installDeterministicGlobals();
});
after(() => uninstall());

/** Runs `body` in an orchestrator twice, live and replayed, and gives what both gave. */
async function inside(body: () => unknown): Promise<unknown> {
  const functions = new FunctionRegistry([
    orchestrator("Probe", async (ctx): Promise<unknown> => {
      const first = body();
      await ctx.callActivity("a");
      return [first, body()];
    }),
  ]);
  const driver = new EpisodeDriver(createNativeExecutor({ functions }), { name: "Probe" });
  await driver.start();
  const live = outputOf((await driver.after(1_000).completed(0).episode()).outcome);
  await driver.assertReplays(functions);
  return live;
}

const temporal =
  (key: string): (() => string) =>
  () => {
    const { Now } = Reflect.get(globalThis, "Temporal") as unknown as { Now: { readonly [name: string]: (zone?: string) => object } };
    return String(Now[key]?.("UTC"));
  };

const ISO = new RealDate(START).toISOString();
/** Readings of the clock, and what they must show in the first episode. */
const CLOCKS: { readonly [name: string]: readonly [() => unknown, unknown] } = {
  "Date.now": [() => Date.now(), START],
  "new Date": [() => new Date().toISOString(), ISO],
  "Date()": [() => Date(), new RealDate(START).toString()],
  "Reflect.construct": [() => Reflect.construct(Date, []).getTime(), START],
  "class extends Date": [() => new (class Later extends Date {})().getTime(), START],
  "new Date(value)": [() => [new Date(5).getTime(), new Date(2020, 1).getMonth(), Date.UTC(1970)], [5, 1, 0]],
  "Intl.format": [() => new Intl.DateTimeFormat("en", { timeZone: "UTC", dateStyle: "long" }).format(), "January 2, 2026"],
  "Intl.formatToParts": [() => new Intl.DateTimeFormat("en", { timeZone: "UTC", month: "long" }).formatToParts()[0]?.value, "January"],
  "performance.now": [() => performance.now(), START],
  "performance.mark": [() => performance.mark("x").startTime, START],
  "process.hrtime": [() => process.hrtime()[0], Math.floor(START / 1_000)],
  "process.hrtime.bigint": [() => String(process.hrtime.bigint()), `${START}000000`],
  "process.uptime": [() => process.uptime(), START / 1_000],
  "Event.timeStamp": [() => new Event("x").timeStamp, START],
  File: [() => new File(["x"], "x.txt").lastModified, START],
  ...("Temporal" in globalThis
    ? {
        "Temporal.Now.instant": [temporal("instant"), ISO],
        "Temporal.Now.zonedDateTimeISO": [temporal("zonedDateTimeISO"), `${ISO.slice(0, -1)}+00:00[UTC]`],
        "Temporal.Now.plainDateTimeISO": [temporal("plainDateTimeISO"), ISO.slice(0, -1)],
        "Temporal.Now.plainDateISO": [temporal("plainDateISO"), ISO.slice(0, 10)],
        "Temporal.Now.plainTimeISO": [temporal("plainTimeISO"), ISO.slice(11, -1)],
      }
    : {}),
};

for (const [name, [read, expected]] of Object.entries(CLOCKS)) {
  test(`the episode's time inside, the real one outside: ${name}`, async () => {
    const [first, second] = (await inside(read)) as readonly unknown[];
    assert.deepEqual(first, expected);
    if (typeof expected === "number" && name !== "process.hrtime")
      assert.equal(Number(second) - expected, name === "process.uptime" ? 1 : 1_000);
    if (!name.includes("value")) assert.notDeepEqual(read(), expected);
  });
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const RANDOM: { readonly [name: string]: () => unknown } = {
  "Math.random": () => Math.random(),
  "crypto.randomUUID": () => crypto.randomUUID(),
  "imported randomUUID": () => randomUUID(),
  randomBytes: () => hex(cryptoModule.randomBytes(8)),
  randomInt: () => [cryptoModule.randomInt(1_000_000), cryptoModule.randomInt(5, 6)],
  getRandomValues: () => hex(crypto.getRandomValues(new Uint8Array(8))),
  "getRandomValues of wide elements": () => [...crypto.getRandomValues(new Uint32Array(4))],
  randomFillSync: () => hex(cryptoModule.randomFillSync(new Uint8Array(8), 2, 4)),
};

for (const [name, draw] of Object.entries(RANDOM)) {
  test(`random values repeat in replay and differ otherwise: ${name}`, async () => {
    const [first, second] = (await inside(draw)) as readonly unknown[];
    assert.notDeepEqual(first, second);
    assert.notDeepEqual(draw(), draw());
    assert.notDeepEqual(first, draw());
  });
}

test("old and new dates are alike", () => {
  const old = new RealDate(5);
  const made = new Date(5);
  assert.deepEqual(
    [old instanceof Date, made instanceof RealDate, made.constructor === Date, Date.name, Date.length],
    [true, true, true, "Date", 7],
  );
  assert.deepEqual(structuredClone(made), old);
  assert.equal(Object.prototype.toString.call(made), "[object Date]");
});

test("outside an orchestrator everything works as before", async () => {
  await promisify(setTimeout)(1);
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise<void>((resolve) => queueMicrotask(resolve));
  assert.equal(setTimeout.name, "setTimeout");
  assert.ok(AbortSignal.timeout(1_000) instanceof AbortSignal);
  const [seconds] = process.hrtime(process.hrtime());
  assert.equal(seconds, 0);
  assert.match(crypto.randomUUID(), /^[0-9a-f-]{36}$/);
});

test("outsideOrchestration gives the real values inside", async () => {
  const seen = (await inside(() => outsideOrchestration(() => (Date.now() === START ? "episode" : "real")))) as unknown[];
  assert.deepEqual(seen, ["real", "real"]);
});

test("guards hold for promisified timers too", async () => {
  const functions = new FunctionRegistry([orchestrator("Probe", async () => promisify(setTimeout)(1))]);
  const message = await new EpisodeDriver(createNativeExecutor({ functions }), { name: "Probe" }).stops("GUARDED_CALL");
  assert.match(message, /setTimeout \(promisified\) cannot be used/);
});

test("the patches come out with the last user", () => {
  const patched = Date;
  const second = installDeterministicGlobals();
  second();
  assert.equal(Date, patched);
  uninstall();
  assert.equal(Date, RealDate);
  assert.equal(new Date().constructor, RealDate);
  assert.equal(setTimeout.toString().includes("GUARDED"), false);
  uninstall = installDeterministicGlobals();
  assert.notEqual(Date, RealDate);
});
