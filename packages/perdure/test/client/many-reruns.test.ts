import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { activity, orchestrator, TaskHub } from "perdure";

let isBroken = true;
const runs: string[] = [];
const step = activity("Step", (id: string) => {
  runs.push(id);
  if (isBroken) throw new Error("broken");
  return "done";
});
const fails = orchestrator("Fails", async (ctx) => ctx.callActivity(step, ctx.instanceId));
const greets = orchestrator("Greets", async (ctx, name: string) => `hello ${await ctx.callActivity(echo, name)}`);
const waits = orchestrator("Waits", async (ctx) => ctx.waitForExternalEvent("Go"));
const echo = activity("Echo", (text: string) => text);

let hub: TaskHub;
before(async () => {
  hub = await TaskHub.open("memory:", { functions: [fails, greets, waits, step, echo], log: false });
  await hub.start();
});
after(() => hub.close());

/** The first `count` steps, and where they end. */
async function some<Step extends { readonly continuation: string | null }>(steps: AsyncIterable<Step>, count: number) {
  const taken: Step[] = [];
  for await (const one of steps) {
    taken.push(one);
    if (taken.length === count) break;
  }
  const continuation = taken.at(-1)?.continuation;
  assert.ok(typeof continuation === "string");
  return { taken, continuation };
}

const all = <Step>(steps: AsyncIterable<Step>): Promise<Step[]> => Array.fromAsync(steps);

async function ended(name: string, ids: readonly string[], input?: string): Promise<void> {
  for (const instanceId of ids) {
    await hub.client.startNew(name, { instanceId, input });
    await hub.client.waitForCompletion(instanceId);
  }
}

const FAST = { rate: 1_000 };

test("rewindBy continues behind the place where it was broken off, also past those that have failed again", async () => {
  const ids = ["a", "b", "c", "d", "e"].map((name) => `rewind-${name}`);
  isBroken = true;
  await ended("Fails", ids);
  runs.length = 0;
  const filter = { instanceIdPrefix: "rewind-" };
  const first = await some(hub.client.rewindBy(filter, FAST), 2);
  for (const id of ids) await hub.client.waitForCompletion(id);
  const rest = await all(hub.client.rewindBy(filter, { ...FAST, continuation: first.continuation }));
  for (const id of ids) await hub.client.waitForCompletion(id);
  assert.deepEqual(
    [...first.taken, ...rest].map(({ instanceId }) => instanceId),
    ids,
  );
  assert.deepEqual([runs, rest.at(-1)?.continuation], [ids, null]);
  const planned = await all(hub.client.rewindBy(filter, { continuation: first.continuation, dryRun: true }));
  assert.deepEqual([planned.length, runs.length], [3, 5]);
});

test("restartBy restarts what had ended when it began, once, whatever it starts itself", async () => {
  const ids = ["a", "b", "c"].map((name) => `restart-${name}`);
  await ended("Greets", ids, "you");
  await hub.client.startNew(waits, { instanceId: "restart-live" });
  const filter = { name: "Greets" };
  const dry = await all(hub.client.restartBy(filter, { dryRun: true }));
  assert.deepEqual(
    dry.map(({ instanceId, restartedAs }) => [instanceId, restartedAs]),
    ids.map((id) => [id, null]),
  );
  const first = await some(hub.client.restartBy(filter, FAST), 1);
  await hub.client.waitForCompletion(first.taken[0]?.restartedAs ?? "");
  const rest = await all(hub.client.restartBy(filter, { ...FAST, continuation: first.continuation }));
  const steps = [...first.taken, ...rest];
  assert.deepEqual(
    steps.map(({ instanceId }) => instanceId),
    ids,
  );
  for (const { restartedAs } of steps) assert.equal((await hub.client.waitForCompletion(restartedAs ?? "")).output, "hello you");

  const same = await all(hub.client.restartBy({ instanceIdPrefix: "restart-" }, { ...FAST, instanceId: "same" }));
  assert.deepEqual(
    same.map(({ instanceId, restartedAs }) => [instanceId, restartedAs]),
    ids.map((id) => [id, id]),
  );
});

test("forkBy forks all at one point, and passes over those that have none", async () => {
  const ids = ["a", "b"].map((name) => `fork-${name}`);
  await ended("Greets", ids, "you");
  await hub.client.startNew(waits, { instanceId: "fork-live" });
  const options = { ...FAST, at: { before: "Echo" }, input: "me" } as const;
  const filter = { instanceIdPrefix: "fork-" };
  const first = await some(hub.client.forkBy(filter, options), 1);
  const forks = [...first.taken, ...(await all(hub.client.forkBy(filter, { ...options, continuation: first.continuation })))];
  assert.deepEqual(
    forks.map(({ forkedFrom }) => forkedFrom),
    ids,
  );
  for (const { instanceId } of forks) assert.equal((await hub.client.waitForCompletion(instanceId)).output, "hello me");
});

test("what cannot be meant is refused before anything is done", () => {
  const refused = { code: "OPTION_INVALID" };
  assert.throws(() => hub.client.restartBy({}), refused);
  assert.throws(() => hub.client.restartBy({ name: undefined as never }), refused);
  assert.throws(() => hub.client.restartBy({ runtimeStatus: ["Running"] }), refused);
  assert.throws(() => hub.client.rewindBy({}, { continuation: "12.4" }), refused);
  const impossible = (option: string) => ({ ...refused, message: new RegExp(`"${option}" is .*; expected something else: no instance`) });
  const at = { at: { checkpoint: 0 } };
  for (const [option, call] of [
    ["open", () => hub.client.restartBy({ open: true })],
    ["stopped", () => hub.client.restartBy({ stopped: true, name: "Greets" })],
    ["errorText", () => hub.client.restartBy({ errorText: "x", runtimeStatus: ["Completed"] })],
    ["open", () => hub.client.rewindBy({ open: true, errorText: "x" })],
    ["stopped", () => hub.client.rewindBy({ stopped: true })],
    ["open", () => hub.client.forkBy({ open: true, runtimeStatus: ["Failed", "Completed"] }, at)],
    ["open", () => hub.client.forkBy({ open: false, runtimeStatus: ["Running"] }, at)],
    ["stopped", () => hub.client.forkBy({ stopped: true, endedFrom: new Date(0) }, at)],
  ] as const)
    assert.throws(call, impossible(option));
  for (const possible of [{ open: true }, { stopped: true }, { stopped: false, runtimeStatus: ["Failed"] }] as const)
    assert.doesNotThrow(() => hub.client.forkBy(possible, at));
  assert.doesNotThrow(() => hub.client.restartBy({ open: false, stopped: false }));
  assert.throws(() => hub.client.forkBy({ name: "Greets" }, { at: { checkpoint: 0 }, instanceId: "x" } as never), {
    code: "OPTION_UNKNOWN",
  });
  assert.throws(() => hub.client.forkBy({ name: "Greets" }, {} as never), refused);
});
