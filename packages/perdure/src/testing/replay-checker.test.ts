import assert from "node:assert/strict";
import test from "node:test";
import { createWorker } from "../engine/worker.ts";
import { createNativeExecutor } from "../executors/native-executor.ts";
import { activity } from "../functions/activity.ts";
import { orchestrator } from "../functions/orchestrator.ts";
import { FunctionRegistry } from "../functions/registry.ts";
import { executionId, instanceId } from "../model/ids.ts";
import { createMemoryStore } from "../stores/memory/memory-store.ts";
import { silentLog } from "../telemetry/engine-log.ts";
import { Random } from "./random.ts";
import type { ReplayMismatch } from "./replay-checker.ts";
import { ReplayChecker } from "./replay-checker.ts";
import { seededIds, VirtualTime } from "./virtual-time.ts";

/** Runs one instance of `main` to its end, with what the checker has to say. */
async function run(make: () => FunctionRegistry, replayed: () => FunctionRegistry = make) {
  const world = new VirtualTime();
  const mismatches: ReplayMismatch[] = [];
  const checker = new ReplayChecker({
    executor: createNativeExecutor({ functions: replayed(), scheduler: world }),
    onMismatch: (mismatch) => mismatches.push(mismatch),
  });
  const store = checker.watch(createMemoryStore({ now: () => 1_000_000 + Math.floor(world.monotonicMs()) }));
  const executor = createNativeExecutor({ functions: make(), scheduler: world });
  const worker = createWorker({
    store,
    executor,
    clock: world,
    scheduler: world,
    ids: seededIds(new Random(1)),
    log: silentLog,
    codeVersion: "v1",
    host: "h",
  });
  await worker.start();
  const start = {
    instanceId: instanceId("i"),
    executionId: executionId("e"),
    name: "main",
    input: null,
    version: null,
    tags: null,
    parent: null,
    startAt: null,
  };
  await store.start({ start, onExisting: "error" });
  await world.advance(5_000);
  await checker.idle();
  worker.kill();
  return { mismatches, checked: checker.checked, status: (await store.getInstance(instanceId("i")))?.status };
}

const app = (letters: string) => () => {
  const append = activity("append", (text: string) => `${text}.`);
  const main = orchestrator("main", async (ctx) => {
    for (const letter of letters) await ctx.callActivity(append, letter);
    await ctx.createTimer("1s");
    return letters.length;
  });
  return new FunctionRegistry([append, main]);
};

test("every episode of sound code is repeated", async () => {
  const { mismatches, checked, status } = await run(app("abc"));
  assert.deepEqual(mismatches, []);
  assert.equal(status, "Completed");
  assert.equal(checked, 5);
});

test("code that asks for other inputs is found, though names and numbers agree", async () => {
  const { mismatches } = await run(app("abc"), app("abx"));
  assert.equal(mismatches.length >= 1, true);
  assert.match(mismatches[0]?.detail ?? "", /recorded as activity 2 append "c", and replay asks for activity 2 append "x"/);
});

test("code that does less is found", async () => {
  const { mismatches } = await run(app("abc"), app("ab"));
  assert.ok(mismatches.length > 0);
});

test("another result is found", async () => {
  const made = (result: number) => () => new FunctionRegistry([orchestrator("main", async () => result)]);
  const { mismatches } = await run(made(1), made(2));
  assert.match(mismatches[0]?.detail ?? "", /recorded to end completed with 1, and replay ends completed with 2/);
});
